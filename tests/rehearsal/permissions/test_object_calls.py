"""The calls of the execution role on what a job reads and writes in S3."""

from rehearsal.permissions.role_calls import execution_role_calls
from tests.rehearsal.permissions.one_job import JOB, SCOPE, execution_calls, good_request, of_service


def test_the_execution_role_reads_and_writes_in_s3_exactly_what_the_request_names() -> None:
    objects = "arn:aws:s3:::bucket/"

    assert of_service(execution_calls(good_request()), "s3") == [
        ("s3:ListBucket", "arn:aws:s3:::bucket", {"s3:prefix": "datasets/training/"}),
        ("s3:GetObject", f"{objects}datasets/training/a.csv", {}),
        ("s3:GetObject", f"{objects}datasets/training/b.csv", {}),
        ("s3:GetObject", f"{objects}training-code/job/sha/sourcedir.tar.gz", {}),
        ("s3:PutObject", f"{objects}training-outputs/{JOB}/output/model.tar.gz", {}),
        ("s3:PutObject", f"{objects}training-outputs/{JOB}/output/output.tar.gz", {}),
    ]


def test_a_job_with_checkpoints_lists_reads_writes_and_deletes_them() -> None:
    request = good_request()
    request["CheckpointConfig"] = {"S3Uri": "s3://bucket/checkpoints/1"}

    assert of_service(execution_calls(request), "s3")[6:] == [
        ("s3:ListBucket", "arn:aws:s3:::bucket", {"s3:prefix": "checkpoints/1/"}),
        ("s3:GetObject", "arn:aws:s3:::bucket/checkpoints/1/any-object", {}),
        ("s3:PutObject", "arn:aws:s3:::bucket/checkpoints/1/any-object", {}),
        ("s3:DeleteObject", "arn:aws:s3:::bucket/checkpoints/1/any-object", {}),
    ]


def test_a_bundle_inside_the_container_is_not_read_from_s3() -> None:
    request = good_request()
    request["HyperParameters"]["sagemaker_submit_directory"] = "/opt/ml/input/data/code/sourcedir.tar.gz"

    assert "arn:aws:s3:::bucket/training-code/job/sha/sourcedir.tar.gz" not in {
        call.resource for call in execution_calls(request)
    }


def test_a_channel_whose_objects_are_not_known_is_judged_by_a_made_up_one() -> None:
    calls = execution_role_calls(good_request(), scope=SCOPE, object_uris={})

    assert "arn:aws:s3:::bucket/datasets/training/any-object" in {call.resource for call in calls}
