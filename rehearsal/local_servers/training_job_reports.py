"""Tell the embedded AWS how a training job is doing; on AWS the platform itself knows."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from rehearsal.aws_clients import require_loopback
from rehearsal.errors import RehearsalError


class TrainingJobReportError(RehearsalError):
    """The embedded AWS refused a report; its reason is the message."""


def report_training_job(endpoint_url: str, name: str, report: Mapping[str, Any]) -> str:
    """Report members of DescribeTrainingJob for the training job called `name`; returns its TrainingJobStatus.

    `report` holds any of TrainingJobStatus, SecondaryStatus (with StatusMessage), FailureReason, ModelArtifacts,
    FinalMetricDataList, TrainingStartTime, TrainingEndTime, TrainingTimeInSeconds, BillableTimeInSeconds; times are
    `datetime`s with a time zone, ISO 8601 texts or seconds since 1970. A returned `Stopping` means that somebody asked
    to stop the job: end it and report `Stopped`.

    Raises TrainingJobReportError when there is no such job, it has ended already, or a member is not known, and when
    nothing answers any more: somebody else has stopped the servers, or begun another rehearsal in their place.
    """
    address = urlsplit(require_loopback(endpoint_url))
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=30)
    try:
        connection.request(
            "PUT",
            f"/_rehearsal/training-jobs/{quote(name, safe='')}",
            body=json.dumps(report, default=str),
            headers={"Content-Type": "application/json"},
        )
        response = connection.getresponse()
        answer = json.loads(response.read())
    except (OSError, http.client.HTTPException) as error:
        raise TrainingJobReportError(
            f"the embedded AWS at {endpoint_url} does not answer any more ({error}): its rehearsal was stopped, or "
            "another one of the stack has begun; run training-jobs rehearse --keep"
        ) from error
    finally:
        connection.close()
    if response.status != http.client.OK:
        raise TrainingJobReportError(str(answer["error"]))
    return str(answer["TrainingJobStatus"])
