"""A job's further schedules in a stack: the same job with some settings changed."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.further_schedules import with_job
from components.setting_cures import NAME_IN_WORDS
from settings import TrainingJobSettings, parse_settings
from tests.stack_values import JOB, PROD, STAGING, changed, problems, problems_of, sub_trees

WEEKLY = {"schedule": {"expression": "cron(0 5 ? * SUN *)"}}
FURTHER = f"{JOB}/further_schedules"
PATH = "training_jobs.breast-cancer.further_schedules.weekly"


def with_weekly(**changes: object) -> dict[str, Any]:
    return changed(FURTHER, {"weekly": copy.deepcopy(WEEKLY | changes)})


def job_of(values: dict[str, Any], stack: str = "staging") -> TrainingJobSettings:
    return parse_settings(values, stack, "us-east-1").training_jobs["breast-cancer"]


def weekly_of(**changes: object) -> dict[str, Any]:
    return job_of(with_weekly(**changes)).further_schedules["weekly"].model_dump()


JOB_ALONE = job_of(STAGING).model_dump(exclude={"further_schedules"})


def test_a_job_has_no_further_schedules_until_told_so() -> None:
    assert job_of(STAGING).further_schedules == {}
    assert list(job_of(STAGING).schedules_by_path("breast-cancer")) == ["breast-cancer"]


def test_a_further_schedule_starts_the_same_job_at_its_own_time() -> None:
    expected = copy.deepcopy(JOB_ALONE)
    expected["schedule"]["expression"] = "cron(0 5 ? * SUN *)"

    assert weekly_of() == expected


@pytest.mark.parametrize(
    ("changes", "path", "value"),
    [
        ({"resources": {"instance_type": "ml.m5.4xlarge"}}, ("resources", "instance_type"), "ml.m5.4xlarge"),
        (
            {"stopping_condition": {"max_runtime_in_seconds": 7200}},
            ("stopping_condition", "max_runtime_in_seconds"),
            7200,
        ),
        ({"hyperparameters": {"n_estimators": 1000}}, ("hyperparameters", "n_estimators"), 1000),
        ({"encrypt_inter_container_traffic": True}, ("encrypt_inter_container_traffic",), True),
        (
            {"channels": {"training": {"s3_path": "datasets/full/"}}},
            ("channels", "training", "s3_path"),
            "s3://ml-platform-staging-ml-bucket/datasets/full/",
        ),
        ({"schedule": WEEKLY["schedule"] | {"enabled": True}}, ("schedule", "enabled"), True),
    ],
    ids=lambda part: ".".join(part) if isinstance(part, tuple) else None,
)
def test_a_setting_is_changed_and_those_beside_it_are_the_jobs(
    changes: dict[str, Any], path: tuple[str, ...], value: object
) -> None:
    expected = copy.deepcopy(JOB_ALONE)
    expected["schedule"]["expression"] = "cron(0 5 ? * SUN *)"
    place = expected
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value

    assert weekly_of(**changes) == expected


def test_null_takes_a_setting_out() -> None:
    assert "max_depth" not in weekly_of(hyperparameters={"max_depth": None})["hyperparameters"]


def test_the_job_itself_is_as_without_further_schedules() -> None:
    values = with_weekly(hyperparameters={"n_estimators": 1000}, resources={"instance_type": "ml.m5.4xlarge"})

    assert job_of(values).model_dump(exclude={"further_schedules"}) == JOB_ALONE


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"schedule": {"enabled": True}}, f"{PATH}.schedule.expression: is required and not set"),
        ({"schedule": {"expression": None}}, f"{PATH}.schedule.expression: is required and not set"),
        (
            {"source": {"directory": "other"}},
            f"{PATH}.source: cannot differ from the job's, because all schedules of a job start the same training "
            "code; remove it",
        ),
        (
            {"execution_role_arn": "arn:aws:iam::123456789012:role/other"},
            f"{PATH}.execution_role_arn: cannot differ from the job's, because the scheduler role passes one role; "
            "remove it",
        ),
        (
            {"permissions_boundary_arn": "arn:aws:iam::123456789012:policy/other"},
            f"{PATH}.permissions_boundary_arn: cannot differ from the job's, because all schedules of a job have the "
            "same roles; remove it",
        ),
        (
            {"resources": {"instance_typ": "ml.m5.large"}},
            f"{PATH}.resources.instance_typ: unknown setting; did you mean 'instance_type'? allowed: instance_count, "
            "instance_groups, instance_placement, instance_preferences, instance_type, keep_alive_in_seconds, "
            "training_plan_arn, volume_kms_key_arn, volume_size_in_gb",
        ),
        ({"output": None}, f"{PATH}.output: is required and not set"),
        (
            {"managed_spot_training": True, "checkpoint": {"s3_path": "checkpoints/"}},
            f"{PATH}: managed_spot_training needs stopping_condition.max_wait_time_in_seconds (not set) of at least "
            "max_runtime_in_seconds (3600)",
        ),
        (
            {"output": {"kms_key_arn": "arn:aws:kms:eu-west-1:123456789012:key/1f2e"}},
            f"{PATH}.output.kms_key_arn: got 'arn:aws:kms:eu-west-1:123456789012:key/1f2e'; allowed: a key of the "
            "stack's region, us-east-1",
        ),
    ],
)
def test_what_is_wrong_in_one_is_told_at_its_own_setting(changes: dict[str, Any], problem: str) -> None:
    assert problems(with_weekly(**changes)) == [problem]


def test_a_name_that_aws_or_pulumi_could_not_tell_apart_is_refused() -> None:
    for name, allowed in (
        ("Weekly", f"{NAME_IN_WORDS}, such as weekly"),
        ("w" * 38, "at most 37 characters"),
    ):
        assert problems(changed(FURTHER, {name: WEEKLY})) == [
            f"training_jobs.breast-cancer.further_schedules.{name}: got {name!r}; allowed: {allowed}"
        ]
    assert job_of(changed(FURTHER, {"w" * 37: WEEKLY})).further_schedules


def test_a_mistake_of_the_job_is_not_told_again_of_each_schedule() -> None:
    values = with_weekly()
    values["training_jobs"]["breast-cancer"]["output"]["s3_path"] = "s3://other/x/"
    values["training_jobs"]["breast-cancer"]["colour"] = "red"

    assert [line.partition(": ")[0] for line in problems(values)] == [
        "training_jobs.breast-cancer.output.s3_path",
        "training_jobs.breast-cancer.colour",
    ]


def test_a_mistake_about_the_region_is_told_once_as_well() -> None:
    values = with_weekly()
    values["training_jobs"]["breast-cancer"]["data_kms_key_arns"] = ["arn:aws:kms:eu-west-1:123456789012:key/1f2e"]

    assert [line.partition(": ")[0] for line in problems(values)] == ["training_jobs.breast-cancer.data_kms_key_arns.0"]


@pytest.mark.parametrize(
    "value", [5, "weekly", ["weekly"], {"weekly": 5}, {"weekly": "x"}, {"weekly": {}}, {5: WEEKLY}]
)
def test_something_else_in_their_place_is_refused_without_a_traceback(value: object) -> None:
    lines = problems(changed(FURTHER, value))

    assert lines
    assert all(line.startswith("training_jobs.breast-cancer.further_schedules") for line in lines)


def test_training_jobs_of_a_further_schedule_say_which_started_them() -> None:
    settings = parse_settings(with_weekly(), "staging", "us-east-1")

    assert settings.tags_of("breast-cancer", "weekly") == settings.tags_of("breast-cancer") | {"schedule": "weekly"}


def test_a_tag_in_another_case_than_theirs_is_refused_where_there_are_any() -> None:
    values = with_weekly()
    values["tags"]["Schedule"] = "x"

    assert problems(values) == [
        "tags.Schedule: is 'schedule' in another case; allowed: names that differ otherwise as well"
    ]
    assert parse_settings(changed("tags/Schedule", "x"), "staging", "us-east-1").tags["Schedule"] == "x"


@given(st.sampled_from(sorted(sub_trees(PROD["training_jobs"]["breast-cancer"]))))
def test_any_setting_that_is_written_again_as_it_is_changes_nothing(path: tuple[str, ...]) -> None:
    job: dict[str, Any] = copy.deepcopy(PROD["training_jobs"]["breast-cancer"])
    own: dict[str, Any] = {"schedule": {"expression": job["schedule"]["expression"]}}
    source, place = job, own
    for part in path[:-1]:
        source, place = source[part], place.setdefault(part, {})
    place[path[-1]] = copy.deepcopy(source[path[-1]])

    merged = with_job(job | {"further_schedules": {"again": own}})["further_schedules"]["again"]

    assert merged == job


@given(
    st.sampled_from(sorted(sub_trees(PROD["training_jobs"]["breast-cancer"]))),
    st.sampled_from([None, True, 5, "x", [], {}, {"a": None}, [None]]),
)
def test_any_value_in_a_further_schedule_gives_settings_or_a_settings_error(
    path: tuple[str, ...], value: object
) -> None:
    own: dict[str, Any] = copy.deepcopy(WEEKLY)
    place = own
    for part in path[:-1]:
        place = place.setdefault(part, {})
    place[path[-1]] = value
    values = changed(FURTHER, {"weekly": own}, PROD)

    assert [line for line in problems_of(values) if not line.startswith(f"  scheduled-training:{PATH}")] == []
