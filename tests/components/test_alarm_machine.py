"""The state machine of the alarms: each of its expressions is evaluated, on what AWS documents."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import botocore.session
import pytest

from components.alarm_machine import ALREADY_STARTED, METRICS_NAMESPACE, machine_definition
from components.alarm_messages import MessageWriter
from components.alarm_names import AlarmNames
from components.aws_names import AwsScope, JobNames
from tests.components.state_machine_runner import AwsError, Json, Run, StateMachine

NAMES = AlarmNames(JobNames(AwsScope("aws", "us-east-1", "123456789012"), "churn-prod"))
JOB, SECOND = (f"churn-prod-{digit}1111111-2222-4333-8444-555555555555" for digit in "12")
OF_ANOTHER_STACK = "churn-prod-eu-11111111-2222-4333-8444-555555555555"
SCHEDULE = NAMES.job.schedule_arn
ENDED = {"job": JOB, "status": "Failed"}
DUE = {
    "id": "missed",
    "schedule": "churn-prod",
    "schedule_arn": SCHEDULE,
    "scheduled_time": "2026-03-22T18:59:43Z",
    "wait": 7200,
    "look_back": 0,
}
ONCE = {"once": True}
DESCRIBED = {
    "TrainingJobName": JOB,
    "TrainingJobStatus": "Failed",
    "SecondaryStatus": "Failed",
    "FailureReason": 'AlgorithmError: no column "churned"',
    "CreationTime": "2026-03-22T19:00:02.061Z",
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    "TrainingTimeInSeconds": 900,
    "BillableTimeInSeconds": 300,
    "FinalMetricDataList": [
        {"MetricName": "validation:accuracy", "Value": 0.91, "Timestamp": "2026-03-22T19:14:00Z"},
        {"MetricName": "validation:f1", "Value": 0.9, "Timestamp": "2026-03-22T19:14:00Z"},
    ],
}
SERVICES = {"sfn": "stepfunctions"}
Answer = Callable[[str, Any], Any]


def without(*members: str, **changed: object) -> dict[str, Any]:
    return {name: value for name, value in (DESCRIBED | changed).items() if name not in members}


def ended(described: dict[str, Any] | None = None) -> Answer:
    return lambda action, _arguments: (described or DESCRIBED) if action.endswith("describeTrainingJob") else {}


def completed(*pages: list[str], started_by: dict[str, str] | None = None) -> Answer:
    """What SageMaker answers of jobs that completed, a page each time."""

    def answer(action: str, arguments: Json) -> Json:
        if action == "sagemaker:describeTrainingJob":
            name = arguments["TrainingJobName"]
            return {"TrainingJobName": name, "Environment": {"SCHEDULE_ARN": (started_by or {}).get(name, "")}}
        if action == "sagemaker:listTrainingJobs":
            page = int(arguments.get("NextToken", "0"))
            found = {"TrainingJobSummaries": [{"TrainingJobName": name} for name in pages[page]]}
            return found | ({"NextToken": str(page + 1)} if page + 1 < len(pages) else {})
        return {}

    return answer


def run(given: dict[str, Any], answer: Answer, *, for_chat: bool = False, apart: bool = False) -> Run:
    writer = MessageWriter(NAMES, "prod", for_chat=for_chat)
    definition = machine_definition(NAMES, NAMES.topic_arn, writer, tells_schedules_apart=apart)
    done = StateMachine(json.loads(definition), answer).run(given)
    for action, arguments in done.calls:
        require_members(action, arguments)
    return done


def require_members(action: str, arguments: dict[str, Any]) -> None:
    """Against the service's own model; the SDK that Step Functions uses writes every name with a capital."""
    known, required = members(action)
    assert required <= set(arguments) <= known


@cache
def members(action: str) -> tuple[set[str], set[str]]:
    service, _, operation = action.partition(":")
    model = botocore.session.get_session().get_service_model(SERVICES.get(service, service))
    shape = model.operation_model(operation[0].upper() + operation[1:]).input_shape
    known, required = (
        {name[0].upper() + name[1:] for name in names} for names in (shape.members, shape.required_members)
    )
    return known, required


