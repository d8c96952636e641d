"""`training-jobs from-tfvars`: each variable is carried over or named, and what is printed is a stack."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from operations.tfvars.draft import Options
from operations.tfvars.file import TfvarsError
from operations.tfvars.printing import print_stack, text_of
from operations.tfvars.stack import draft_of
from operations.tfvars.variables import VARIABLES
from settings import parse_settings
from tests.operations.projects import typed
from tests.test_settings_any_values import JSON

CHANNEL = {
    "ChannelName": "training",
    "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://ml-bucket/data/"}},
}
SERVER = "arn:aws:sagemaker:us-east-1:123456789012:mlflow-tracking-server/mlflow"
OTHER_IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/ab:2"
BASE: dict[str, Any] = {
    "aws_region": "us-east-1",
    "project_name": "churn",
    "training_image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/training:1.0",
    "input_data_config": [CHANNEL],
    "output_data_s3_path": "s3://ml-bucket/models/",
    "mlflow_tracking_uri": "https://mlflow.example.com",
    "max_runtime_seconds": 3600,
}
SAMPLES: dict[str, tuple[Any, str, Any]] = {
    "aws_region": ("eu-west-1", "aws:region", "eu-west-1"),
    "project_name": ("fraud", "training_jobs", {"fraud"}),
    "training_image": (OTHER_IMAGE, "training_image.uri", OTHER_IMAGE),
    "training_input_mode": ("FastFile", "channels.training.input_mode", "FastFile"),
    "instance_type": ("ml.c5.xlarge", "resources.instance_type", "ml.c5.xlarge"),
    "instance_count": (3, "resources.instance_count", 3),
    "volume_size_gb": (50, "resources.volume_size_in_gb", 50),
    "max_runtime_seconds": (7200, "stopping_condition.max_runtime_in_seconds", 7200),
    "input_data_config": (
        [{**CHANNEL, "ContentType": "application/x-parquet", "CompressionType": "None", "InputMode": "File"}],
        "channels.training",
        {
            "s3_path": "data/",
            "s3_data_type": "S3Prefix",
            "content_type": "application/x-parquet",
            "compression_type": "None",
            "input_mode": "File",
        },
    ),
    "output_data_s3_path": ("s3://ml-bucket/other/", "output.s3_path", "other/"),
    "s3_bucket_arn": ("arn:aws:s3:::ml-bucket", "bucket", "ml-bucket"),
    "hyperparameters": ({"n_estimators": "50"}, "hyperparameters", {"n_estimators": "50"}),
    "environment_variables": ({"MODEL_NAME": "m"}, "environment", {"MODEL_NAME": "m"}),
    "enable_scheduling": (False, "schedule.enabled", False),
    "schedule_expression": ("rate(2 days)", "schedule.expression", "rate(2 days)"),
    "schedule_enabled": (False, "schedule.enabled", False),
    "mlflow_tracking_server_arn": (SERVER, "tracking.tracking_server", "mlflow"),
    "mlflow_tracking_uri": ("https://other.example.com", "tracking.tracking_uri", "https://other.example.com"),
    "vpc_config": (
        {"Subnets": ["subnet-12345678"], "SecurityGroupIds": ["sg-12345678"]},
        "network",
        {"subnets": ["subnet-12345678"], "security_group_ids": ["sg-12345678"]},
    ),
    "enable_spot_training": (True, "managed_spot_training", True),
    "checkpoint_config": (
        {"S3Uri": "s3://ml-bucket/cp/", "LocalPath": "/opt/ml/state"},
        "checkpoint",
        {"s3_path": "cp/", "local_path": "/opt/ml/state"},
    ),
    "enable_mlflow_integration": (False, "tracking", "none"),
    "enable_network_isolation": (True, "network_isolation", True),
    "debugger_hook_config": (
        {
            "S3OutputPath": "s3://ml-bucket/tensors",
            "LocalPath": "/opt/ml/output/t",
            "HookParameters": {"save_interval": 100},
            "CollectionConfigurations": [{"CollectionName": "losses", "CollectionParameters": {"include_regex": "l"}}],
        },
        "debugger",
        {
            "s3_path": "tensors/",
            "local_path": "/opt/ml/output/t",
            "hook_parameters": {"save_interval": "100"},
            "collections": {"losses": {"include_regex": "l"}},
        },
    ),
    "profiler_config": (
        {"S3OutputPath": "s3://ml-bucket/p/", "ProfilingIntervalInMilliseconds": 500},
        "profiler",
        {"s3_path": "p/", "interval_in_milliseconds": 500},
    ),
    "tags": ({"Team": "ml"}, "tags", {"Team": "ml"}),
    "environment": ("prod", "file", "Pulumi.prod.yaml"),
}
"""A value of each variable that is carried over, where it goes, and what it is there."""
OPTIONS = Options("s3://ml-bucket/mlflow/")
OWN_CODE = Options(OPTIONS.artifact_store, "mine")


def stack_of(given: dict[str, Any], options: Options = OPTIONS) -> tuple[dict[str, Any], str]:
    """What a file's variables make, as a whole stack file, parsed by the settings; and its text."""
    draft = draft_of(given, options)
    stack = str(given.get("environment") or "staging")
    text = text_of(draft, stack, "terraform.tfvars")
    config = yaml.safe_load(text)["config"]
    values = {key.partition(":")[2]: value for key, value in config.items() if key != "aws:region"}
    assert parse_settings(values, stack, config["aws:region"])
    return config, text


