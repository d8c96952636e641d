"""What the test of the alarms comes to, of what AWS answered."""

from __future__ import annotations

import pytest

from components.alarm_spec import Alarms
from components.metric_alarms import metric_alarms
from operations.doctor.facts import Asked, Topic
from operations.doctor.finding import Unseen
from operations.verifying.alarms import (
    ALARM_KEY,
    OVER,
    REASON,
    Execution,
    alarm_fault,
    alarm_step,
    may_send,
    message_step,
    posts_for_real,
    question,
    recorded_step,
    rehearsed_message_step,
)
from operations.verifying.steps import Outcome, Step
from settings import parse_settings
from tests.components.test_alarm_machine import NAMES
from tests.stack_values import STAGING

TOPIC = "arn:aws:sns:us-east-1:123456789012:churn-prod-alarms"
NAME = "churn-prod-alarms-failed"
HEARD = Topic(2, ("late@example.com",))
UNHEARD = Topic(0, ("late@example.com",))
UNSEEN = Unseen("topic", "AccessDenied")
WELL = Execution("SUCCEEDED")
DENIED = Execution("FAILED", "Sns.KmsAccessDeniedException: the key's policy")
REFUSED = f'Failed to execute action {TOPIC}. Received error: "not authorized to perform: SNS:Publish"'
ALARM = {"AlarmActions": [TOPIC], "ActionsEnabled": True}
PASSED, FAULT = Outcome.PASSED, Outcome.FAILED


@pytest.mark.parametrize(
    ("step", "outcome", "said"),
    [
        (recorded_step("churn-1", WELL, 120), PASSED, "told the state machine of churn-1, which recorded it"),
        (recorded_step("churn-1", None, 120), FAULT, "EventBridge has told of churn-1 to nobody within 120 s"),
        (recorded_step("churn-1", DENIED, 120), FAULT, "ended as FAILED: Sns.KmsAccessDeniedException: the key's"),
        (message_step("a test", WELL, HEARD), PASSED, "'a test' is on its way (2 confirmed, not confirmed: late@"),
        (message_step("a test", WELL, UNSEEN), PASSED, "who has confirmed could not be looked at: AccessDenied"),
        (message_step("a test", WELL, UNHEARD), FAULT, "it reaches nobody: 0 confirmed, not confirmed: late@"),
        (message_step("a test", WELL, None), FAULT, "it reaches nobody: their topic does not exist"),
        (
            rehearsed_message_step("a test", HEARD),
            PASSED,
            "'a test' was sent to the topic, as the deployed state machine",
        ),
        (rehearsed_message_step("a test", UNHEARD), FAULT, "it reaches nobody"),
        (message_step("a test", DENIED, HEARD), FAULT, "ended as FAILED: Sns.KmsAccessDeniedException"),
        (message_step("a test", Execution("TIMED_OUT"), HEARD), FAULT, "ended as TIMED_OUT"),
        (recorded_step("churn-1", Execution("RUNNING"), 120), FAULT, "still tries, as when AWS refuses a task"),
        (alarm_step(NAME, f"Successfully executed action {TOPIC}", HEARD, 120), PASSED, f"{NAME} told the topic (2"),
        (alarm_step(NAME, REFUSED, HEARD, 120), FAULT, "not authorized to perform: SNS:Publish"),
        (alarm_step(NAME, None, HEARD, 120), FAULT, "its history tells of no action within 120 s"),
        (alarm_step(NAME, "Successfully executed", UNHEARD, 120), FAULT, "it reaches nobody"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_step_says_what_it_came_to(step: Step, outcome: Outcome, said: str) -> None:
    assert step.outcome is outcome
    assert said in step.text


@pytest.mark.parametrize(
    ("alarm", "said"),
    [
        (ALARM, ""),
        (None, f"there is no alarm {NAME}: run pulumi up"),
        (ALARM | {"ActionsEnabled": False}, f"the actions of {NAME} are switched off"),
        (ALARM | {"AlarmActions": []}, f"{NAME} tells another topic than {TOPIC}"),
    ],
)
def test_an_alarm_that_tells_nobody_whatever_it_measures_is_found(alarm: dict[str, object] | None, said: str) -> None:
    assert alarm_fault(alarm, NAME, TOPIC).startswith(said)
    assert bool(alarm_fault(alarm, NAME, TOPIC)) is bool(said)


@pytest.mark.parametrize("hears", [HEARD, UNSEEN, None])
def test_whoever_is_asked_is_told_how_many_messages_to_whom_and_what_they_say(hears: Asked[Topic | None]) -> None:
    asked = question(hears)

    assert asked.startswith("2 test messages to whoever hears the alarms (")
    assert "each says that it is a test and that nothing has failed" in asked


@pytest.mark.parametrize("can_ask", [True, False])
@pytest.mark.parametrize(
    ("wanted", "is_rehearsal", "may"),
    [(True, False, True), (False, True, False), (False, False, False), (None, True, True)],
)
def test_what_was_said_counts_and_a_rehearsal_tells_nobody(
    wanted: bool | None, is_rehearsal: bool, may: bool, can_ask: bool
) -> None:
    assert may_send(wanted, is_rehearsal=is_rehearsal, can_ask=can_ask) is may


def test_unsaid_somebody_is_asked_and_where_nobody_can_be_nothing_is_sent() -> None:
    assert may_send(None, is_rehearsal=False, can_ask=True) is None
    assert may_send(None, is_rehearsal=False, can_ask=False) is False


def test_the_alarm_that_is_set_off_is_one_of_a_job_and_well_without_data() -> None:
    job = parse_settings(STAGING, "staging", "us-east-1").training_jobs["breast-cancer"]
    found = {each.key: each for each in metric_alarms(job, Alarms(), NAMES, "prod")}

    assert found[ALARM_KEY].missing == "notBreaching"


def test_the_reason_says_that_nothing_has_failed_in_as_many_characters_as_cloudwatch_takes() -> None:
    assert "test" in REASON
    assert "nothing has failed" in REASON
    assert max(len(REASON), len(OVER)) <= 1023


def test_a_rehearsal_posts_to_no_address_in_the_world() -> None:
    assert posts_for_real(frozenset({"email", "https"}))
    assert not posts_for_real(frozenset({"email", "sqs"}))
