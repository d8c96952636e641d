import copy
import json
import logging
import re
from collections.abc import Iterator
from contextvars import Context
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pulumi.runtime import mocks, set_all_config
from pulumi.runtime.settings import configure

from settings import Settings, SettingsError, load_settings, parse_settings

PROJECT_DIRECTORY = Path(__file__).parents[1]
JOB = "training_jobs/breast-cancer"
STACK_SETTINGS = "bucket, tags, training_jobs"
JOB_SETTINGS = (
    "accelerator, channels, checkpoint, data_kms_key_arns, encrypt_inter_container_traffic, environment, "
    "execution_role_arn, hyperparameters, managed_spot_training, metric_definitions, network, output, promotion, "
    "resources, schedule, source, stopping_condition, tracking, training_image"
)
TEXT = "text (in quotes, if it looks like a number, true or false)"


def stack_file(stack: str) -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load((PROJECT_DIRECTORY / f"Pulumi.{stack}.yaml").read_text())["config"]
    return config


def values_of(stack: str) -> dict[str, Any]:
    own = "scheduled-training:"
    return {key.removeprefix(own): value for key, value in stack_file(stack).items() if key.startswith(own)}


STAGING, PROD = values_of("staging"), values_of("prod")
ABSENT = object()


def changed(path: str, value: object, base: dict[str, Any] = STAGING) -> dict[str, Any]:
    values = copy.deepcopy(base)
    *parents, last = path.split("/")
    place = values
    for parent in parents:
        place = place.setdefault(parent, {})
    if value is ABSENT:
        del place[last]
    else:
        place[last] = value
    return values


def problems(
    values: dict[str, Any], stack: str = "staging", region: str | None = "us-east-1", secret: list[str] | None = None
) -> list[str]:
    """The lines of the message below its first, which has their number."""
    with pytest.raises(SettingsError) as refused:
        parse_settings(values, stack, region, secret)
    head, *lines = str(refused.value).splitlines()
    assert head == f"Pulumi.{stack}.yaml has {len(lines)} problem{'s' if len(lines) > 1 else ''}:"
    return [line.removeprefix("  scheduled-training:") for line in lines]


def problems_of(values: dict[str, Any]) -> list[str]:
    """The same, of values that may be good."""
    try:
        parse_settings(values, "prod", "us-east-1")
    except SettingsError as error:
        return str(error).splitlines()[1:]
    return []


@pytest.mark.parametrize("stack", ["staging", "prod"])
def test_both_committed_stacks_are_good(stack: str) -> None:
    parsed = parse_settings(values_of(stack), stack, stack_file(stack)["aws:region"])

    job = parsed.training_jobs["breast-cancer"]
    assert (parsed.stack, parsed.region, parsed.bucket) == (stack, "us-east-1", f"ml-platform-{stack}-ml-bucket")
    assert job.schedule.expression == "cron(0 3 * * ? *)"
    assert job.schedule.enabled is (stack == "prod")
    assert job.hyperparameters == {
        "max_depth": 5,
        "n_estimators": 100,
        "random_state": 42,
        "criterion": "gini",
        "max_features": "auto",
    }


def test_staging_has_none_of_what_makes_prod_robust() -> None:
    staging = parse_settings(STAGING, "staging", "us-east-1").training_jobs["breast-cancer"]
    prod = parse_settings(PROD, "prod", "us-east-1").training_jobs["breast-cancer"]

    for job, expected in ((staging, False), (prod, True)):
        assert job.managed_spot_training is expected
        assert job.encrypt_inter_container_traffic is expected
        assert (job.checkpoint is not None) is expected
        assert (job.network is not None) is expected
        assert (job.resources.volume_kms_key_arn is not None) is expected
        assert (job.output.kms_key_arn is not None) is expected


