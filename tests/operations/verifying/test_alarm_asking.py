"""How the alarms of a job are tried: what is asked of AWS, in which order, and how an alarm is left."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from components.alarm_machine import TEST_INPUT
from operations.doctor.facts import Topic
from operations.places import Place
from operations.verifying.alarm_asking import WAITS_IN_SECONDS, AlarmTest
from operations.verifying.alarms import OVER, REASON
from operations.verifying.steps import Outcome, Step
from tests.operations.doctor.healthy import ACCOUNT, JOB_OF_STACK, PREFIX, TOPIC
from tests.operations.verifying.stubbed_place import stubbed_place

MACHINE = f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:{PREFIX}-alarms"
EXECUTIONS = f"arn:aws:states:us-east-1:{ACCOUNT}:execution:{PREFIX}-alarms"
JOB = JOB_OF_STACK.model_copy(update={"alarm_machine_arn": MACHINE})
ALARM = f"{PREFIX}-alarms-failed"
FIRST = f"{PREFIX}-1"
BEGAN = datetime(2026, 11, 27, 3, tzinfo=UTC)
SENT = {"TopicArn": TOPIC, "Subject": "a test", "Message": "This is a test."}
SERVICES = ("stepfunctions", "cloudwatch", "sns")


def alarm_test(place: Place, job: Any = JOB) -> AlarmTest:  # noqa: ANN401 - a StackJob
    return AlarmTest(place, job, Topic(1), wait=lambda _: None)


def machine(state: dict[str, Any] | None = None) -> dict[str, Any]:
    told = {"stateMachineArn": MACHINE, "name": "a", "roleArn": "arn:a", "type": "STANDARD", "creationDate": BEGAN}
    return told | {"definition": json.dumps({"States": {"Test": state or {"Arguments": SENT}}})}


def execution(status: str, **more: str) -> dict[str, Any]:
    return {"executionArn": "arn:e", "stateMachineArn": MACHINE, "status": status, "startDate": BEGAN, **more}


def alarm(state: str, reason: str = "no data") -> dict[str, Any]:
    told = {"AlarmName": ALARM, "ActionsEnabled": True, "AlarmActions": [TOPIC], "StateValue": state}
    return {"MetricAlarms": [told | {"StateReason": reason}]}


def history(*summaries: str) -> dict[str, Any]:
    newest = enumerate(reversed(summaries))
    items = [
        {"AlarmName": ALARM, "Timestamp": BEGAN - timedelta(seconds=place), "HistorySummary": text}
        for place, text in newest
    ]
    return {"AlarmHistoryItems": items[:1]}


def set_to(stub: Stubber, state: str, reason: str) -> None:
    stub.add_response("set_alarm_state", {}, {"AlarmName": ALARM, "StateValue": state, "StateReason": reason})


def tried(place: Place, *, send: bool = True) -> dict[str, Step]:
    return {step.name: step for step in alarm_test(place).steps(FIRST, send=send)}


def recorded(stub: Stubber) -> None:
    asked = {"executionArn": f"{EXECUTIONS}:{FIRST}-Completed"}
    stub.add_client_error("describe_execution", "ExecutionDoesNotExist", expected_params=asked)
    stub.add_response("describe_execution", execution("RUNNING"), asked)
    stub.add_response("describe_execution", execution("SUCCEEDED"), asked)


def test_both_ways_of_a_real_alarm_are_taken_and_the_alarm_is_left_as_it_was() -> None:
    with stubbed_place(*SERVICES) as (place, stubs):
        states, cloudwatch = stubs["stepfunctions"], stubs["cloudwatch"]
        recorded(states)
        states.add_response("describe_state_machine", machine(), {"stateMachineArn": MACHINE})
        states.add_response(
            "start_execution",
            {"executionArn": "arn:e", "startDate": BEGAN},
            {"stateMachineArn": MACHINE, "name": ANY, "input": TEST_INPUT},
        )
        states.add_response("describe_execution", execution("SUCCEEDED"), {"executionArn": ANY})
        cloudwatch.add_response("describe_alarms", alarm("OK"), {"AlarmNames": [ALARM]})
        cloudwatch.add_response("describe_alarm_history", history())
        set_to(cloudwatch, "ALARM", REASON)
        cloudwatch.add_response("describe_alarm_history", history())
        cloudwatch.add_response("describe_alarm_history", history(f"Successfully executed action {TOPIC}"))
        cloudwatch.add_response("describe_alarms", alarm("ALARM", REASON))
        set_to(cloudwatch, "OK", OVER)

        steps = tried(place)

    assert {name: step.outcome for name, step in steps.items()} == dict.fromkeys(
        ["run recorded", "test message", "test alarm"], Outcome.PASSED
    )


@pytest.mark.parametrize("now", [alarm("OK", "no data points"), alarm("ALARM", "3 executions failed")])
def test_an_alarm_that_went_back_by_itself_or_went_off_for_a_reason_is_left_alone(now: dict[str, Any]) -> None:
    with stubbed_place(*SERVICES) as (place, stubs):
        stub = stubs["cloudwatch"]
        stub.add_response("describe_alarms", alarm("INSUFFICIENT_DATA"))
        stub.add_response("describe_alarm_history", history("Successfully executed, of last week"))
        set_to(stub, "ALARM", REASON)
        for _ in range(WAITS_IN_SECONDS // 5 + 1):
            stub.add_response("describe_alarm_history", history("Successfully executed, of last week"))
        stub.add_response("describe_alarms", now)

        step = alarm_test(place)._alarm()

    assert (step.outcome, step.text) == (
        Outcome.FAILED,
        f"{ALARM} was set to ALARM, and its history tells of no action within 120 s",
    )


def test_an_alarm_that_is_off_already_is_not_touched() -> None:
    with stubbed_place(*SERVICES) as (place, stubs):
        stubs["cloudwatch"].add_response("describe_alarms", alarm("ALARM", "3 executions failed"))

        step = alarm_test(place)._alarm()

    assert (step.outcome, step.text) == (Outcome.SKIPPED, f"{ALARM} is in ALARM already: see what it tells of")


def test_a_machine_that_does_not_end_is_no_machine_that_was_not_started() -> None:
    with stubbed_place(*SERVICES) as (place, stubs):
        for _ in range(WAITS_IN_SECONDS // 5 + 1):
            stubs["stepfunctions"].add_response("describe_execution", execution("RUNNING"))

        (step,) = list(alarm_test(place).steps(FIRST, send=False))[:1]

    assert (step.outcome, step.text) == (
        Outcome.FAILED,
        "the state machine of the alarms still tries, as when AWS refuses a task: look at its execution",
    )


def test_without_consent_nothing_is_sent() -> None:
    with stubbed_place(*SERVICES) as (place, stubs):
        recorded(stubs["stepfunctions"])

        steps = tried(place, send=False)

    assert [step.outcome for step in steps.values()] == [Outcome.PASSED, Outcome.SKIPPED]
    assert steps["test message"].text == "nobody has agreed to test messages: --alarms sends them"


def test_a_job_without_alarms_says_so_and_asks_nothing() -> None:
    with stubbed_place(*SERVICES) as (place, _):
        (step,) = alarm_test(place, JOB_OF_STACK).steps(FIRST, send=True)

    assert (step.name, step.outcome) == ("alarms", Outcome.SKIPPED)


def test_a_machine_of_an_earlier_version_is_not_started() -> None:
    with stubbed_place(*SERVICES) as (place, stubs):
        definition = json.dumps({"States": {"Done": {}}})
        stubs["stepfunctions"].add_response("describe_state_machine", machine() | {"definition": definition})

        step = alarm_test(place)._message()

    assert (step.outcome, step.text) == (
        Outcome.SKIPPED,
        "the deployed state machine is of an earlier version and has no test: run pulumi up",
    )


def test_what_the_caller_may_not_do_is_skipped_and_the_rest_is_tried() -> None:
    with stubbed_place(*SERVICES) as (place, stubs):
        for operation in ("describe_execution", "describe_state_machine"):
            stubs["stepfunctions"].add_client_error(operation, "AccessDeniedException", "not authorized")
        stubs["cloudwatch"].add_response("describe_alarms", {"MetricAlarms": []})

        steps = tried(place)

    assert [step.outcome for step in steps.values()] == [Outcome.SKIPPED, Outcome.SKIPPED, Outcome.FAILED]
    assert steps["run recorded"].text.startswith("could not be tried: DescribeExecution: AccessDeniedException")


def test_a_rehearsal_sends_what_the_machine_would_and_sees_the_alarm_go_off() -> None:
    with stubbed_place(*SERVICES, is_rehearsal=True) as (place, stubs):
        stubs["stepfunctions"].add_response("describe_state_machine", machine())
        subscriptions = {"Subscriptions": [{"Protocol": "email", "Endpoint": "a@b", "SubscriptionArn": "arn:s"}]}
        stubs["sns"].add_response("list_subscriptions_by_topic", subscriptions)
        stubs["sns"].add_response("publish", {"MessageId": "1"}, SENT)
        stub = stubs["cloudwatch"]
        stub.add_response("describe_alarms", alarm("OK"))
        set_to(stub, "ALARM", REASON)
        stub.add_response("describe_alarms", alarm("ALARM", REASON))
        stub.add_response("describe_alarms", alarm("ALARM", REASON))
        set_to(stub, "OK", OVER)

        steps = tried(place)

    assert [step.outcome for step in steps.values()] == [Outcome.SKIPPED, Outcome.PASSED, Outcome.PASSED]
    assert steps["test alarm"].text.endswith("the embedded AWS calls no action for it, so that nobody was told")


def test_a_rehearsal_sends_nothing_where_it_would_reach_the_world() -> None:
    with stubbed_place(*SERVICES, is_rehearsal=True) as (place, stubs):
        stubs["stepfunctions"].add_response("describe_state_machine", machine())
        subscriptions = {"Subscriptions": [{"Protocol": "https", "Endpoint": "https://a", "SubscriptionArn": "arn:s"}]}
        stubs["sns"].add_response("list_subscriptions_by_topic", subscriptions)

        step = alarm_test(place)._message()

    assert (step.outcome, step.text) == (
        Outcome.SKIPPED,
        "not sent: the embedded AWS would really post it to the https address that subscribes",
    )
