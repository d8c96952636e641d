import copy
import re
from typing import Any

import pytest

from settings import parse_settings
from tests.stack_values import (
    ABSENT,
    JOB,
    JOB_SETTINGS,
    PROD,
    STACK_SETTINGS,
    STAGING,
    TEXT,
    changed,
    problems,
    problems_of,
    stack_file,
    sub_trees,
    values_of,
)


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
            r"  aws:region: got 'Frankfurt'; allowed: text that matches ^[a-z]{2,}(-[a-z]+)+-[0-9]$, such as us-east-1",
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


def test_names_are_lower_case_as_sagemaker_writes_the_arns_of_training_jobs() -> None:
    parsed = parse_settings(with_jobs("a"), "Prod", "us-east-1")

    assert (parsed.name_prefix("a"), parsed.tags_of("a")["stack"]) == ("a-prod", "Prod")


def test_an_older_image_is_for_code_of_ones_own() -> None:
    older = changed(f"{JOB}/training_image/scikit_learn_version", "1.4-2")
    older["training_jobs"]["breast-cancer"]["source"] = {"directory": "our_code"}

    image = parse_settings(older, "staging", "us-east-1").training_jobs["breast-cancer"].training_image
    assert image.scikit_learn_version == "1.4-2"


@pytest.mark.parametrize("stack", ["dev_1", "dev.1"])
def test_a_stack_whose_name_no_training_job_can_have_is_refused(stack: str) -> None:
    assert problems(with_jobs("a"), stack=stack) == [
        f"training_jobs.a: the name 'a-{stack}' (job and stack) is not the start of a training job name; allowed: "
        "letters, digits and '-'; name the stack so"
    ]


def test_a_region_without_a_prebuilt_image_wants_an_image_by_uri() -> None:
    by_uri = changed(f"{JOB}/training_image", {"uri": "123456789012.dkr.ecr.mx-central-1.amazonaws.com/training:1"})

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


@pytest.mark.parametrize(("value", "shown"), [(None, "null"), (True, "true"), (False, "false")])
def test_a_value_is_shown_as_yaml_writes_it(value: object, shown: str) -> None:
    assert problems(changed("bucket", value)) == [f"bucket: got {shown}; allowed: {TEXT}"]