def at(config: dict[str, Any], text: str, path: str) -> Any:  # noqa: ANN401 - any setting
    own = {key.removeprefix("scheduled-training:"): value for key, value in config.items()}
    if path == "file":
        return text.splitlines()[1].split()[1].rstrip(",")
    if path in own:
        return set(own[path]) if path == "training_jobs" else own[path]
    (value,) = own["training_jobs"].values()
    for part in path.split("."):
        value = value[part]
    return value


def test_every_variable_that_is_said_to_be_carried_over_is_tried() -> None:
    assert set(SAMPLES) == {name for name, each in VARIABLES.items() if each.is_carried}


@pytest.mark.parametrize("variable", SAMPLES)
def test_a_variable_arrives_where_the_table_says(variable: str) -> None:
    value, path, expected = SAMPLES[variable]

    # An image is in the stack's region.
    image = {"training_image": BASE["training_image"].replace("us-east-1", value)} if variable == "aws_region" else {}

    options = OWN_CODE if variable == "enable_network_isolation" else OPTIONS

    assert at(*stack_of(BASE | image | {variable: value}, options), path) == expected
    assert path.split(".")[0] in VARIABLES[variable].setting.replace("Pulumi.<stack>.yaml", "file")


@pytest.mark.parametrize("variable", [name for name, each in VARIABLES.items() if not each.is_carried])
def test_a_variable_that_is_not_carried_over_is_named_with_what_to_do(variable: str) -> None:
    _, text = stack_of(BASE | {variable: "hunter2"})
    comments = " ".join(line.removeprefix("#").strip() for line in text.splitlines() if line.startswith("#"))

    assert f"- {variable}: {VARIABLES[variable].note}" in comments
    assert "hunter2" not in text


@given(st.dictionaries(st.sampled_from(sorted(VARIABLES)) | st.text("abc_", min_size=1, max_size=4), JSON, max_size=4))
def test_nothing_is_lost_silently(given: dict[str, Any]) -> None:
    values = BASE | given
    try:
        draft = draft_of(values, OPTIONS)
    except TfvarsError:
        return
    told = {name.partition("[")[0].partition(".")[0] for name in (*draft.left, *draft.changed)}

    for name, value in values.items():
        assert value is None or name in told or (name in VARIABLES and VARIABLES[name].is_carried)


@pytest.mark.parametrize("text", ["é", "a\x85b", "a\u2028b", "\ufeff", "a\tb", "\U0001f600"])
def test_a_text_of_any_letters_is_read_as_it_was(text: str) -> None:
    given = BASE | {"hyperparameters": {"label": text}}

    printed = text_of(draft_of(given, Options()), "prod", "terraform.tfvars.json")

    job = yaml.safe_load(printed)["config"]["scheduled-training:training_jobs"]["churn"]
    assert job["hyperparameters"] == {"label": text}


def test_what_is_carried_over_in_another_form_is_told() -> None:
    given = BASE | {
        "output_data_s3_path": "s3://ml-bucket",
        "max_runtime_seconds": 2592000,
        "enable_spot_training": True,
        "tags": {"Team": "ml", "Project": "x"},
        "environment_variables": {"SM_MODEL_DIR": "/x"},
    }
    draft = draft_of(given, OPTIONS)

    assert set(draft.changed) == {"output_data_s3_path", "max_runtime_seconds", "enable_spot_training"}
    assert set(draft.left) == {"tags.Project", "environment_variables.SM_MODEL_DIR"}
    assert draft.job["stopping_condition"] == {
        "max_runtime_in_seconds": 2419200,
        "max_wait_time_in_seconds": 2419200,
    }