def test_tags_say_where_a_thing_comes_from() -> None:
    parsed = parse_settings(STAGING, "staging", "us-east-1")

    assert parsed.tags_of("breast-cancer") == {
        "team": "ml-platform",
        "cost-center": "ml-staging",
        "project": "scheduled-training",
        "stack": "staging",
        "training-job": "breast-cancer",
    }


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        # unknown or misspelt settings
        ("bukket", "x", f"bukket: unknown setting; did you mean 'bucket'? allowed: {STACK_SETTINGS}"),
        ("colour", "x", f"colour: unknown setting; allowed: {STACK_SETTINGS}"),
        ("region", "eu-west-1", f"region: unknown setting; allowed: {STACK_SETTINGS}"),
        ("stack", "prod", f"stack: unknown setting; allowed: {STACK_SETTINGS}"),
        (
            f"{JOB}/managed_spot_trainig",
            True,
            "training_jobs.breast-cancer.managed_spot_trainig: unknown setting; did you mean 'managed_spot_training'? "
            f"allowed: {JOB_SETTINGS}",
        ),
        (
            f"{JOB}/channels/training/path",
            "a/",
            "training_jobs.breast-cancer.channels.training.path: unknown setting; did you mean 's3_path'? "
            "allowed: content_type, input_mode, s3_data_distribution_type, s3_path",
        ),
        # missing
        ("bucket", ABSENT, "bucket: is required and not set"),
        (f"{JOB}/schedule", ABSENT, "training_jobs.breast-cancer.schedule: is required and not set"),
        (
            f"{JOB}/schedule/expression",
            ABSENT,
            "training_jobs.breast-cancer.schedule.expression: is required and not set",
        ),
        # expressions and time zones
        (
            f"{JOB}/schedule/expression",
            "cron(0 3 * * *)",
            "training_jobs.breast-cancer.schedule.expression: got 'cron(0 3 * * *)'; cron has 5 fields, not the six: "
            "minutes hours day-of-month month day-of-week year",
        ),
        (
            f"{JOB}/schedule/expression",
            "0 3 * * ? *",
            "training_jobs.breast-cancer.schedule.expression: got '0 3 * * ? *'; allowed: cron(minutes hours "
            "day-of-month month day-of-week year), rate(value unit) or at(yyyy-mm-ddThh:mm:ss), for example "
            "cron(0 3 * * ? *)",
        ),
        (
            f"{JOB}/schedule/expression",
            "rate(1 hours)",
            "training_jobs.breast-cancer.schedule.expression: got 'rate(1 hours)'; rate(1 hours) needs a singular unit "
            "for 1 and a plural one otherwise, as in rate(12 hours)",
        ),
        (
            f"{JOB}/schedule/expression",
            "rate(99999999999999 days)",
            "training_jobs.breast-cancer.schedule.expression: got 'rate(99999999999999 days)'; "
            "rate(99999999999999 days) is longer than 100 years; allowed: up to 36500 days",
        ),
        (
            f"{JOB}/schedule/time_zone",
            "Europe/Berln",
            "training_jobs.breast-cancer.schedule.time_zone: got 'Europe/Berln'; allowed: a name of the IANA time zone "
            "database, such as UTC or Europe/Berlin",
        ),
        (
            f"{JOB}/schedule/start_date",
            "tomorrow",
            "training_jobs.breast-cancer.schedule.start_date: got 'tomorrow'; allowed: a date and time with its time "
            "zone, such as 2026-01-31T03:00:00Z",
        ),
        # S3
        (
            f"{JOB}/output/s3_path",
            "s3://other-bucket/outputs/",
            "training_jobs.breast-cancer.output.s3_path: got 's3://other-bucket/outputs/'; the bucket 'other-bucket' "
            "is not the configured one; allowed: a prefix such as datasets/training/ or a URI under "
            "s3://ml-platform-staging-ml-bucket/",
        ),
        (
            f"{JOB}/output/s3_path",
            "outputs",
            "training_jobs.breast-cancer.output.s3_path: got 'outputs'; allowed: a prefix that ends with '/' and has "
            "no empty part, such as datasets/training/ (without the last '/', datasets/training-old/ would match "
            "as well)",
        ),
        (
            "bucket",
            "My_Bucket",
            "bucket: got 'My_Bucket'; allowed: text that matches ^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$, such as "
            "ml-platform-staging-ml-bucket",
        ),
        # what only fits together or not
        (
            f"{JOB}/managed_spot_training",
            True,
            "training_jobs.breast-cancer: managed_spot_training needs checkpoint.s3_path, such as checkpoints/; "
            "managed_spot_training needs stopping_condition.max_wait_time_in_seconds (not set) of at least "
            "max_runtime_in_seconds (3600)",
        ),
        (
            f"{JOB}/training_image/uri",
            "registry/a:1",
            "training_jobs.breast-cancer.training_image: allowed: either scikit_learn_version (such as 1.9-0) or uri, "
            "and not both",
        ),
        # wrong types
        (
            f"{JOB}/schedule/enabled",
            "yes",
            "training_jobs.breast-cancer.schedule.enabled: got 'yes'; allowed: true or false",
        ),
        (
            f"{JOB}/resources/instance_count",
            "1",
            "training_jobs.breast-cancer.resources.instance_count: got '1'; allowed: a whole number",
        ),
        (
            f"{JOB}/resources/volume_size_in_gb",
            30.5,
            "training_jobs.breast-cancer.resources.volume_size_in_gb: got 30.5; allowed: a whole number",
        ),
        ("tags/owner", 5, f"tags.owner: got 5; allowed: {TEXT}"),
        ("tags", ["a"], "tags: got a list of 1; allowed: a mapping of names to values"),
        ("training_jobs", None, "training_jobs: got null; allowed: a mapping of names to values"),
        (
            f"{JOB}/source",
            "training_code",
            "training_jobs.breast-cancer.source: got 'training_code'; allowed: a mapping with the settings directory, "
            "entry_point, s3_path",
        ),
        (
            f"{JOB}/hyperparameters/max_depth",
            [5],
            "training_jobs.breast-cancer.hyperparameters.max_depth: got a list of 1; allowed: text, a number, true or "
            "false",
        ),
        (
            f"{JOB}/network",
            {"subnets": "subnet-1", "security_group_ids": ["sg-1"]},
            "training_jobs.breast-cancer.network.subnets: got 'subnet-1'; allowed: a list",
        ),
        (
            f"{JOB}/network",
            {"subnets": ["sg-1"], "security_group_ids": ["sg-1"]},
            "training_jobs.breast-cancer.network.subnets.0: got 'sg-1'; allowed: text that matches ^subnet-[0-9a-f]+$, "
            "such as subnet-0a1b2c3d4e5f60718",
        ),
        # out of range
        (
            f"{JOB}/resources/instance_count",
            0,
            "training_jobs.breast-cancer.resources.instance_count: got 0; allowed: 1 to 100",
        ),
        (
            f"{JOB}/schedule/maximum_retry_attempts",
            186,
            "training_jobs.breast-cancer.schedule.maximum_retry_attempts: got 186; allowed: 0 to 185",
        ),
        (
            f"{JOB}/stopping_condition/max_runtime_in_seconds",
            2419201,
            "training_jobs.breast-cancer.stopping_condition.max_runtime_in_seconds: got 2419201; allowed: 1 to 2419200",
        ),
        (
            f"{JOB}/schedule/flexible_time_window_in_minutes",
            1441,
            "training_jobs.breast-cancer.schedule.flexible_time_window_in_minutes: got 1441; allowed: 1 to 1440",
        ),
        (
            f"{JOB}/resources/volume_size_in_gb",
            0,
            "training_jobs.breast-cancer.resources.volume_size_in_gb: got 0; allowed: 1 to 16384",
        ),
        (
            f"{JOB}/promotion/margin",
            -1,
            "training_jobs.breast-cancer.promotion.margin: got -1; allowed: 0 or more",
        ),
        (
            f"{JOB}/promotion/margin",
            float("nan"),
            "training_jobs.breast-cancer.promotion.margin: got nan; allowed: a number",
        ),
        (
            f"{JOB}/promotion/minimum_metrics",
            {"validation:accuracy": "0.9"},
            "training_jobs.breast-cancer.promotion.minimum_metrics.validation:accuracy: got '0.9'; allowed: a number",
        ),
        (
            f"{JOB}/resources/instance_type",
            "m5.large",
            "training_jobs.breast-cancer.resources.instance_type: got 'm5.large'; allowed: text that matches "
            r"^ml\.[a-z0-9-]+\.[a-z0-9-]+$, such as ml.m5.large",
        ),
        (
            f"{JOB}/training_image/scikit_learn_version",
            1.9,
            "training_jobs.breast-cancer.training_image.scikit_learn_version: got 1.9; allowed: "
            "'1.2-1', '1.4-2' or '1.9-0'",
        ),
        ("training_jobs", {}, "training_jobs: got a mapping of 0; allowed: at least 1 entry"),
        ("tags", {f"t{n}": "" for n in range(8)}, "tags: got a mapping of 8; allowed: at most 7 entries"),
        (
            f"{JOB}/schedule/description",
            "x" * 513,
            f"training_jobs.breast-cancer.schedule.description: got '{'x' * 116}…; allowed: at most 512 characters",
        ),
        (
            f"{JOB}/tracking/experiment_name",
            "",
            "training_jobs.breast-cancer.tracking.experiment_name: got ''; allowed: at least 1 character",
        ),
        (
            f"{JOB}/accelerator",
            "cuda",
            "training_jobs.breast-cancer.accelerator: got 'cuda'; allowed: 'intelex'",
        ),
        (
            f"{JOB}/hyperparameters/accelerator",
            "intelex",
            "training_jobs.breast-cancer: hyperparameters.accelerator is set from accelerator; remove it, and set that "
            "instead",
        ),
        # names
        (
            "training_jobs/Breast Cancer",
            STAGING["training_jobs"]["breast-cancer"],
            "training_jobs.Breast Cancer: got 'Breast Cancer'; allowed: text that matches "
            "^[a-z][a-z0-9]*(-[a-z0-9]+)*$, such as breast-cancer",
        ),
    ],
)
def test_one_wrong_setting_is_one_line_that_names_it(path: str, value: object, problem: str) -> None:
    assert problems(changed(path, value)) == [problem]


