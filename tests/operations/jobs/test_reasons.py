"""Why a training job did not succeed, in words, and where to look further."""

from __future__ import annotations

import pytest

from operations.jobs.reasons import Reason, reason_of
from scheduled_job import secret
from scheduled_job.connection import UnreachableError, reaching
from scheduled_job.failure import TrainingError
from tests.operations.jobs.descriptions import NAME, run

LOGS = f"logs {NAME}"
KEPT = (
    "the model is trained but not registered, and kept with its record in output.tar.gz: "
    f"`training-jobs register {NAME}` completes this job without training again; MLflow at http://x did not answer"
)
NO_DATA = "no S3 objects found under s3://b/dt=2026-11-20/; see whether the data of that date has come"
MEMORY = (
    "the memory of ml.m5.large was not enough, or the process was killed: name a resources.instance_type with more, or "
    "train on less data"
)


DISK = "the job's volume was full: raise resources.volume_size_in_gb, or bring less data"


def failed(reason: str | None) -> Reason | None:
    return reason_of(run(TrainingJobStatus="Failed", SecondaryStatus="Failed", FailureReason=reason))


def stopped(secondary: str, **stopping: int) -> Reason | None:
    limits = {"MaxRuntimeInSeconds": 5400, **stopping}
    return reason_of(run(TrainingJobStatus="Stopped", SecondaryStatus=secondary, StoppingCondition=limits))


@pytest.mark.parametrize(
    ("told", "words", "command"),
    [
        (f"AlgorithmError: {NO_DATA}, exit code: 1", NO_DATA, LOGS),
        (f"AlgorithmError: {KEPT}, exit code: 1", KEPT, f"register {NAME}"),
        (
            "AlgorithmError: unexpected KeyError: 'target', exit code: 1",
            "the training code met what it does not expect: KeyError: 'target'",
            LOGS,
        ),
        (
            "AlgorithmError: , exit code: 1",
            "the script ended with exit code 1 and left no reason of its own: its log has it",
            LOGS,
        ),
        (
            'AlgorithmError: ExecuteUserScriptError:\nExitCode 2\nCommand "/usr/bin/python train.py", exit code: 2',
            "the script ended with exit code 2 and left no reason of its own: its log has it",
            LOGS,
        ),
        ("AlgorithmError: , exit code: 137", MEMORY, LOGS),
        ("AlgorithmError: unexpected MemoryError: , exit code: 1", MEMORY, LOGS),
        (
            "ClientError: Please use an instance type with more memory, or reduce the size of job data processed on an "
            "instance.",
            MEMORY,
            LOGS,
        ),
        ("ClientError: Artifact upload failed:ClientError: Out of Memory. Please use a larger instance", MEMORY, LOGS),
        (
            "ClientError: Data download failed:Please ensure that the subnet's route table has a route to S3",
            "SageMaker could not bring the data of a channel: Please ensure that the subnet's route table has a route "
            "to S3",
            "doctor",
        ),
        (
            "ClientError: Artifact upload failed:Error 7: AccessDenied (403): Access Denied",
            "SageMaker could not put the model into S3: Error 7: AccessDenied (403): Access Denied",
            "doctor",
        ),
        (
            "ClientError: Cannot find the requested image",
            "SageMaker could not do what the job asks for: Cannot find the requested image",
            "doctor",
        ),
        (
            "ClientError: Cannot pull algorithm container. Either the image does not exist or its permissions are "
            "incorrect.",
            "SageMaker could not pull the training image: Either the image does not exist or its permissions are "
            "incorrect.",
            "doctor",
        ),
        (
            "ClientError: SageMaker was unable to assume the role 'arn:aws:iam::123456789012:role/execution'",
            "SageMaker may not assume the execution role: 'arn:aws:iam::123456789012:role/execution'",
            "doctor",
        ),
        ("ClientError: Data download failed:Insufficient disk space", DISK, LOGS),
        ("ClientError: Artifact upload failed:Insufficient disk space", DISK, LOGS),
        ("AlgorithmError: unexpected OSError: [Errno 28] No space left on device, exit code: 1", DISK, LOGS),
        (
            "CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML "
            "instance type.",
            "AWS had no machine of type ml.m5.large to spare: run it again later, or name another "
            "resources.instance_type",
            "run",
        ),
        (
            "InternalServerError: We encountered an internal error.  Please try again.",
            "a fault of SageMaker's own: run it again; if it stays, ask AWS Support",
            "run",
        ),
        ("Something that nobody has seen", "Something that nobody has seen", LOGS),
        (None, "SageMaker says no reason", LOGS),
    ],
)
def test_what_sagemaker_says_becomes_one_sentence_with_a_command(told: str | None, words: str, command: str) -> None:
    assert failed(told) == Reason(words, command)


