from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest

from operations.reproducing.comparison import (
    Images,
    ReproductionError,
    Row,
    TrainedModel,
    as_document,
    compare,
    read_description,
)

MODEL = TrainedModel(
    training_job_name="job-1",
    data_digest="d" * 64,
    code_digest="c" * 64,
    hyperparameters={"n_estimators": 100, "columns": ["a", "b"]},
    versions={"python": "3.12.3", "numpy": "2.5.1"},
    trees_digest="t" * 64,
    predictions_digest="p" * 64,
    metrics={"validation:f1": 0.98039215},
)
DATA, CHANNELS = "e" * 64, ["training", "validation"]
REGISTRY = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
IMAGES = Images(f"{REGISTRY}/sagemaker-scikit-learn:1.9-0-cpu-py3", ".venv-container")


def test_the_same_model_has_no_difference() -> None:
    compared = compare(MODEL, replace(MODEL, training_job_name="job-2"), CHANNELS, IMAGES)

    assert (compared.same_model, compared.cause) == (True, "")
    assert compared.rows == (
        Row("data", "dddddddddddd", "dddddddddddd"),
        Row("source bundle", "cccccccccccc", "cccccccccccc"),
        Row("image", "sagemaker-scikit-learn:1.9-0-cpu-py3", ".venv-container", compared=False),
        Row("package versions", "2 of them", "2 of them"),
        Row("settings", "2 of them", "2 of them"),
        Row("trees", "tttttttttttt", "tttttttttttt"),
        Row("predictions", "pppppppppppp", "pppppppppppp"),
        Row("metrics", "validation:f1 0.980392", "validation:f1 0.980392"),
    )


@pytest.mark.parametrize(
    ("now", "cause"),
    [
        (
            replace(MODEL, data_digest=DATA),
            "channels training and validation have changed since: digest dddddddddddd then, eeeeeeeeeeee now",
        ),
        (
            replace(MODEL, code_digest=DATA),
            "the source bundle has changed since: digest cccccccccccc then, eeeeeeeeeeee now",
        ),
        (
            replace(MODEL, hyperparameters={"n_estimators": 50, "columns": ["a", "b"]}),
            "other settings: n_estimators 100 then, 50 now",
        ),
        (
            replace(MODEL, versions={"python": "3.11.7", "scipy": "1.0", "numpy": "2.5.1"}),
            "other package versions: python 3.12.3 then, 3.11.7 now, scipy none then, 1.0 now",
        ),
        (
            replace(MODEL, data_digest=DATA, versions={"python": "3.12.3", "numpy": "2.4"}),
            "channels training and validation have changed since: digest dddddddddddd then, eeeeeeeeeeee now; "
            "other package versions: numpy 2.5.1 then, 2.4 now",
        ),
        (
            MODEL,
            "the trees differ, though data, source bundle, settings and package versions are the same: look at what a "
            "run does not record, such as the CPU, its number of cores, and what the image has besides Python packages",
        ),
    ],
)
def test_other_trees_are_explained_by_what_else_differs(now: TrainedModel, cause: str) -> None:
    compared = compare(MODEL, replace(now, trees_digest="u" * 64), CHANNELS, IMAGES)

    assert (compared.same_model, compared.cause) == (False, cause)


def test_other_predictions_of_the_same_trees_are_the_processors() -> None:
    compared = compare(MODEL, replace(MODEL, predictions_digest="q" * 64), CHANNELS, IMAGES)

    assert (compared.same_model, compared.cause) == (
        False,
        "the predictions differ, though data, source bundle, settings, package versions and trees are the same: "
        "another CPU may add floating-point numbers in another order",
    )


def test_the_same_model_of_other_data_is_still_the_same_model() -> None:
    compared = compare(MODEL, replace(MODEL, data_digest=DATA), ["training"], IMAGES)

    assert (compared.same_model, compared.cause) == (
        True,
        "channel training has changed since: digest dddddddddddd then, eeeeeeeeeeee now",
    )


@pytest.mark.parametrize(
    ("image", "shown"),
    [
        (f"{REGISTRY}/team/forest:2", "team/forest:2"),
        ("registry:5000/training:1.0", "training:1.0"),
        (f"{REGISTRY}/forest@sha256:{'0123456789abcdef' * 4}", "forest@sha256:0123456789ab"),
        ("forest:2", "forest:2"),
    ],
)
def test_an_image_is_shown_without_its_registry_and_not_compared(image: str, shown: str) -> None:
    compared = compare(MODEL, MODEL, CHANNELS, Images(image, ".venv-container"))

    assert compared.rows[2] == Row("image", shown, ".venv-container", compared=False)
    assert compared.rows[2].verdict == "not compared"
    assert compared.same_model


def test_what_is_not_compared_is_told_with_what_is_compared_instead() -> None:
    other = replace(MODEL, versions={"python": "3.11.7", "numpy": "2.5.1"})

    assert [compare(MODEL, each, CHANNELS, IMAGES).not_compared for each in (MODEL, other)] == [
        f"the training image {IMAGES.then}, which is not run here: .venv-container stands in for it; the package "
        f"versions that the run recorded are {end}"
        for end in ("the same", "others here: python 3.12.3 then, 3.11.7 now")
    ]


def test_a_model_without_trees_is_compared_by_its_predictions() -> None:
    linear = replace(MODEL, trees_digest="")

    assert compare(linear, linear, CHANNELS, IMAGES).same_model
    assert compare(linear, linear, CHANNELS, IMAGES).rows[5] == Row("trees", "none", "none")
    assert not compare(linear, replace(linear, predictions_digest="q"), CHANNELS, IMAGES).same_model


def test_a_description_is_read_from_model_json() -> None:
    assert read_description(json.dumps(asdict(MODEL) | {"classes": [0, 1]}), "run r") == MODEL


def test_a_description_of_older_training_code_is_told_so() -> None:
    old = {name: value for name, value in asdict(MODEL).items() if not name.endswith("s_digest")}

    with pytest.raises(ReproductionError) as caught:
        read_description(json.dumps(old), "run r")
    assert str(caught.value) == (
        "run r has no digests of trees and predictions: it was made by older training code; its result cannot be "
        "compared, only runs of this version's training code can"
    )


@pytest.mark.parametrize("text", ["", "[]", "1", '{"predictions_digest": "p"}'])
def test_something_else_is_no_description(text: str) -> None:
    with pytest.raises(ReproductionError, match=r"^model\.json of run r is not the description of a model$"):
        read_description(text, "run r")


def test_programs_get_the_same_with_null_for_what_nobody_can_compare() -> None:
    changed = compare(MODEL, replace(MODEL, data_digest=DATA, trees_digest=DATA), CHANNELS, IMAGES)

    document = as_document("staging", "abc", changed)

    assert json.loads(json.dumps(document)) == document
    assert (document["version"], document["stack"], document["run_id"]) == (1, "staging", "abc")
    assert (document["same_model"], document["cause"]) == (False, changed.cause)
    same = {row["what"]: row["same"] for row in document["compared"]}
    assert (same["data"], same["trees"], same["settings"], same["image"]) == (False, False, True, None)
