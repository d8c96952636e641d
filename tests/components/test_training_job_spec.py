import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from components.reserved_names import RESERVED_ENVIRONMENT, RESERVED_HYPERPARAMETERS
from components.s3_location import BucketContext
from components.script_mode import hyperparameter_text
from components.training_job_spec import TrainingJobSpec

ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com/training:1.0"
GOOD: dict[str, Any] = {
    "training_image": {"scikit_learn_version": "1.9-0"},
    "resources": {"instance_type": "ml.m5.large"},
    "channels": {"training": {"s3_path": "datasets/training/"}},
    "output": {"s3_path": "training-outputs/"},
    "source": {},
    "tracking": {
        "tracking_uri": "https://mlflow.example.com",
        "experiment_name": "breast-cancer",
        "registered_model_name": "breast-cancer",
    },
}


def with_change(path: str, value: object) -> dict[str, Any]:
    values = copy.deepcopy(GOOD)
    *parents, last = path.split("/")
    place = values
    for parent in parents:
        place = place.setdefault(parent, {})
    place[last] = value
    return values


def validate(values: dict[str, Any]) -> TrainingJobSpec:
    return TrainingJobSpec.model_validate(values, context=BucketContext("ml-bucket"))


def refusals(values: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as refused:
        validate(values)
    return [
        ("/".join(map(str, error["loc"])), error["msg"].removeprefix("Value error, "))
        for error in refused.value.errors()
    ]


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


@pytest.mark.parametrize("value", [object(), {1}, [{1: 2}], {"a": [b"x"]}])
def test_a_hyperparameter_that_is_not_json_is_reported_once(value: object) -> None:
    assert refusals(with_change("hyperparameters/max_depth", value)) == [
        ("hyperparameters/max_depth", "allowed: text, a number, true, false, null, and lists and mappings of these")
    ]


@pytest.mark.parametrize(
    ("field", "limit"),
    [("hyperparameters", 100 - len(RESERVED_HYPERPARAMETERS)), ("environment", 100 - len(RESERVED_ENVIRONMENT))],
)
def test_there_is_room_for_what_the_request_adds_itself(field: str, limit: int) -> None:
    validate(with_change(field, {f"name_{n}": "x" for n in range(limit)}))

    message = f"Dictionary should have at most {limit} items after validation, not "
    ((where, got),) = refusals(with_change(field, {f"name_{n}": "x" for n in range(limit + 1)}))
    assert (where, got[: len(message)]) == (field, message)


@pytest.mark.parametrize("name", RESERVED_HYPERPARAMETERS)
def test_a_hyperparameter_of_script_mode_is_refused(name: str) -> None:
    assert refusals(with_change("hyperparameters", {name: "x"})) == [
        ("", f"hyperparameters.{name} is set from source; remove it")
    ]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("AWS_REGION", "is set by SageMaker, whatever the request says; remove it"),
        ("TRAINING_JOB_NAME", "is set by SageMaker, whatever the request says; remove it"),
        ("TRAINING_JOB_ARN", "is set by SageMaker, whatever the request says; remove it"),
        ("CURRENT_HOST", "is set by the training toolkit when it starts; remove it"),
        (
            "AWS_SECRET_ACCESS_KEY",
            "would take the place of the execution role's credentials, and whoever may read the schedule could read "
            "it; remove it",
        ),
        (
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
            "begins with AWS_CONTAINER_, as what SageMaker tells of the execution role's credentials; choose another "
            "name",
        ),
        (
            "SM_HP_MAX_DEPTH",
            "begins with SM_, as all that the training toolkit tells a script: it would be overwritten, or believed; "
            "choose another name",
        ),
        (
            "SAGEMAKER_PROGRAM",
            "begins with SAGEMAKER_, as what SageMaker, its images and the training toolkit read and set; choose "
            "another name",
        ),
    ],
)
def test_a_variable_that_others_set_is_refused_with_the_reason(name: str, why: str) -> None:
    assert refusals(with_change("environment", {name: "x"})) == [("", f"environment.{name} {why}")]


@pytest.mark.parametrize(
    "name", ["SMTP_HOST", "sm_hosts", "AWS_MAX_ATTEMPTS", "AWS_REGIONS", "INVOCATION_LEASE_SECONDS"]
)
def test_a_variable_that_only_looks_like_one_is_taken(name: str) -> None:
    assert validate(with_change("environment", {name: "x"})).environment == {name: "x"}


@pytest.mark.parametrize("name", RESERVED_ENVIRONMENT)
def test_a_variable_that_the_request_sets_is_refused(name: str) -> None:
    assert refusals(with_change("environment", {name: "x"})) == [
        ("", f"environment.{name} is set by the training job itself; remove it")
    ]


def test_a_long_hyperparameter_is_refused() -> None:
    validate(with_change("hyperparameters", {"note": "x" * 2500}))
    assert refusals(with_change("hyperparameters", {"note": "x" * 2501})) == [
        ("", "hyperparameters.note has more than 2500 characters")
    ]