def test_pip_that_fails_before_the_script_is_told_as_such() -> None:
    # As sagemaker_training 4.8.0 writes it, of the image that the samples name.
    told = 'InstallRequirementsError:\nExitCode 1\nErrorMessage ""\nCommand "python -m pip install -r"'

    reason = failed(f"AlgorithmError: {told}, exit code: 1")

    assert reason is not None
    assert reason.words.startswith("pip could not install the code's packages, so the script was never started: ")
    assert "set source.packages to archive" in reason.words
    assert reason.command == LOGS


def away(how: str) -> str:
    """What the training code says of an MLflow that is not there."""
    with pytest.raises(UnreachableError) as raised, reaching("https://mlflow.example", how, {}):
        raise ConnectionError("connection refused")
    return str(raised.value)


def without_value() -> str:
    """What it says of a secret that holds nothing."""
    with pytest.raises(TrainingError) as raised:
        secret.variables("", "arn:aws:secretsmanager:us-east-1:123456789012:secret:mlflow-AbCdEf")
    return str(raised.value)


@pytest.mark.parametrize("said", [away("asked"), away("written to"), without_value()])
def test_what_the_training_code_says_of_mlflow_and_its_secret_leads_to_the_doctor(said: str) -> None:
    assert failed(f"AlgorithmError: {said}, exit code: 1") == Reason(said, "doctor")


def test_a_long_reason_stands_on_one_line_without_its_middle_where_no_cure_is() -> None:
    columns = ",\n".join(f"'column_{number}'" for number in range(200))
    said = f"AlgorithmError: no target column; its columns are {columns}; set target_column, exit code: 1"

    reason = failed(said)

    assert reason is not None
    assert reason.words.startswith("no target column; its columns are 'column_0', 'column_1',")
    assert reason.words.endswith(", 'column_199'; set target_column")
    assert reason.words.count(" … ") == 1
    assert 350 < len(reason.words) <= 403


def test_a_long_reason_without_any_space_is_cut_as_well() -> None:
    reason = reason_of(run(TrainingJobStatus="Failed", FailureReason=f"AlgorithmError: {'x' * 1000}"))

    assert reason is not None
    assert reason.words == f"{'x' * 280} … {'x' * 120}"


@pytest.mark.parametrize(
    ("secondary", "words"),
    [
        (
            "MaxRuntimeExceeded",
            "it was stopped at its limit of 1 h 30 min: raise stopping_condition.max_runtime_in_seconds, or see in its "
            "log what took so long",
        ),
        (
            "MaxWaitTimeExceeded",
            "it was stopped after 2 h of waiting for spot machines and training: raise "
            "stopping_condition.max_wait_time_in_seconds, or train without managed_spot_training",
        ),
        ("Stopped", "somebody stopped it, with training-jobs stop or otherwise"),
    ],
)
def test_who_or_what_stopped_a_job_is_told(secondary: str, words: str) -> None:
    assert stopped(secondary, MaxWaitTimeInSeconds=7200) == Reason(words, LOGS)


@pytest.mark.parametrize(
    ("status", "secondary", "reason"),
    [
        ("Completed", "Completed", None),
        ("InProgress", "Training", None),
        ("InProgress", "Pending", Reason("it waits for machines")),
        ("Stopping", "Stopping", Reason("it is being stopped: it has 120 s to end by itself")),
        (
            "InProgress",
            "Interrupted",
            Reason("its spot machines were taken away: it goes on when there are others", LOGS),
        ),
    ],
)
def test_a_job_that_goes_well_needs_no_reason_and_one_that_waits_has_one(
    status: str, secondary: str, reason: Reason | None
) -> None:
    assert reason_of(run(TrainingJobStatus=status, SecondaryStatus=secondary)) == reason