def test_an_accelerator_is_refused_on_several_machines_and_allowed_on_one() -> None:
    accelerated = changed(f"{JOB}/accelerator", "intelex")

    assert problems(changed(f"{JOB}/resources/instance_count", 2, accelerated)) == [
        "training_jobs.breast-cancer: accelerator: got 'intelex' with resources.instance_count 2; it works on one "
        "machine: set resources.instance_count to 1, or remove accelerator"
    ]
    assert parse_settings(accelerated, "staging", "us-east-1").training_jobs["breast-cancer"].accelerator == "intelex"


def test_a_schedule_that_ends_before_it_starts_is_told_with_dates_as_they_are_written() -> None:
    values = changed(f"{JOB}/schedule/start_date", "2026-02-01T03:00:00Z")

    assert problems(changed(f"{JOB}/schedule/end_date", "2026-01-31T03:00:00+02:00", values)) == [
        "training_jobs.breast-cancer.schedule: end_date 2026-01-31T03:00:00+02:00 is not after start_date "
        "2026-02-01T03:00:00Z; correct one of them"
    ]


@pytest.mark.parametrize("value", [None, True, 5, -1, 1.5, float("nan"), "x", "", [], {}, [None], {"a": None}, {"": 1}])
def test_no_message_has_words_of_python_or_of_pydantic(value: object) -> None:
    texts = [
        line.rpartition(": got ")[2]
        for path in {"/".join(path) for path in sub_trees(PROD)}
        | {f"{JOB}/promotion/margin", f"{JOB}/data_kms_key_arns"}
        if path not in {"training_jobs", JOB}
        for line in problems_of(changed(path, value, PROD))
    ]

    assert texts
    assert [
        text for text in texts if re.search(r"\b(None|True|False|dict|list of str|tuple|str|int|Input)\b", text)
    ] == []


