"""What differs between two runs, by subject, and what is printed of it."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from operations.models.comparison import Difference, as_document, compare
from operations.models.comparison_printing import print_comparison

RUN: dict[str, Any] = {
    "run_id": "a" * 32,
    "name": "2026-11-27 03:00 UTC · random forest · 2f9c",
    "status": "FINISHED",
    "parameters": {"max_depth": "5", "n_estimators": "100"},
    "metrics": {"validation:accuracy": 0.96, "system/cpu": 40.0, "training:trees_grown": 100.0},
    "tags": {
        "training_job_name": "job-1",
        "model_version": "1",
        "scheduled_training.data_digest": "d" * 64,
        "scheduled_training.source_bundle_digest": "b" * 64,
        "scheduled_training.trees_digest": "t" * 64,
        "training_image": "image:1",
    },
    "datasets": [{"name": "training", "context": "training", "uri": "s3://b/d/", "rows": 455, "digest": "d1"}],
    "artifacts": ["confusion_matrix.png", "data_profile.json", "model.json"],
    "model": {"versions": {"numpy": "2.5.1", "scikit-learn": "1.9.0"}},
    "profile": {
        "rows": 455,
        "columns": {"radius": {"kind": "numbers", "missing": 0.0, "quantiles": [1.0, 2.0], "words": 0, "shares": {}}},
        "target": {"kind": "words", "missing": 0.0, "quantiles": [], "words": 2, "shares": {"a": 0.6, "b": 0.4}},
    },
}


def changed(**members: Any) -> dict[str, Any]:  # noqa: ANN401 - members of a run
    return {**RUN, **members}


def differing(second: dict[str, Any]) -> dict[str, tuple[Difference, ...]]:
    return {each.name: each.differences for each in compare(RUN, second) if each.differences}


def test_a_run_differs_in_nothing_from_itself() -> None:
    assert differing(RUN) == {}
    assert {each.name: each.same for each in compare(RUN, RUN)} == {
        "settings": 2,
        "metrics": 1,
        "data": 4,
        "data profile": 7,
        "code": 2,
        "packages": 2,
        "result": 1,
        "pictures": 1,
    }


def test_settings_and_metrics_that_differ_are_told_with_the_change() -> None:
    told = differing(changed(parameters={"max_depth": "7", "criterion": "gini"}, metrics={"validation:accuracy": 0.98}))

    assert told == {
        "settings": (
            Difference("max_depth", "5", "7"),
            Difference("n_estimators", "100", ""),
            Difference("criterion", "", "gini"),
        ),
        "metrics": (Difference("validation:accuracy", "0.96", "0.98", 0.98 - 0.96),),
    }


def test_data_is_told_by_its_place_its_digests_and_its_profile() -> None:
    profile = RUN["profile"]
    radius = {**profile["columns"]["radius"], "missing": 0.25, "quantiles": [1.0, 9.0]}
    told = differing(
        changed(
            tags={**RUN["tags"], "scheduled_training.data_digest": "e" * 64, "channel_uri.training": "s3://b/dt=1/"},
            datasets=[{**RUN["datasets"][0], "rows": 500}],
            profile={**profile, "columns": {"radius": radius}},
        )
    )

    assert told == {
        "data": (
            Difference("digest of the files", "d" * 12, "e" * 12),
            Difference("training rows", "455", "500", 45),
            Difference("channel_uri.training", "", "s3://b/dt=1/"),
        ),
        "data profile": (
            Difference("radius: missing", "0", "0.25", 0.25),
            Difference("radius: quantiles", "1 2", "1 9"),
        ),
    }


def test_code_packages_and_pictures_are_told() -> None:
    tags = {**RUN["tags"], "training_image": "image:2", "mlflow.source.git.commit": "c0ffee"}
    told = differing(
        changed(tags=tags, model={"versions": {"numpy": "2.6.0", "scikit-learn": "1.9.0"}}, artifacts=["roc_curve.png"])
    )

    assert told == {
        "code": (Difference("image", "image:1", "image:2"), Difference("commit", "", "c0ffee")),
        "packages": (Difference("numpy", "2.5.1", "2.6.0"),),
        "pictures": (Difference("confusion_matrix.png", "there", ""), Difference("roc_curve.png", "", "there")),
    }


def test_runs_of_other_code_without_a_description_or_a_profile_are_compared_by_what_they_have() -> None:
    told = differing(changed(model=None, profile=None, datasets=[]))

    assert {"packages", "data profile", "data"} == set(told)


def test_runs_of_earlier_training_code_have_their_digests_without_the_prefix() -> None:
    tags = {name.removeprefix("scheduled_training."): value for name, value in RUN["tags"].items()}

    assert differing(changed(tags=tags)) == {}


def test_what_differs_is_printed_first_and_the_rest_counted() -> None:
    second = changed(parameters={"max_depth": "7", "n_estimators": "100"}, metrics={"validation:accuracy": 0.5})
    output = io.StringIO()

    assert print_comparison(RUN, second, compare(RUN, second), Console(file=output, width=100)) == 0
    lines = output.getvalue().splitlines()
    assert lines[0].startswith(f"first   {'a' * 32}, version 1, FINISHED, 2026-11-27 03:00 UTC")
    assert [line for line in lines if "max_depth" in line] == ["│ max_depth │ 5     │ 7      │"]
    assert [line for line in lines if "accuracy" in line] == ["│ validation:accuracy │ 0.96  │ 0.5    │ -0.46  │"]
    assert lines[-1] == "the same: settings 1, data 4, data profile 7, code 2, packages 2, result 1, pictures 1"


def test_a_program_reads_the_same() -> None:
    second = changed(parameters={"max_depth": "7", "n_estimators": "100"})

    assert as_document(RUN, second, compare(RUN, second))["differences"] == {
        "settings": [{"name": "max_depth", "first": "5", "second": "7", "change": None}]
    }
