"""The request of an invocation that a person makes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from operations.jobs.changed_hyperparameters import SetError, read_set
from operations.jobs.invocations import InvocationError, request_of, training_job_name
from rehearsal.invoking.schedule_runner import ScheduleError
from tests.operations.jobs.descriptions import DUE, PREFIX, REQUEST, SCHEDULE, SCHEDULE_ARN

ID = "0f9a4c1e-7a55-4c39-9d6a-2f3c1d7f0b11"


def test_all_context_attributes_are_filled_in_as_the_scheduler_does_and_nothing_else_is_changed() -> None:
    request = request_of(SCHEDULE, DUE, ID)

    assert training_job_name(request) == f"{PREFIX}-{ID}"
    assert request["Environment"] == {
        "SCHEDULE_ARN": SCHEDULE_ARN,
        "SCHEDULED_TIME": "2026-11-20T03:00:00Z",
        "SCHEDULE_EXECUTION_ID": ID,
        "SCHEDULE_ATTEMPT_NUMBER": "1",
        "REGISTERED_MODEL_NAME": "breast-cancer",
    }
    left = {"TrainingJobName", "Environment"}
    assert {name: value for name, value in request.items() if name not in left} == {
        name: value for name, value in REQUEST.items() if name not in left
    }


def test_a_hyperparameter_is_changed_and_the_others_stay() -> None:
    request = request_of(SCHEDULE, DUE, ID, hyperparameters={"max_depth": "7"})

    assert request["HyperParameters"] == {"max_depth": "7", "criterion": "gini"}


def test_what_sagemaker_would_refuse_is_not_sent() -> None:
    with pytest.raises(InvocationError) as raised:
        request_of(SCHEDULE, DUE, "not an id")

    assert str(raised.value).splitlines()[0] == "SageMaker would refuse the request, nothing was sent:"
    assert "TrainingJobName" in str(raised.value)


def test_a_schedule_of_another_target_starts_nothing() -> None:
    other = replace(SCHEDULE, target_arn="arn:aws:scheduler:::aws-sdk:sqs:sendMessage")

    with pytest.raises(ScheduleError, match="has the target arn:aws:scheduler:::aws-sdk:sqs:sendMessage"):
        request_of(other, DUE, ID)


def test_a_misspelt_context_attribute_is_told() -> None:
    wrong = {**REQUEST, "Environment": {"A": "<aws.scheduler.time>"}}

    with pytest.raises(ScheduleError, match=r"names <aws\.scheduler\.time>"):
        request_of(replace(SCHEDULE, target_input=json.dumps(wrong)), DUE, ID)


def test_values_are_read_as_the_stacks_yaml_is() -> None:
    assert read_set(["max_depth=7", "rate=1e-3", "max_features=auto", "flag=true", "text='7'", "empty="]) == {
        "max_depth": 7,
        "rate": 0.001,
        "max_features": "auto",
        "flag": True,
        "text": "7",
        "empty": None,
    }


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["max_depth"], "--set got 'max_depth'; allowed: name=value, such as max_depth=7"),
        (["=7"], "--set got '=7'; allowed: name=value"),
        (["a=1", "a=2"], "--set names a twice; name it once"),
        (["a=[1"], r"--set a: got '\[1'; allowed: one YAML value"),
    ],
)
def test_a_text_of_another_form_is_refused(texts: list[str], said: str) -> None:
    with pytest.raises(SetError, match=said):
        read_set(texts)