@pytest.mark.parametrize("character", "\n\r\u0085\u2028")
def test_a_hyperparameter_is_one_line(character: str) -> None:
    assert refusals(with_change("hyperparameters", {"note": f"a{character}b"})) == [
        ("", "hyperparameters.note has a line break; allowed: one line")
    ]
    # In JSON it is written with a backslash.
    assert validate(with_change("hyperparameters", {"note": ["a\nb"]}))


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


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((5, "5"), (0.5, "0.5"), (True, "true"), (False, "false"), ("gini", "gini"), ("", ""), (None, "null")),
        *(("1e-3", "1e-3"), ("0.10", "0.10"), (1e-05, "1e-05"), (2**70, str(2**70)), (float("inf"), "inf")),
        *(([1, "a", None], '[1, "a", null]'), ({"b": [True], "a": "é"}, '{"a": "é", "b": [true]}'), ([], "[]")),
    ],
)
def test_a_hyperparameter_is_text_that_script_mode_reads_back(value: object, text: str) -> None:
    assert hyperparameter_text(value) == text


NUMBERS = st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    NUMBERS | st.none(), lambda inner: st.lists(inner | st.text()) | st.dictionaries(st.text(), inner | st.text())
)


@given(JSON)
def test_all_but_text_survives_script_modes_json(value: object) -> None:
    import json

    read = json.loads(hyperparameter_text(value))

    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize("setting", ["s3_path", "s3_object"])
def test_a_job_does_not_write_below_an_object_that_is_a_prefix_to_sagemaker(setting: str) -> None:
    values = with_change("channels", {"training": {setting: "datasets/a" + "/" * (setting == "s3_path")}})
    values["output"]["s3_path"] = "datasets/a/outputs/"

    ((_, message),) = refusals(values)
    assert message.startswith(
        f"output.s3_path (s3://ml-bucket/datasets/a/outputs/) lies inside channels.training.{setting} "
    )


def test_a_stream_is_for_code_of_ones_own() -> None:
    values = with_change("channels/training/input_mode", "Pipe")

    assert refusals(values) == [
        (
            "",
            "channels.training.input_mode: got 'Pipe'; allowed with source.directory training_code: File, FastFile, "
            "because that code reads files",
        )
    ]
    values["source"] = {"directory": "mine"}
    assert validate(values).channels["training"].input_mode == "Pipe"


def test_only_a_job_of_several_hosts_installs_dask() -> None:
    of_several = validate(with_change("resources/instance_count", 2))
    assert "cluster" not in validate(with_change("resources/instance_count", 1)).requirements_extras
    assert "cluster" in of_several.requirements_extras


def with_source(**source: str) -> dict[str, Any]:
    return with_change("source", source)


@pytest.mark.parametrize("name", ["packages", "packages-accelerator", "packages-cluster"])
@pytest.mark.parametrize("source", [{}, {"packages": "pip"}, {"directory": "own_code", "packages": "archive"}])
def test_a_channel_of_data_is_not_named_like_packages(name: str, source: dict[str, str]) -> None:
    values = with_source(**source)
    values["channels"][name] = {"s3_path": "datasets/other/"}

    assert refusals(values) == [("", f"channels.{name}: is a name for packages that travel with the job; rename it")]


def test_code_of_ones_own_that_pip_installs_for_may_call_its_channels_anything() -> None:
    values = with_source(directory="own_code")
    values["channels"]["packages"] = {"s3_path": "datasets/other/"}

    assert set(validate(values).channels) == {"packages", "training"}


def test_packages_that_travel_with_the_job_take_a_channel() -> None:
    channels = {f"channel-{place}": {"s3_path": f"datasets/{place}/"} for place in range(20)}

    assert len(validate(with_source(packages="pip") | {"channels": channels}).channels) == 20
    assert refusals(with_source() | {"channels": channels}) == [
        (
            "",
            "channels: got 20; allowed with packages that travel with the job: 19; take some together, or set "
            "source.packages to pip",
        )
    ]


def test_code_of_ones_own_for_another_python_has_no_archive() -> None:
    values = with_source(directory="own_code", packages="archive")
    values["training_image"] = {"scikit_learn_version": "1.4-2"}

    assert refusals(values) == [
        (
            "",
            "source.packages: got 'archive'; allowed with training_image.scikit_learn_version 1.4-2: pip, because "
            "archives are for Python 3.12, and the image has 3.10",
        )
    ]


@pytest.mark.parametrize("name", ["ml.g5.xlarge", "ml.trn1n.32xlarge", "ml.m7g.large"])
def test_a_machine_that_the_prebuilt_image_cannot_use_is_refused_and_taken_with_another_image(name: str) -> None:
    values = with_change("resources/instance_type", name)

    ((_, message),) = refusals(values)

    assert message.startswith(
        f"resources.instance_type: got {name!r}; allowed with training_image.scikit_learn_version:"
    )
    values["training_image"] = {"uri": ECR}
    assert validate(values).resources.instance_type == name
