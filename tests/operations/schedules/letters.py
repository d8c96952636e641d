"""A dead letter as ReceiveMessage brings it: a good one, for a test to change one thing of."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, Final

from operations.schedules.dead_letter import DeadLetter

ID: Final = "1f0c3b52-6d2e-4a53-9d7e-000000000001"
PREFIX: Final = "churn-dev"
ATTRIBUTES: Final = {
    "ERROR_CODE": "ThrottlingException",
    "ERROR_MESSAGE": "Rate exceeded",
    "EXECUTION_ID": "ad06616e51cdf74a",
    "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts",
    "IS_PAYLOAD_TRUNCATED": "false",
    "RETRY_ATTEMPTS": "3",
    "SCHEDULED_TIME": "2026-11-27T03:00:00Z",
    "SCHEDULE_ARN": "arn:aws:scheduler:us-east-1:123456789012:schedule/churn-dev/churn-dev.weekly",
    "TARGET_ARN": "arn:aws:scheduler:::aws-sdk:sagemaker:createTrainingJob",
}
BODY: Final = json.dumps({"TrainingJobName": f"{PREFIX}-ad06616e51cdf74a", "RoleArn": "arn:of:a:role"})


def message(body: str = BODY, *, id_: str = ID, **attributes: str | None) -> dict[str, Any]:
    told = {name: value for name, value in {**ATTRIBUTES, **attributes}.items() if value is not None}
    return {
        "MessageId": id_,
        "ReceiptHandle": "receipt",
        "Body": body,
        "Attributes": {"SentTimestamp": "1795748400000"},
        "MessageAttributes": {name: {"StringValue": value, "DataType": "String"} for name, value in told.items()},
    }


def letter(body: str = BODY, *, id_: str = ID, **attributes: str | None) -> DeadLetter:
    return DeadLetter.from_message(message(body, id_=id_, **attributes), "churn", timedelta(days=14))
