"""What SageMaker's answer about a training job means, and what a person is told of those that are gone."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from operations.describing import DescribedJobs, is_unknown


@pytest.mark.parametrize(
    ("code", "message", "unknown"),
    [
        ("ValidationException", "Requested resource not found.", True),
        ("ResourceNotFound", "training job x", True),
        ("ValidationException", "1 validation error detected: Value at 'trainingJobName' failed to satisfy", False),
        ("AccessDeniedException", "the resource was not found, or you may not see it", False),
        ("ThrottlingException", "Rate exceeded", False),
    ],
)
def test_a_job_is_unknown_only_where_sagemaker_says_so(code: str, message: str, unknown: bool) -> None:
    error = ClientError({"Error": {"Code": code, "Message": message}}, "DescribeTrainingJob")

    assert is_unknown(error) is unknown


def test_a_note_names_a_few_of_those_that_are_gone_and_counts_the_rest() -> None:
    assert DescribedJobs().notes == ()
    assert DescribedJobs(gone=("a",)).notes == ("left out, because deleted while the list was read: a",)
    assert DescribedJobs(gone=("a", "b", "c", "d", "e")).notes == (
        "left out, because deleted while the list was read: a, b, c and 2 more",
    )