def test_awss_image_is_told_by_its_version() -> None:
    image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3"

    assert draft_of(BASE | {"training_image": image}, OPTIONS).job["training_image"] == {
        "scikit_learn_version": "1.9-0"
    }


def test_all_that_is_missing_is_told_at_once() -> None:
    with pytest.raises(TfvarsError) as refused:
        draft_of({"mlflow_tracking_server_arn": SERVER}, Options())

    assert [line.partition(":")[0].strip() for line in str(refused.value).splitlines()] == [
        "the file lacks what a stack needs",
        "project_name",
        "output_data_s3_path",
        "input_data_config",
        "training_image",
    ]


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("instance_count", "two", "instance_count: got a value of another type"),
        ("schedule_enabled", "yes", "schedule_enabled: got a value of another type"),
        ("input_data_config", [{"ChannelName": "x"}], "input_data_config[0]: lacks ChannelName or DataSource"),
        ("mlflow_tracking_server_arn", "mlflow", "mlflow_tracking_server_arn: got 'mlflow'; allowed: the ARN of"),
    ],
)
def test_a_wrong_value_is_told_by_its_variable(variable: str, value: object, told: str) -> None:
    with pytest.raises(TfvarsError) as refused:
        draft_of(BASE | {variable: value}, OPTIONS)

    assert str(refused.value).startswith(told)


def written(project: Path, values: dict[str, Any]) -> str:
    (project / "terraform.tfvars.json").write_text(json.dumps(values))
    return "terraform.tfvars.json"


def test_what_the_command_prints_passes_a_check(project: Path) -> None:
    hyperparameters = {"n_estimators": "50", "epochs": "10"}
    file = written(project, BASE | {"hyperparameters": hyperparameters, "environment": "staging"})
    printed = typed("from-tfvars", file)
    assert printed.exit_code == 0, printed.output
    (project / "Pulumi.staging.yaml").write_text(printed.stdout)

    assert "# - hyperparameters.epochs: not known; a script of your own takes it" in printed.stdout
    assert typed("check", "-s", "staging").exit_code == 0


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"instance_type": "m5.large"}, "  resources.instance_type: got 'm5.large'; allowed: "),
        ({"schedule_expression": "cron(0 2 * * *)"}, "  schedule.expression: got 'cron(0 2 * * *)'; "),
        ({"project_name": "Churn_1"}, "  project_name: got 'Churn_1'; allowed: lower-case letters"),
        ({"project_name": "a" * 30}, "  project_name: the name 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-staging' "),
    ],
)
def test_a_value_that_no_check_would_pass_is_refused(project: Path, values: dict[str, Any], told: str) -> None:
    answer = typed("from-tfvars", written(project, BASE | values))

    assert answer.exit_code == 1
    assert answer.stdout == ""
    assert any(line.startswith(told) for line in answer.stderr.splitlines()), answer.stderr


def test_code_of_ones_own_keeps_all_its_hyperparameters(project: Path) -> None:
    answer = typed("from-tfvars", written(project, BASE | {"hyperparameters": {"epochs": "10"}}), "--source", "mine")
    (job,) = yaml.safe_load(answer.stdout)["config"]["scheduled-training:training_jobs"].values()

    assert job["source"] == {"directory": "mine"}
    assert job["hyperparameters"] == {"epochs": "10"}


def test_the_training_code_is_asked_without_the_credentials_of_who_asks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    (tmp_path / "training_code").mkdir()
    (tmp_path / "training_code" / "train.py").write_text(
        "import json, os\nnames = [name for name in os.environ if 'SECRET' in name]\n"
        "faults = [{'kind': 'hyperparameter', 'name': name, 'text': 'seen'} for name in names]\n"
        "print(json.dumps([{'faults': faults, 'channels': []}]))\n"
    )
    given = BASE | {"hyperparameters": {"AWS_SECRET_ACCESS_KEY": "1"}}

    print_stack(tmp_path, tmp_path / written(tmp_path, given), None, OPTIONS)

    assert "AWS_SECRET_ACCESS_KEY: '1'" in capsys.readouterr().out
