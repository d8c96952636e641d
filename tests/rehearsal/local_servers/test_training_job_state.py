import threading
from datetime import UTC, datetime

import pytest

from rehearsal.local_servers import training_job_state
from rehearsal.local_servers.training_job_state import ReportError, TrainingJob, as_time

ARN = "arn:aws:sagemaker:us-east-1:123456789012:training-job/forest-1"


@pytest.fixture
def job() -> TrainingJob:
    request = {
        "TrainingJobName": "forest-1",
        "Environment": {"A": "b"},
        "RetryStrategy": {"MaximumRetryAttempts": 2},
        "EnableManagedSpotTraining": True,
        "Tags": [{"Key": "stack", "Value": "staging"}],
    }
    return TrainingJob.create(ARN, request)


def test_a_new_job_is_in_progress_and_described_as_it_was_requested(job: TrainingJob) -> None:
    described = job.response_object
    assert described["TrainingJobStatus"] == "InProgress"
    assert described["SecondaryStatus"] == "Starting"
    assert described["Environment"] == {"A": "b"}
    assert described["RetryStrategy"] == {"MaximumRetryAttempts": 2}
    assert described["EnableManagedSpotTraining"] is True
    assert described["EnableNetworkIsolation"] is False
    assert "Tags" not in described
    assert "TrainingEndTime" not in described
    assert "ModelArtifacts" not in described
    assert job.tags == [{"Key": "stack", "Value": "staging"}]


def test_a_completed_job_tells_its_history(job: TrainingJob) -> None:
    job.report({"SecondaryStatus": "Training", "StatusMessage": "Training image download completed"})
    job.report(
        {
            "TrainingJobStatus": "Completed",
            "SecondaryStatus": "Completed",
            "TrainingStartTime": "2026-11-23T03:00:00Z",
            "TrainingEndTime": "2026-11-23T03:01:30Z",
            "ModelArtifacts": {"S3ModelArtifacts": "s3://b/model.tar.gz"},
            "FinalMetricDataList": [{"MetricName": "validation:accuracy", "Value": 0.9}],
        }
    )
    described = job.response_object
    assert (described["TrainingTimeInSeconds"], described["BillableTimeInSeconds"]) == (90, 90)
    assert described["ModelArtifacts"] == {"S3ModelArtifacts": "s3://b/model.tar.gz"}
    assert described["FinalMetricDataList"][0]["Timestamp"].tzinfo is not None
    assert [(entry["Status"], entry["StatusMessage"]) for entry in described["SecondaryStatusTransitions"]] == [
        ("Starting", "Starting the training job"),
        ("Training", "Training image download completed"),
        ("Completed", "Completed"),
    ]
    assert all("EndTime" in entry for entry in described["SecondaryStatusTransitions"])


def test_a_job_that_is_being_stopped_stays_so_until_its_end_is_reported(job: TrainingJob) -> None:
    job.stop()
    job.report({"TrainingJobStatus": "InProgress", "SecondaryStatus": "Training"})
    assert (job.status, job.response_object["SecondaryStatus"]) == ("Stopping", "Stopping")
    job.report({"TrainingJobStatus": "Stopped", "SecondaryStatus": "Stopped"})
    assert job.status == "Stopped"


@pytest.mark.parametrize("end", ["Completed", "Failed", "Stopped"])
def test_a_job_that_was_asked_to_stop_has_stopped_whatever_it_did_last(end: str, job: TrainingJob) -> None:
    job.stop()
    job.report({"TrainingJobStatus": end, "SecondaryStatus": end, "TrainingStartTime": "2026-11-23T03:00:00Z"})

    assert (job.status, job.response_object["SecondaryStatus"]) == ("Stopped", "Stopped")
    assert job.response_object["SecondaryStatusTransitions"][-1]["Status"] == "Stopped"


def test_nothing_is_reported_of_a_job_that_has_ended(job: TrainingJob) -> None:
    job.report({"TrainingJobStatus": "Failed", "FailureReason": "AlgorithmError"})
    with pytest.raises(ReportError) as refused:
        job.report({"TrainingJobStatus": "Completed"})
    assert (refused.value.status, str(refused.value)) == (409, "training job forest-1 has ended: it is Failed")
    assert job.response_object["FailureReason"] == "AlgorithmError"


def test_a_member_that_cannot_be_reported_is_named(job: TrainingJob) -> None:
    with pytest.raises(ReportError) as refused:
        job.report({"Status": "Completed", "RoleArn": "x"})
    assert str(refused.value) == (
        "cannot report RoleArn, Status; allowed: BillableTimeInSeconds, FailureReason, FinalMetricDataList, "
        "ModelArtifacts, OutputModelPackageArn, SecondaryStatus, StatusMessage, TrainingEndTime, TrainingJobStatus, "
        "TrainingStartTime, TrainingTimeInSeconds"
    )


def test_a_status_that_there_is_not_is_named(job: TrainingJob) -> None:
    with pytest.raises(ReportError) as refused:
        job.report({"TrainingJobStatus": "Done"})
    assert str(refused.value) == (
        "TrainingJobStatus 'Done' is not a status; allowed: Completed, Failed, InProgress, Stopped, Stopping"
    )
    assert job.status == "InProgress"


@pytest.mark.parametrize("value", ["2026-11-23T03:00:00Z", "2026-11-23T04:00:00+01:00", "2026-11-23 03:00", 1795402800])
def test_a_time_can_be_given_in_several_ways(value: object) -> None:
    assert as_time(value) == datetime(2026, 11, 23, 3, tzinfo=UTC)


def test_what_is_no_time_is_reported(job: TrainingJob) -> None:
    with pytest.raises(ReportError) as refused:
        job.report({"TrainingStartTime": "noon"})
    assert str(refused.value) == "'noon' is not a time; give ISO 8601 or seconds since 1970"


def test_a_job_that_ends_at_the_moment_at_which_somebody_stops_it_has_ended(
    job: TrainingJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    end = threading.Thread(target=job.report, args=({"TrainingJobStatus": "Completed"},))
    now = training_job_state._now

    def end_meanwhile() -> datetime:
        monkeypatch.setattr(training_job_state, "_now", now)
        end.start()
        end.join(0.3)  # it waits; without that it would be done by now
        return now()

    monkeypatch.setattr(training_job_state, "_now", end_meanwhile)

    job.stop()
    end.join(60)

    assert job.status == "Stopped"
