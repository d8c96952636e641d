"""SG20: a schedule says how often it tries again, and that is seldom."""

from collections.abc import Mapping
from typing import Any

from examples import schedule
from findings import MISSING, UNKNOWN, Finding
from resources import NotApplicable, Resource
from rule import Config, Judgement, Level, Reference, Remedy, ResourceRule, Severity
from target_input import SCHEDULE, training_schedule

_PATH = "target.retryPolicy.maximumRetryAttempts"


def _check(target: Mapping[str, Any], config: Config) -> Judgement:
    policy = target.get("retryPolicy") or {}
    attempts = policy.get("maximumRetryAttempts", MISSING) if isinstance(policy, Mapping) else UNKNOWN
    most = config["maximumRetryAttempts"]
    cure = f"set it to {most} or fewer"
    if attempts is UNKNOWN:
        return NotApplicable("the retry policy is unknown at preview; it is judged when the schedule is created")
    if attempts is MISSING or attempts is None:
        fault = "the default of 185 retries can start the same training job again and again"
        return [Finding(_PATH, fault, cure, MISSING)]
    if type(attempts) is not int or attempts > most:
        return [Finding(_PATH, "every retry can start the training job once more", cure, attempts)]
    return []


def _remedy(resource: Resource, config: Config) -> Remedy:
    target = training_schedule(resource)
    if isinstance(target, NotApplicable) or "arn" not in target:
        return {}
    judgement = _check(target, config)
    if isinstance(judgement, NotApplicable) or not judgement:
        return {}
    most = config["maximumRetryAttempts"]
    if target.get("retryPolicy"):
        return {("target", "retryPolicy", "maximumRetryAttempts"): most}
    return {("target", "retryPolicy"): {"maximumRetryAttempts": most}}


RULE = ResourceRule(
    id="SG20",
    name="few-retries",
    title="Few retries",
    description="A schedule must limit its retries: delivery is at least once, and every retry can start a job again.",
    cure="Set target.retryPolicy.maximumRetryAttempts to a small number.",
    url="https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html",
    severity=Severity.MEDIUM,
    reference=Reference("AWS Well-Architected Framework", "REL05-BP03"),
    levels=(Level.ADVISORY, Level.MANDATORY),
    types=frozenset({SCHEDULE}),
    subject=training_schedule,
    check=_check,
    remedy=_remedy,
    config={
        "maximumRetryAttempts": {
            "type": "integer",
            "minimum": 0,
            "maximum": 185,
            "default": 3,
            "description": "most retries of one invocation",
        }
    },
    good=schedule({"retryPolicy": {"maximumRetryAttempts": 2}}),
    bad=schedule({"retryPolicy": {"maximumRetryAttempts": 185}}),
)
