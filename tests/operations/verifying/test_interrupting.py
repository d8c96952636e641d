"""A training job is stopped once it trains; what AWS has against it is told, and not left to a thread."""

from __future__ import annotations

from botocore.stub import Stubber

from operations.verifying.interrupting import stopped_once_it_trains
from tests.operations.jobs.descriptions import NAME, described
from tests.operations.verifying.stubbed_place import stubbed_place

_ASK = {"TrainingJobName": NAME}


def tell(stub: Stubber, *secondary: str) -> None:
    """Answer each question about the job, which is under way."""
    for each in secondary:
        job = {"TrainingJobArn": f"arn:aws:sagemaker:us-east-1:123456789012:training-job/{NAME}"}
        job |= described(TrainingJobStatus="InProgress", SecondaryStatus=each)
        stub.add_response("describe_training_job", job, _ASK)


def test_a_job_is_stopped_as_soon_as_it_trains() -> None:
    with stubbed_place("sagemaker") as (place, stubs):
        tell(stubs["sagemaker"], "Starting", "Training", "Training")
        stubs["sagemaker"].add_response("stop_training_job", {}, _ASK)
        tell(stubs["sagemaker"], "Stopping")

        with stopped_once_it_trains(place, NAME, 0.01) as interruption:
            assert interruption.over.wait(20)

    assert interruption.refused == ""


def test_where_nobody_may_stop_it_the_reason_is_kept() -> None:
    with stubbed_place("sagemaker") as (place, stubs):
        tell(stubs["sagemaker"], "Training", "Training")
        stubs["sagemaker"].add_client_error("stop_training_job", "AccessDeniedException", "you may not")
        tell(stubs["sagemaker"], "Training")

        with stopped_once_it_trains(place, NAME, 0.01) as interruption:
            assert interruption.over.wait(20)

    assert interruption.refused.startswith("AWS refused StopTrainingJob: AccessDeniedException: you may not; ask for")


def test_what_may_pass_is_asked_again_and_no_reason_is_kept() -> None:
    with stubbed_place("sagemaker") as (place, stubs):
        asked = stubs["sagemaker"]
        asked.add_client_error("describe_training_job", "ValidationException", "Requested resource not found.")
        asked.add_client_error("describe_training_job", "ThrottlingException", "often")
        tell(asked, "Training", "Training")
        asked.add_client_error("stop_training_job", "ThrottlingException", "often")
        tell(asked, "Training", "Training", "Training")
        asked.add_response("stop_training_job", {}, _ASK)
        tell(asked, "Stopping")

        with stopped_once_it_trains(place, NAME, 0.01) as interruption:
            assert interruption.over.wait(20)

    assert interruption.refused == ""
