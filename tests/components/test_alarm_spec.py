"""The settings of the alarms: what is refused, and what counts."""

from typing import Any

import pytest

from components.alarms_fit import metric_limits
from settings import parse_settings
from tests.stack_values import PROD, STAGING, changed, problems

ALARMS = "training_jobs/breast-cancer/alarms"
PATH = "training_jobs.breast-cancer.alarms"
TOPIC = "arn:aws:sns:us-east-1:123456789012:ml-oncall"
GOOD: dict[str, Any] = {"email": ["oncall@example.com"]}


def refused(alarms: dict[str, Any]) -> list[str]:
    return problems(changed(ALARMS, GOOD | alarms))


@pytest.mark.parametrize(
    ("alarms", "line"),
    [
        (
            {"email": ["oncall"]},
            f"{PATH}.email.0: got 'oncall'; allowed: text that matches ^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$, such as "
            "ml-oncall@example.com",
        ),
        ({"duration_share": 80}, f"{PATH}.duration_share: got 80; allowed: 1 or less"),
        ({"grace_in_minutes": 0}, f"{PATH}.grace_in_minutes: got 0; allowed: 5 to 10080"),
        (
            {"topic_arn": TOPIC},
            "training_jobs.breast-cancer: alarms.email is not allowed with alarms.topic_arn, whose subscriptions are "
            "your own; remove one of them",
        ),
        (
            {"topic_arn": TOPIC.replace("us-east-1", "eu-west-1"), "email": []},
            f"{PATH}.topic_arn: got '{TOPIC.replace('us-east-1', 'eu-west-1')}'; allowed: a topic of the stack's "
            "region, us-east-1",
        ),
        (
            {"chat": {}},
            "training_jobs.breast-cancer: alarms.chat: got neither slack nor teams; allowed: one of them or both; "
            "remove it, or set one",
        ),
        (
            {"budget_in_usd": 50, "email": []},
            "training_jobs.breast-cancer: alarms.budget_in_usd: got 50 without alarms.email; allowed: with addresses, "
            "because AWS Budgets writes to these; set alarms.email",
        ),
    ],
    ids=lambda each: "-".join(each) if isinstance(each, dict) else "",
)
def test_what_alarms_cannot_be_is_refused(alarms: dict[str, Any], line: str) -> None:
    assert refused(alarms) == [line]


def test_a_metric_that_sagemaker_does_not_report_is_refused() -> None:
    (line,) = refused({"minimum_metrics": {"validation:auc": 0.9}})

    assert line.startswith(
        "training_jobs.breast-cancer: alarms.minimum_metrics.validation:auc: is no metric of the job; allowed: those "
        "of metric_definitions (training:trees, validation:accuracy, "
    )
    assert line.endswith("), because SageMaker reports these; define it, or remove it")


def test_what_is_switched_off_is_not_judged_together() -> None:
    parse_settings(changed(ALARMS, {"enabled": False, "chat": {}}), "staging", "us-east-1")


def test_a_further_schedule_has_the_alarms_of_its_job() -> None:
    further = {"weekly": {"schedule": {"expression": "rate(7 days)"}, "alarms": GOOD}}
    values = changed("training_jobs/breast-cancer/further_schedules", further)

    assert problems(values) == [
        "training_jobs.breast-cancer.further_schedules.weekly.alarms: cannot differ from the job's, because a job has "
        "one topic, and one dashboard; remove it"
    ]


def test_prod_has_alarms_and_staging_has_none() -> None:
    alarms = parse_settings(PROD, "prod", "us-east-1").training_jobs["breast-cancer"].alarms
    assert alarms is not None
    assert alarms.enabled
    assert alarms.email
    assert parse_settings(STAGING, "staging", "us-east-1").training_jobs["breast-cancer"].alarms is None


def test_the_limits_of_metrics_are_the_promotions_where_the_alarms_have_none() -> None:
    promotion = {"minimum_metrics": {"validation:accuracy": 0.9, "not:reported": 1.0}}
    values = changed("training_jobs/breast-cancer/promotion", promotion)
    values = changed(ALARMS, GOOD, values)
    job = parse_settings(values, "staging", "us-east-1").training_jobs["breast-cancer"]
    own = parse_settings(
        changed(ALARMS, GOOD | {"maximum_metrics": {"validation:rmse": 2.0}}, values), "staging", "us-east-1"
    )

    assert job.alarms is not None
    assert metric_limits(job, job.alarms) == ({"validation:accuracy": 0.9}, {})
    other = own.training_jobs["breast-cancer"]
    assert other.alarms is not None
    assert metric_limits(other, other.alarms) == ({}, {"validation:rmse": 2.0})
