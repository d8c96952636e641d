"""What the settings that most jobs do without are to each other: each misfit with its reason."""

from typing import Any

import pytest

from tests.components.job_options import ALL, KEY, PLAN, REPOSITORY, SECRET, changed, refusals, spec_of

GROUPS = [{"name": "a", "instance_type": "ml.m5.large"}, {"name": "b", "instance_type": "ml.c5.xlarge"}]
SPOT = {
    "managed_spot_training": True,
    "checkpoint": {"s3_path": "checkpoints/"},
    "stopping_condition": {"max_wait_time_in_seconds": 3600},
}


def test_all_of_them_go_together() -> None:
    assert spec_of(changed(**ALL)).retry_strategy


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {**SPOT, "resources": {"instance_type": "ml.m5.large", "keep_alive_in_seconds": 60}},
            "resources.keep_alive_in_seconds: got 60; allowed with managed_spot_training: 0, because spot machines "
            "cannot wait in a warm pool; remove one of them",
        ),
        (
            {**SPOT, "resources": {"instance_preferences": [{"instance_type": "ml.m5.large"}]}},
            "resources.instance_preferences is not allowed with managed_spot_training; name one "
            "resources.instance_type, or train on demand",
        ),
        (
            {"channels": {"training": {"s3_path": "a/", "instance_group_names": ["c"]}}},
            "channels.training.instance_group_names.0: got 'c'; allowed: none, because there are no "
            "resources.instance_groups; correct or remove it",
        ),
        (
            {
                "resources": {"instance_groups": GROUPS},
                "channels": {"training": {"s3_path": "a/", "instance_group_names": ["a", "c"]}},
            },
            "channels.training.instance_group_names.1: got 'c'; allowed: a, b; correct or remove it",
        ),
        (
            {
                "resources": {"instance_groups": [{**GROUPS[0], "name": "a\x1c!"}]},
                "channels": {"training": {"s3_path": "a/", "instance_group_names": ["c"]}},
            },
            r"channels.training.instance_group_names.0: got 'c'; allowed: a\x1c!; correct or remove it",
        ),
        (
            {
                "network_isolation": True,
                "tracking": {"tracking_uri": "https://mlflow.example.com", "secret_arn": SECRET},
            },
            "network_isolation: got true with tracking.secret_arn: an isolated container cannot read a secret; remove "
            "secret_arn: whoever registers the model afterwards sets MLFLOW_TRACKING_USERNAME and "
            "MLFLOW_TRACKING_PASSWORD",
        ),
        (
            {"network_isolation": True, "secrets": {"A": {"arn": SECRET}}},
            "network_isolation: got true with secrets (A): an isolated container cannot read one; remove one "
            "of the two",
        ),
        (
            {"network_isolation": True, "remote_debug": True},
            "network_isolation: got true with remote_debug: no session can be opened in an isolated container; "
            "allowed: one of the two; remove one",
        ),
        (
            {"network_isolation": True, "channels": {"code": {"s3_path": "a/"}}},
            "channels.code: is the name of the channel that brings the script to an isolated container; rename it",
        ),
        (
            {"secrets": {"SM_TOKEN": {"arn": SECRET}}},
            "secrets.SM_TOKEN begins with SM_, as all that the training toolkit tells a script: it would be "
            "overwritten, or believed; choose another name",
        ),
        (
            {"secrets": {"SECRET_ARN": {"arn": SECRET}}},
            "secrets.SECRET_ARN is set by the training job itself; remove it",
        ),
        (
            {"secrets": {"A": {"arn": SECRET}}, "environment": {"A": "x"}},
            "secrets.A: is a variable of environment as well; allowed: one of the two; remove one",
        ),
        (
            {
                "checkpoint": {"s3_path": "checkpoints/", "local_path": "/opt/ml/output/tensors/state"},
                "debugger": {"s3_path": "debugger/"},
            },
            "debugger.local_path: got '/opt/ml/output/tensors', and checkpoint.local_path is "
            "'/opt/ml/output/tensors/state': SageMaker would copy one's files for the other as well; allowed: "
            "directories of which none lies inside another; choose another",
        ),
        (
            {"tensorboard": {"s3_path": "datasets/training/boards/"}},
            "tensorboard.s3_path (s3://ml-bucket/datasets/training/boards/) lies inside channels.training.s3_path "
            "(s3://ml-bucket/datasets/training/): jobs would read what jobs have written; choose a prefix outside "
            "every channel",
        ),
        (
            {"resources": {"instance_groups": GROUPS}, "accelerator": "intelex"},
            "accelerator: got 'intelex' with resources.instance_groups 2; it works on one machine: ask "
            "for one, or remove accelerator",
        ),
    ],
)
def test_what_does_not_go_together_is_refused_with_the_reason(settings: dict[str, Any], message: str) -> None:
    assert refusals(changed(**settings)) == [("", message)]


