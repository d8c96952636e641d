"""One model for each invocation without MLflow: whoever is first to leave its word in S3 delivers.

The word is an object whose key is the invocation and whose content names the training job. S3 writes it on the
condition that there is none (`If-None-Match: *`), so of several jobs at one moment one succeeds. It is left when the
model is trained and judged: no job waits for another, and a job that dies before has taken nothing. Source: Amazon S3
User Guide, "How to prevent object overwrites with conditional writes".
"""

from __future__ import annotations

import json
import time
from typing import Any

from failure import TrainingError
from scheduled_job.job import TrainingJob

_ABSENT = ("NoSuchKey", "404")
_TAKEN = ("PreconditionFailed", "412")
_AT_ONE_MOMENT = ("ConditionalRequestConflict", "409")
_PAUSES_SECONDS = (0.2, 0.4, 0.8, 1.6, 3.2)
"""Between two tries: of what others do with an object at one moment, S3 lets one come through after the other."""


class Deliveries:
    """What was delivered for one invocation, as one training job sees it; of a job that nobody scheduled, nothing."""

    def __init__(self, uri: str, job: TrainingJob) -> None:
        """`uri` is the S3 prefix of all words of this training job's schedules; "" for none."""
        self._job = job
        self._place = uri if job.is_scheduled else ""
        schedule = job.schedule_arn.rpartition("/")[2]
        bucket, _, prefix = uri.removeprefix("s3://").partition("/")
        self._bucket, self._key = bucket, f"{prefix}{schedule}/{job.scheduled_time}.json"

    @property
    def uri(self) -> str:
        """The object's; "" where nothing is kept."""
        return f"s3://{self._bucket}/{self._key}" if self._place else ""

    def of_another(self) -> str:
        """The other training job that has delivered for this invocation; "" where there is none."""
        name = self._read() if self._place else ""
        return "" if name == self._job.name else name

    def take(self) -> str:
        """Leave this job's word; the other training job that was first, and "" where this one may deliver."""
        if not self._place:
            return ""
        from botocore.exceptions import BotoCoreError, ClientError

        word = json.dumps({"training_job_name": self._job.name, "scheduled_time": self._job.scheduled_time})
        for pause in (*_PAUSES_SECONDS, 0.0):
            try:
                self._client().put_object(Bucket=self._bucket, Key=self._key, Body=word.encode(), IfNoneMatch="*")
            except ClientError as error:
                code = error.response["Error"]["Code"]
                if code not in (*_TAKEN, *_AT_ONE_MOMENT):
                    raise self._refused("written", "s3:PutObject", code) from None
            except BotoCoreError as error:
                raise self._refused("written", "s3:PutObject", type(error).__name__) from None
            if name := self._read():
                return "" if name == self._job.name else name
            time.sleep(pause)
        tries = len(_PAUSES_SECONDS) + 1
        raise TrainingError(f"{self.uri}: S3 neither takes it nor has it, {tries} times; run the job again")

    def _read(self) -> str:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = self._client().get_object(Bucket=self._bucket, Key=self._key)
            return str(json.loads(answer["Body"].read())["training_job_name"])
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _ABSENT:
                return ""
            raise self._refused("read", "s3:GetObject and s3:ListBucket", code) from None
        except BotoCoreError as error:
            raise self._refused("read", "s3:GetObject", type(error).__name__) from None
        except (ValueError, KeyError, TypeError):
            raise TrainingError(
                f"{self.uri}: is not what a training job leaves; delete it, and run the job again"
            ) from None

    def _refused(self, what: str, action: str, why: str) -> TrainingError:
        return TrainingError(
            f"{self.uri}: cannot be {what} ({why}), which says that one model was delivered for this invocation; check "
            f"that the execution role may {action} there and that the job's network reaches S3"
        )

    def _client(self) -> Any:  # noqa: ANN401  # boto3's clients have no type of their own
        import boto3

        return boto3.session.Session().client("s3")