def test_execution_roles_of_two_accounts_are_refused_as_a_stack_is_of_one() -> None:
    one, other = "arn:aws:iam::123456789012:role/a", "arn:aws:iam::210987654321:role/b"
    values = changed(f"{JOB}/execution_role_arn", one)
    values["training_jobs"]["second"] = copy.deepcopy(STAGING["training_jobs"]["breast-cancer"])
    values["training_jobs"]["second"]["execution_role_arn"] = other

    assert problems(values) == [
        f"training_jobs.second.execution_role_arn: got {other!r}, and training_jobs.breast-cancer.execution_role_arn "
        f"is {one!r}; allowed: roles of one account, the stack's, because no role can be passed to another"
    ]
    values["training_jobs"]["second"]["execution_role_arn"] = "arn:aws:iam::123456789012:role/b"
    assert len(parse_settings(values, "staging", "us-east-1").training_jobs) == 2


def test_what_is_wrong_is_reported_all_at_once() -> None:
    values = changed("bukket", "x")
    values["tags"]["owner"] = 5
    job = values["training_jobs"]["breast-cancer"]
    job["schedule"] |= {"expression": "cron(0 25 * * ? *)", "time_zone": "Mars"}
    job["output"]["s3_path"] = "s3://other-bucket/a/"
    job["resources"]["instance_count"] = 0
    del job["tracking"]

    assert [problem.partition(":")[0] for problem in problems(values, region=None)] == [
        "  aws",
        "tags.owner",
        "training_jobs.breast-cancer.resources.instance_count",
        "training_jobs.breast-cancer.output.s3_path",
        "training_jobs.breast-cancer.tracking",
        "training_jobs.breast-cancer.schedule.expression",
        "training_jobs.breast-cancer.schedule.time_zone",
        "bukket",
    ]


