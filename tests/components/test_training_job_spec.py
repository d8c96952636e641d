from typing import Any

import pytest
from pydantic import ValidationError

from tests.components.good_job import GOOD, refusals, validate, with_change

ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com/training:1.0"


def test_what_is_not_said_has_safe_defaults() -> None:
    spec = validate(GOOD)

    assert (spec.resources.instance_count, spec.resources.volume_size_in_gb) == (1, 30)
    assert spec.stopping_condition.max_runtime_in_seconds == 3600
    assert spec.source.s3_path == "s3://ml-bucket/training-code/"
    assert (spec.source.directory, spec.source.entry_point) == ("training_code", "train.py")
    assert not spec.managed_spot_training
    assert not spec.encrypt_inter_container_traffic
    assert (spec.checkpoint, spec.network, spec.execution_role_arn) == (None, None, None)
    assert (spec.hyperparameters, spec.environment) == ({}, {})


@pytest.mark.parametrize(
    ("path", "lowest", "highest"),
    [
        ("resources/instance_count", 1, 100),
        ("resources/volume_size_in_gb", 1, 16384),
        ("stopping_condition/max_runtime_in_seconds", 1, 2419200),
    ],
)
def test_numbers_keep_to_the_apis_range(path: str, lowest: int, highest: int) -> None:
    validate(with_change(path, lowest))
    validate(with_change(path, highest))
    assert refusals(with_change(path, lowest - 1)) == [(path, f"Input should be greater than or equal to {lowest}")]
    assert refusals(with_change(path, highest + 1)) == [(path, f"Input should be less than or equal to {highest}")]
    for wrong in (True, "1", 1.5, None, [1]):
        ((where, _),) = refusals(with_change(path, wrong))
        assert where == path


@pytest.mark.parametrize(
    ("path", "good", "bad"),
    [
        (
            "resources/instance_type",
            ["ml.m5.large", "ml.m7i-flex.2xlarge", "ml.r6i.32xlarge"],
            ["m5.large", "ml.m5", "ml.*.large"],
        ),
        (
            "training_image",
            [
                {"uri": "210987654321.dkr.ecr.us-east-1.amazonaws.com/a/b:1.0"},
                {"uri": f"210987654321.dkr.ecr.us-east-1.amazonaws.com/team@sha256:{'0' * 64}"},
            ],
            [
                {"uri": "registry/a"},
                {"uri": "registry/a:1"},
                {"uri": "1.dkr.ecr.us-east-1.amazonaws.com/a/b:1.0"},
                {"uri": "a:1.0"},
                {"uri": "registry/a:"},
                {"uri": "registry/a b:1"},
                {"scikit_learn_version": "0.23-1"},
            ],
        ),
        (
            "execution_role_arn",
            ["arn:aws:iam::123456789012:role/a", "arn:aws-cn:iam::123456789012:role/service-role/a"],
            ["a", "arn:aws:iam::123456789012:user/a", "arn:aws:iam::12:role/a", "arn:aws:iam::123456789012:role/*"],
        ),
        (
            "output/kms_key_arn",
            ["arn:aws:kms:us-east-1:123456789012:key/1-a"],
            ["1-a", "arn:aws:kms:us-east-1:123456789012:alias/a", "arn:aws:kms:us-east-1:123456789012:key/*"],
        ),
        (
            "data_kms_key_arns",
            [[], ["arn:aws:kms:us-east-1:123456789012:key/1-a"]],
            [
                "arn:aws:kms:us-east-1:123456789012:key/1-a",
                ["1-a"],
                ["arn:aws:kms:us-east-1:123456789012:key/1-a"] * 11,
            ],
        ),
        ("source/entry_point", ["main.py"], ["train", "a/train.py", "train.py;ls"]),
        ("source/directory", ["code", "code/forest", "./code"], ["/etc", "../code", "code/../..", ".", ""]),
        ("channels", [{"a.b-c_D": {"s3_path": "a/"}}], [{"a b": {"s3_path": "a/"}}, {"": {"s3_path": "a/"}}, {}]),
        ("metric_definitions", [{"a": "x=([0-9]+)"}, {"a": "(x)(y)"}, {}], [{"a": "("}, {"a": "x"}, {"": "(x)"}]),
        ("environment", [{"A_1": ""}], [{"1A": "x"}, {"A-B": "x"}, {"A": 1}, {"A": "x" * 513}]),
        (
            "network",
            [{"subnets": ["subnet-0a"], "security_group_ids": ["sg-0a"]}],
            [
                {"subnets": [], "security_group_ids": ["sg-0a"]},
                {"subnets": ["subnet-0a"], "security_group_ids": []},
                {"subnets": ["subnet-0a"] * 17, "security_group_ids": ["sg-0a"]},
                {"subnets": ["subnet-0a"], "security_group_ids": ["sg-0a"] * 6},
                {"subnets": ["sg-0a"], "security_group_ids": ["sg-0a"]},
                {"subnets": "subnet-0a", "security_group_ids": ["sg-0a"]},
                {"subnets": ["subnet-0a"]},
            ],
        ),
    ],
)
def test_what_the_api_takes_is_taken_and_nothing_else(path: str, good: list[Any], bad: list[Any]) -> None:
    for value in good:
        validate(with_change(path, value))
    for value in bad:
        assert refusals(with_change(path, value)), value