@pytest.mark.parametrize(
    ("resources", "message"),
    [
        (
            {},
            "got no type of machine; allowed: one of instance_type (such as ml.m5.large), instance_groups and "
            "instance_preferences",
        ),
        (
            {"instance_type": "ml.m5.large", "instance_groups": GROUPS},
            "got instance_type and instance_groups; allowed: one of instance_type (such as ml.m5.large), "
            "instance_groups and instance_preferences",
        ),
        (
            {"instance_groups": GROUPS, "instance_count": 1},
            "instance_count is not allowed with instance_groups, of which each has its own; remove it",
        ),
        ({"instance_groups": [GROUPS[0], GROUPS[0]]}, "instance_groups: got 'a' twice; allowed: names that differ"),
        (
            {"instance_groups": GROUPS, "keep_alive_in_seconds": 1},
            "keep_alive_in_seconds: got 1; allowed with instance_groups: 0, because a cluster of several types cannot "
            "wait in a warm pool; remove it",
        ),
        (
            {"instance_preferences": [{"instance_type": "ml.m5.large"}, {"instance_type": "ml.m5.large"}]},
            "instance_preferences: got 'ml.m5.large' twice; allowed: each type once",
        ),
        (
            {"instance_preferences": [{"instance_type": "ml.m5.large", "instance_count": 1}], "instance_count": 1},
            "instance_preferences: some have an instance_count; allowed: all of them, and then "
            "resources.instance_count is not set, or none",
        ),
        (
            {
                "instance_preferences": [{"instance_type": "ml.m5.large", "training_plan_arn": PLAN}],
                "training_plan_arn": PLAN,
            },
            "training_plan_arn is not allowed with instance_preferences that have their own; remove one of them",
        ),
        (
            {"instance_preferences": [{"instance_type": "ml.m5.large"}], "instance_placement": {}},
            "instance_placement is not allowed with instance_preferences; remove one of them",
        ),
    ],
)
def test_machines_are_of_one_kind(resources: dict[str, Any], message: str) -> None:
    if message.startswith("instance_placement"):
        resources = resources | {"instance_placement": {"enable_multiple_jobs": True}}
    assert refusals(changed(resources=resources)) == [("resources", message)]


def test_groups_on_spot_machines_are_taken() -> None:
    assert spec_of(changed(**SPOT, resources={"instance_groups": GROUPS})).resources.machine_count == 2


@pytest.mark.parametrize("path", ["/opt/ml/model", "/opt/ml/model/x", "/opt/ml", "/", "/opt/ml/input/data/training"])
def test_what_sagemaker_keeps_for_itself_is_no_place_for_checkpoints(path: str) -> None:
    ((place, message),) = refusals(changed(checkpoint={"s3_path": "checkpoints/", "local_path": path}))

    assert place == "checkpoint.local_path"
    assert message.startswith("allowed: a directory beside /opt/ml/")


@pytest.mark.parametrize("path", ["state", "/opt/../etc", "//opt/x", "/a\nb"])
def test_a_path_in_the_container_is_absolute_and_plain(path: str) -> None:
    assert refusals(changed(checkpoint={"s3_path": "checkpoints/", "local_path": path})) == [
        (
            "checkpoint.local_path",
            "allowed: an absolute path in the container without '..', such as /opt/ml/checkpoints",
        )
    ]


@pytest.mark.parametrize(
    ("settings", "place", "message"),
    [
        ({"profiler": {}}, "profiler", "s3_path: not set; allowed: a prefix such as profiles/, or disabled: true"),
        (
            {"profiler": {"disabled": True, "s3_path": "p/"}},
            "profiler",
            "disabled: got true with s3_path; allowed: either; remove one",
        ),
        (
            {"profiler": {"s3_path": "p/", "interval_in_milliseconds": 300}},
            "profiler.interval_in_milliseconds",
            "allowed: 100, 200, 500, 1000, 5000, 60000",
        ),
        (
            {"experiment_config": {}},
            "experiment_config",
            "got nothing; allowed: one at least of experiment_name, trial_name, trial_component_display_name, run_name",
        ),
    ],
)
def test_a_setting_with_parts_says_something(settings: dict[str, Any], place: str, message: str) -> None:
    assert refusals(changed(**settings)) == [(place, message)]


RULE = {"image": f"{REPOSITORY}:latest"}


@pytest.mark.parametrize(
    ("path", "good", "bad"),
    [
        ("resources/keep_alive_in_seconds", [0, 21600], [-1, 21601, "60"]),
        ("retry_strategy/maximum_attempts", [1, 30], [0, 31]),
        ("stopping_condition/max_pending_time_in_seconds", [1800, 2419200], [1799, 2419201]),
        ("resources/training_plan_arn", [PLAN], [PLAN.replace("plan/", "plan/*"), "nightly", PLAN + "x" * 2048]),
        ("output/compression", ["GZIP", "NONE"], ["gzip", "ZIP", None]),
        ("debugger/hook_parameters", [{"a": "x" * 256}], [{"": "x"}, {"a": "x" * 257}, {"a": 1}, {"a": "x\ny"}]),
        ("debugger/rules", [{"a": RULE}], [{"a": {}}, {"a": {"image": "x"}}, {str(n): RULE for n in range(21)}]),
        ("secrets", [{"A": {"arn": SECRET}}], [{"A": SECRET}, {"A": {"arn": SECRET[:-7]}}, {"A-B": {"arn": SECRET}}]),
        ("secrets/A/kms_key_arn", [KEY, None], ["alias/a"]),
        ("experiment_config/run_name", ["a" * 120], ["a" * 121, "-a", "a_b"]),
        ("mlflow_config/run_name", ["a b"], ["", "a\nb", "x" * 257]),
    ],
)
def test_what_the_api_takes_is_taken_and_nothing_else(path: str, good: list[Any], bad: list[Any]) -> None:
    def values(value: object) -> dict[str, Any]:
        found = changed(debugger={"s3_path": "debugger/"}, secrets={"A": {"arn": SECRET}})
        found["mlflow_config"] = {"resource_arn": PLAN.replace("training-plan/", "mlflow-app/")}
        *parents, last = path.split("/")
        place = found
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = value
        return found

    for value in good:
        spec_of(values(value))
    for value in bad:
        assert refusals(values(value)), value