@pytest.mark.parametrize(
    ("region", "problem"),
    [
        (None, "  aws:region: is required and not set"),
        ("", "  aws:region: is required and not set"),
        (
            "Frankfurt",
            r"  aws:region: got 'Frankfurt'; allowed: text that matches ^[a-z]{2,}(-[a-z]+)+-\d$, such as us-east-1",
        ),
    ],
)
def test_the_region_is_aws_region(region: str | None, problem: str) -> None:
    assert problems(STAGING, region=region) == [problem]


def test_a_region_in_the_projects_own_namespace_does_not_stand_in_for_the_real_one() -> None:
    assert problems(changed("region", "eu-west-1"), region=None) == [
        f"region: unknown setting; allowed: {STACK_SETTINGS}",
        "  aws:region: is required and not set",
    ]


def test_a_stack_without_a_good_bucket_is_told_so_once() -> None:
    values = changed(f"{JOB}/output/s3_path", "s3://other-bucket/a/", changed("bucket", ABSENT))

    assert problems(values) == ["bucket: is required and not set"]


def with_jobs(*names: str) -> dict[str, Any]:
    return changed("training_jobs", dict.fromkeys(names, STAGING["training_jobs"]["breast-cancer"]))


def test_a_name_prefix_of_26_characters_is_the_longest() -> None:
    longest = "a" * (26 - len("-staging"))

    assert parse_settings(with_jobs(longest), "staging", "us-east-1").name_prefix(longest) == f"{longest}-staging"
    assert problems(with_jobs(f"{longest}b")) == [
        f"training_jobs.{longest}b: the name '{longest}b-staging' (job and stack) has 27 characters; allowed: 26, "
        "because 37 more make a training job name; shorten the job's name"
    ]


def test_every_name_that_is_too_long_is_reported() -> None:
    assert [line.partition(":")[0] for line in problems(with_jobs("a" * 20, "b" * 20, "c"))] == [
        f"training_jobs.{'a' * 20}",
        f"training_jobs.{'b' * 20}",
    ]


@pytest.mark.parametrize("stack", ["dev_1", "dev.1"])
def test_a_stack_whose_name_no_training_job_can_have_is_refused(stack: str) -> None:
    assert problems(with_jobs("a"), stack=stack) == [
        f"training_jobs.a: the name 'a-{stack}' (job and stack) is not the start of a training job name; allowed: "
        "letters, digits and '-'; name the stack so"
    ]