def metrics(done: Run) -> dict[str, float]:
    (call,) = done.of("cloudwatch:putMetricData")
    assert call["Namespace"] == METRICS_NAMESPACE
    for each in call["MetricData"]:
        assert each["Dimensions"] == [{"Name": "TrainingJob", "Value": "churn-prod"}]
    return {each["MetricName"]: each["Value"] for each in call["MetricData"]}


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (ENDED, f"{JOB}-Failed"),
        (DUE, "missed-20260322T185943Z"),
        (DUE | {"id": "missed-weekly"}, "missed-weekly-20260322T185943Z"),
    ],
)
def test_each_start_starts_the_machine_once_by_a_name_of_what_is_told(given: dict[str, Any], name: str) -> None:
    done = run(given, ended())

    (start,) = done.of("sfn:startExecution")
    assert (start["StateMachineArn"], start["Name"]) == (NAMES.machine_arn, name)
    assert json.loads(start["Input"]) == given | ONCE
    assert len(done.calls) == 1
    assert len(name) <= 80
    assert not set(name) & set('<>{}[]?*"#%\\^|~`$&,;:/ ')  # Source: Step Functions API, StartExecution, name


def test_what_was_told_before_ends_without_a_word() -> None:
    def refuse(action: str, arguments: Json) -> Json:
        raise AwsError(ALREADY_STARTED)

    assert run(ENDED, refuse).visited == ["Once", "Start", "Done"]


def test_a_job_that_failed_is_told_of_and_recorded() -> None:
    done = run(ENDED | ONCE, ended())

    assert [action for action, _ in done.calls] == [
        *("sagemaker:describeTrainingJob", "sns:publish", "cloudwatch:putMetricData")
    ]
    assert done.of("sns:publish") == [
        {
            "TopicArn": NAMES.topic_arn,
            "Subject": "churn-prod: a training job failed",
            "Message": f"""\
Training job {JOB} failed.

Reason: AlgorithmError: no column "churned"
Created: 2026-03-22T19:00:02.061Z
Trained: 900 s of at most 3600 s
Log: https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#logsV2:log-groups/log-group/\
$252Faws$252Fsagemaker$252FTrainingJobs$3FlogStreamNameFilter$3D{JOB}$252F

Look further:
  training-jobs logs {JOB} --stack prod
  training-jobs doctor --stack prod

What to do: docs/runbook.md, "A training job failed\"""",
        }
    ]
    assert metrics(done) == {
        "Succeeded": 0,
        "Failed": 1,
        "Stopped": 0,
        "DurationInSeconds": 900,
        "BillableSeconds": 300,
        "ShareOfLimit": 25,
        "validation:accuracy": 0.91,
        "validation:f1": 0.9,
    }


def test_a_job_that_completed_is_recorded_and_nobody_is_told() -> None:
    done = run(ENDED | ONCE, ended(without("FailureReason", TrainingJobStatus="Completed")))

    assert done.of("sns:publish") == []
    assert metrics(done)["Succeeded"] == 1


def test_a_job_that_never_trained_has_neither_duration_nor_metrics() -> None:
    gone = ("TrainingTimeInSeconds", "BillableTimeInSeconds", "FinalMetricDataList", "FailureReason")
    done = run(ENDED | ONCE, ended(without(*gone)))

    assert metrics(done) == {"Succeeded": 0, "Failed": 1, "Stopped": 0}
    assert "Reason: SageMaker tells none\n" in done.of("sns:publish")[0]["Message"]
    assert "Trained: not at all\n" in done.of("sns:publish")[0]["Message"]


def test_one_metric_is_still_a_list() -> None:
    done = run(ENDED | ONCE, ended(without(FinalMetricDataList=DESCRIBED["FinalMetricDataList"][:1])))

    assert len(metrics(done)) == 7


def test_a_job_that_was_stopped_at_its_limit_says_so() -> None:
    stopped = without("FailureReason", TrainingJobStatus="Stopped", SecondaryStatus="MaxRuntimeExceeded")
    (message,) = run(ENDED | ONCE, ended(stopped)).of("sns:publish")

    assert message["Subject"] == "churn-prod: a training job was stopped"
    assert "Reason: it reached max_runtime_in_seconds, its limit\n" in message["Message"]


