"""EventBridge Scheduler: schedule groups and schedules."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from rehearsal.aws_clients import AwsClients
from rehearsal.deploying.adapters.inputs import Created, Inputs, tag_list


def create_schedule_group(clients: AwsClients, inputs: Inputs) -> Created:
    """CreateScheduleGroup."""
    name, tags = inputs.name(), inputs.take("tags")
    inputs.require_all_taken()
    arn = clients.scheduler.create_schedule_group(Name=name, Tags=tag_list(tags))["ScheduleGroupArn"]
    return Created(name, {"arn": arn, "name": name, "state": "ACTIVE", "tagsAll": tags or {}})


def create_schedule(clients: AwsClients, inputs: Inputs) -> Created:
    """CreateSchedule; as AWS does, it refuses a role that does not exist."""
    name, group = inputs.name(), inputs.take("groupName") or "default"
    request: dict[str, Any] = inputs.take_as(
        {
            "scheduleExpression": "ScheduleExpression",
            "scheduleExpressionTimezone": "ScheduleExpressionTimezone",
            "state": "State",
            "description": "Description",
            "kmsKeyArn": "KmsKeyArn",
            "actionAfterCompletion": "ActionAfterCompletion",
        }
    )
    dates = inputs.take_as({"startDate": "StartDate", "endDate": "EndDate"})
    request |= {bound: datetime.fromisoformat(date) for bound, date in dates.items()}
    if (window := inputs.take_object("flexibleTimeWindow")) is not None:
        request["FlexibleTimeWindow"] = window.take_as(
            {"mode": "Mode", "maximumWindowInMinutes": "MaximumWindowInMinutes"}
        )
    if (target := inputs.take_object("target")) is not None:
        request["Target"] = _target(target)
    inputs.require_all_taken()
    clients.scheduler.get_schedule_group(Name=group)
    clients.iam.get_role(RoleName=request["Target"]["RoleArn"].rpartition("/")[2])
    arn = clients.scheduler.create_schedule(Name=name, GroupName=group, **request)["ScheduleArn"]
    return Created(f"{group}/{name}", {"arn": arn, "name": name, "groupName": group})


def _target(target: Inputs) -> dict[str, Any]:
    request = target.take_as({"arn": "Arn", "roleArn": "RoleArn", "input": "Input"})
    if (retries := target.take_object("retryPolicy")) is not None:
        request["RetryPolicy"] = retries.take_as(
            {"maximumRetryAttempts": "MaximumRetryAttempts", "maximumEventAgeInSeconds": "MaximumEventAgeInSeconds"}
        )
    if (dead_letters := target.take_object("deadLetterConfig")) is not None:
        request["DeadLetterConfig"] = dead_letters.take_as({"arn": "Arn"})
    return request


ADAPTERS: Final = {
    "aws:scheduler/scheduleGroup:ScheduleGroup": create_schedule_group,
    "aws:scheduler/schedule:Schedule": create_schedule,
}