def test_a_region_without_a_prebuilt_image_wants_an_image_by_uri() -> None:
    by_uri = changed(f"{JOB}/training_image", {"uri": "registry/a:1"})

    assert problems(STAGING, region="mx-central-1") == [
        "training_jobs.breast-cancer.training_image.scikit_learn_version: no prebuilt image is known in the region "
        "'mx-central-1'; set training_image.uri"
    ]
    assert parse_settings(by_uri, "staging", "mx-central-1").region == "mx-central-1"


@pytest.mark.parametrize("name", ["output", "schedule", "resources", "source"])
def test_a_job_may_be_called_like_a_setting_and_is_not_taken_for_it(name: str) -> None:
    values = with_jobs(name)
    values["training_jobs"][name] = values["training_jobs"][name] | {"shedule": {}}

    assert problems(values) == [
        f"training_jobs.{name}.shedule: unknown setting; did you mean 'schedule'? allowed: {JOB_SETTINGS}"
    ]


@pytest.mark.parametrize("password", ["hunter2", "hun@ter2"])
def test_credentials_in_a_tracking_uri_are_not_repeated(password: str) -> None:
    tracking = {
        "tracking_uri": f"https://me:{password}@mlflow.example.com",
        "experiment_name": "e",
        "registered_model_name": "m",
    }

    assert problems(changed(f"{JOB}/tracking", tracking)) == [
        "training_jobs.breast-cancer.tracking.tracking_uri: got 'https://***@mlflow.example.com'; allowed: a URI "
        "without user name and password: everybody who may read the schedule reads it; "
        "keep them in Secrets Manager and set tracking.secret_arn"
    ]


@pytest.mark.parametrize(
    ("environment", "problem"),
    [
        ("TOKEN=hunter2", "environment: got (hidden); allowed: a mapping of names to values"),
        ({"TOKEN": ["hunter2"]}, f"environment.TOKEN: got (hidden); allowed: {TEXT}"),
        ({"TOKEN": "hunter2" * 99}, "environment.TOKEN: got (hidden); allowed: at most 512 characters"),
    ],
)
def test_values_of_environment_variables_are_hidden(environment: object, problem: str) -> None:
    assert problems(changed(f"{JOB}/environment", environment)) == [f"training_jobs.breast-cancer.{problem}"]


@pytest.mark.parametrize(
    "value", [[{"environment": {"TOKEN": "hunter2"}}], {"a": ["hunter2"]}, "hunter2", {"a": "hunter2"}]
)
def test_a_sub_tree_in_the_wrong_place_is_not_repeated(value: object) -> None:
    where = "training_jobs" if isinstance(value, list) else f"{JOB}/schedule/enabled"

    told = problems(changed(where, value), secret=["training_jobs"] if value == "hunter2" else None)

    assert len(told) == 1
    assert "hunter2" not in told[0]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (f"{JOB}/schedule/expression", "cron(hunter2 3 * * ? *)"),
        (f"{JOB}/output/s3_path", "s3://hunter2/a/"),
        (f"{JOB}/resources/instance_type", "hunter2"),
    ],
)
def test_the_values_of_a_secret_setting_are_not_shown_in_any_message(path: str, value: str) -> None:
    (problem,) = problems(changed(path, value), secret=["training_jobs"])

    assert "hunter2" not in problem
    assert problem.startswith(f"{path.replace('/', '.')}: got (hidden); ")


def test_a_refused_value_leaves_no_traceback_of_the_validator() -> None:
    with pytest.raises(SettingsError) as refused:
        parse_settings({}, "staging", None)

    assert isinstance(refused.value, pulumi.RunError), "the engine prints a RunError without a traceback"


def sub_trees(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        for key, part in value.items():
            yield from sub_trees(part, (*path, key))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=8), inner, max_size=2),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(sub_trees(PROD))), JSON)