def test_a_spot_job_without_checkpoint_and_waiting_time_is_told_both() -> None:
    assert refusals(with_change("managed_spot_training", True)) == [
        (
            "",
            "managed_spot_training needs checkpoint.s3_path, such as checkpoints/; managed_spot_training needs "
            "stopping_condition.max_wait_time_in_seconds (not set) of at least max_runtime_in_seconds (3600)",
        )
    ]


@pytest.mark.parametrize(("wait", "accepted"), [(3599, False), (3600, True), (7200, True)])
def test_a_spot_job_waits_at_least_as_long_as_it_may_run(wait: int, accepted: bool) -> None:
    values = with_change("stopping_condition", {"max_wait_time_in_seconds": wait}) | {
        "managed_spot_training": True,
        "checkpoint": {"s3_path": "checkpoints/"},
    }

    if accepted:
        assert validate(values).managed_spot_training
    else:
        assert refusals(values) == [
            (
                "",
                "managed_spot_training needs stopping_condition.max_wait_time_in_seconds (got 3599) of at least "
                "max_runtime_in_seconds (3600)",
            )
        ]


def test_a_waiting_time_without_spot_is_refused() -> None:
    assert refusals(with_change("stopping_condition/max_wait_time_in_seconds", 7200)) == [
        ("", "stopping_condition.max_wait_time_in_seconds is allowed only with managed_spot_training: true")
    ]


@pytest.mark.parametrize("setting", ["output", "source", "checkpoint"])
@pytest.mark.parametrize("prefix", ["datasets/training/", "datasets/training/deeper/"])
def test_a_job_does_not_write_into_what_jobs_read(setting: str, prefix: str) -> None:
    assert refusals(with_change(setting, {"s3_path": prefix})) == [
        (
            "",
            f"{setting}.s3_path (s3://ml-bucket/{prefix}) lies inside channels.training.s3_path "
            "(s3://ml-bucket/datasets/training/): jobs would read what jobs have written; choose a prefix outside "
            "every channel",
        )
    ]


def test_the_tracking_servers_artifacts_are_not_training_data_either() -> None:
    ((_, message),) = refusals(with_change("tracking/artifact_store", "s3://ml-bucket/datasets/training/mlflow/"))

    assert message == (
        "tracking.artifact_store (s3://ml-bucket/datasets/training/mlflow/) lies inside channels.training.s3_path "
        "(s3://ml-bucket/datasets/training/): jobs would read what jobs have written; choose a prefix outside "
        "every channel"
    )


def test_a_prefix_beside_a_channel_is_not_inside_it() -> None:
    assert validate(with_change("output/s3_path", "datasets/training-outputs/"))


@pytest.mark.parametrize(
    ("image", "got"),
    [({}, "none of them"), ({"scikit_learn_version": "1.9-0", "uri": ECR}, "scikit_learn_version and uri")],
)
def test_one_kind_of_image_is_needed_and_not_both(image: dict[str, str], got: str) -> None:
    assert refusals(with_change("training_image", image)) == [
        (
            "training_image",
            f"got {got}; allowed: one of framework (with version), scikit_learn_version (such as 1.9-0) and uri, and "
            "no two",
        )
    ]


def test_a_spec_cannot_be_changed_afterwards() -> None:
    with pytest.raises(ValidationError, match="Instance is frozen"):
        validate(GOOD).managed_spot_training = True  # type: ignore[misc] # that is what is tried


@pytest.mark.parametrize("setting", ["s3_path", "s3_object"])
def test_a_job_does_not_write_below_an_object_that_is_a_prefix_to_sagemaker(setting: str) -> None:
    values = with_change("channels", {"training": {setting: "datasets/a" + "/" * (setting == "s3_path")}})
    values["output"]["s3_path"] = "datasets/a/outputs/"

    ((_, message),) = refusals(values)
    assert message.startswith(
        f"output.s3_path (s3://ml-bucket/datasets/a/outputs/) lies inside channels.training.{setting} "
    )


@pytest.mark.parametrize("name", ["ml.g5.xlarge", "ml.trn1n.32xlarge", "ml.m7g.large"])
def test_a_machine_that_the_prebuilt_image_cannot_use_is_refused_and_taken_with_another_image(name: str) -> None:
    values = with_change("resources/instance_type", name)

    ((_, message),) = refusals(values)

    assert message.startswith(
        f"resources.instance_type: got {name!r}; allowed with training_image.scikit_learn_version:"
    )
    values["training_image"] = {"uri": ECR}
    assert validate(values).resources.instance_type == name