def test_a_job_of_a_stack_whose_name_begins_alike_is_not_ours() -> None:
    assert run(ENDED | {"job": OF_ANOTHER_STACK}, ended()).calls == []


def test_a_run_that_completed_is_not_missed() -> None:
    done = run(DUE | ONCE, completed([SECOND]))

    assert done.waited == [7200]
    assert done.of("sagemaker:listTrainingJobs") == [
        {
            "NameContains": "churn-prod-",
            "StatusEquals": "Completed",
            "CreationTimeAfter": "2026-03-22T18:59:43.000Z",
            "SortBy": "CreationTime",
            "SortOrder": "Descending",
            "MaxResults": 100,
        }
    ]
    assert done.of("sns:publish") == []


def test_it_looks_back_from_the_scheduled_time_of_a_rate() -> None:
    (listed,) = run(DUE | ONCE | {"look_back": 3540}, completed([JOB])).of("sagemaker:listTrainingJobs")

    assert listed["CreationTimeAfter"] == "2026-03-22T18:00:43.000Z"


@pytest.mark.parametrize("pages", [[[]], [[], []], [[OF_ANOTHER_STACK]]])
def test_a_run_that_did_not_complete_is_told_as_missing(pages: list[list[str]]) -> None:
    done = run(DUE | ONCE, completed(*pages))

    assert len(done.of("sagemaker:listTrainingJobs")) == len(pages)
    (message,) = done.of("sns:publish")
    assert message["Subject"] == "churn-prod: a run is missing"
    assert message["Message"].startswith(
        "No training job of the schedule churn-prod has completed since 2026-03-22T18:59:43Z.\n\nWaited: 7200 s, "
    )
    assert "  training-jobs dead-letters --stack prod\n" in message["Message"]


def test_a_run_on_a_later_page_is_found() -> None:
    assert run(DUE | ONCE, completed([OF_ANOTHER_STACK], [JOB])).of("sns:publish") == []


@pytest.mark.parametrize(
    ("started_by", "told"), [({JOB: SCHEDULE}, 0), ({JOB: f"{SCHEDULE}.weekly"}, 1), ({SECOND: SCHEDULE}, 0), ({}, 1)]
)
def test_of_several_schedules_each_run_counts_for_its_own(started_by: dict[str, str], told: int) -> None:
    done = run(DUE | ONCE, completed([JOB, SECOND], started_by=started_by), apart=True)

    assert len(done.of("sns:publish")) == told


def test_chat_reads_its_own_form_of_a_message() -> None:
    (message,) = run(ENDED | ONCE, ended(), for_chat=True).of("sns:publish")

    notification = json.loads(message["Message"])
    assert (notification["version"], notification["source"]) == ("1.0", "custom")
    content = notification["content"]
    assert (content["textType"], content["title"]) == ("client-markdown", "churn-prod: a training job failed")
    assert content["description"].startswith(f"Training job {JOB} failed.\n\nReason: AlgorithmError: no column")
    assert content["nextSteps"] == [
        f"`training-jobs logs {JOB} --stack prod`",
        "`training-jobs doctor --stack prod`",
    ]


def test_a_task_that_fails_is_tried_again_and_a_second_start_is_not() -> None:
    states = json.loads(machine_definition(NAMES, NAMES.topic_arn, MessageWriter(NAMES, "prod")))["States"]
    tasks = {name: state for name, state in states.items() if state["Type"] == "Task"}

    assert all(state["Retry"][-1]["ErrorEquals"] == ["States.ALL"] for state in tasks.values())
    assert states["Start"]["Retry"][0] == {"ErrorEquals": [ALREADY_STARTED], "MaxAttempts": 0}


def test_every_state_that_is_named_exists() -> None:
    for apart in (False, True):
        writer = MessageWriter(NAMES, "prod")
        machine = json.loads(machine_definition(NAMES, NAMES.topic_arn, writer, tells_schedules_apart=apart))
        states = machine["States"]
        named = {machine["StartAt"]}
        for state in states.values():
            named |= {
                each["Next"] for each in (state, *state.get("Choices", []), *state.get("Catch", [])) if "Next" in each
            }
            named |= {state["Default"]} if "Default" in state else set()
        assert named == set(states)
        assert machine["QueryLanguage"] == "JSONata"