def test_anything_in_place_of_a_sub_tree_gives_settings_or_a_settings_error(
    path: tuple[str, ...], value: object
) -> None:
    values = copy.deepcopy(PROD)
    place = values
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value

    try:
        parsed = parse_settings(values, "prod", "us-east-1")
    except SettingsError as error:
        head, *lines = str(error).splitlines()
        assert head.startswith("Pulumi.prod.yaml has ")
        assert lines
        assert [line for line in lines if not line.startswith("  scheduled-training:")] == []
    else:
        assert isinstance(parsed, Settings)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["bucket", "tags", "training_jobs", "x"]) | st.text(max_size=5), JSON),
    st.text(max_size=5),
)
def test_any_values_at_all_give_settings_or_a_settings_error(values: dict[str, Any], region: str) -> None:
    with pytest.raises(SettingsError):
        parse_settings(values, "prod", region)


def load(config: dict[str, object], secret: tuple[str, ...] = ()) -> Settings:
    """load_settings as under the engine, which hands structured values over as JSON text."""

    def in_this_context() -> Settings:
        texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
        set_all_config(texts, list(secret))
        cloud = type("Cloud", (mocks.Mocks,), {"call": None, "new_resource": None})()
        configure(
            mocks.MockSettings(
                monitor=mocks.MockMonitor(cloud),
                engine=mocks.MockEngine(logging.getLogger("pulumi")),
                project="scheduled-training",
                stack="staging",
            )
        )
        return load_settings()

    return Context().run(in_this_context)


def test_settings_come_from_the_stacks_configuration() -> None:
    assert load(stack_file("staging")) == parse_settings(STAGING, "staging", "us-east-1")


def test_what_belongs_to_other_namespaces_is_left_alone() -> None:
    assert load(stack_file("staging") | {"aws:profile": "me", "other:bukket": "x"}).bucket == STAGING["bucket"]


@pytest.mark.parametrize("text", ["{oops", "[1,"])
def test_a_value_that_only_begins_like_json_is_reported_by_its_setting(text: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load(stack_file("staging") | {"scheduled-training:tags": text})

    assert str(refused.value) == (
        "Pulumi.staging.yaml has 1 problem:\n"
        f"  scheduled-training:tags: got {text!r}; allowed: a mapping of names to values"
    )


def test_a_secret_of_the_configuration_is_hidden() -> None:
    with pytest.raises(SettingsError) as refused:
        load(stack_file("staging") | {"scheduled-training:bucket": "Hunter2"}, ("scheduled-training:bucket",))

    assert str(refused.value).splitlines()[1:] == [
        "  scheduled-training:bucket: got (hidden); allowed: text that matches ^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$, "
        "such as ml-platform-staging-ml-bucket"
    ]


@pytest.mark.parametrize(
    "namespace", ["sheduled-training", "scheduled_training", "scheduledtraining", "Scheduled-Training"]
)
def test_a_misspelt_namespace_is_reported(namespace: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load(stack_file("staging") | {f"{namespace}:tags": {"team": "ml"}})

    assert str(refused.value) == (
        "Pulumi.staging.yaml has 1 problem:\n"
        f"  {namespace}:tags: unknown namespace, which nothing reads; did you mean 'scheduled-training'?"
    )


@pytest.mark.parametrize("key", ["aws:profile", "pulumi:tags", "aws-native:region", "training:x", "scheduler:x"])
def test_a_namespace_of_somebody_else_is_left_alone(key: str) -> None:
    assert load(stack_file("staging") | {key: "x"}) == parse_settings(STAGING, "staging", "us-east-1")


@pytest.mark.parametrize(("value", "shown"), [(None, "null"), (True, "true"), (False, "false")])
def test_a_value_is_shown_as_yaml_writes_it(value: object, shown: str) -> None:
    assert problems(changed("bucket", value)) == [f"bucket: got {shown}; allowed: {TEXT}"]


def test_the_query_of_a_tracking_uri_is_not_shown() -> None:
    (problem,) = problems(changed(f"{JOB}/tracking/tracking_uri", "https://h/p?token=hunter2"))[:1]

    assert "got 'https://h/p?***'; allowed: a URI without '?' and '#'" in problem
    assert "hunter2" not in problem
