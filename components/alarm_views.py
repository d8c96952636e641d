"""What CloudWatch and AWS Budgets make of a job's numbers, as resources: alarms, dashboard, budget."""

from collections.abc import Sequence
from typing import Final

import pulumi
import pulumi_aws as aws

from .alarm_dashboard import dashboard_body
from .alarm_parts import AlarmParts
from .metric_alarms import PERIOD_IN_SECONDS, MetricAlarm, metric_alarms

BUDGET_SHARES: Final = (80, 100)
"""Per cent of the budget at which AWS writes."""
COST_TAG: Final = "training-job"
"""The tag that a budget counts by, once it is a cost allocation tag of the account."""


def declare_views(parts: AlarmParts, topic: Sequence[pulumi.Resource]) -> None:
    """Declare what is asked for; `topic` is the job's own, where it has one."""
    alarms = metric_alarms(parts.prepared.training_job, parts.alarms, parts.names, parts.stack)
    for alarm in alarms:
        _declare_alarm(parts, alarm, topic)
    if parts.alarms.dashboard:
        names = [_alarm_name(parts, alarm) for alarm in alarms]
        aws.cloudwatch.Dashboard(
            f"{parts.job}-alarms-dashboard",
            dashboard_name=parts.names.name,
            dashboard_body=dashboard_body(parts.prepared.training_job, parts.names, names, parts.stack),
            opts=parts.child(),
        )
    if parts.alarms.budget_in_usd:
        _declare_budget(parts, parts.alarms.budget_in_usd)


def _alarm_name(parts: AlarmParts, alarm: MetricAlarm) -> str:
    return f"{parts.prepared.names.prefix}-{alarm.key}"


def _declare_alarm(parts: AlarmParts, alarm: MetricAlarm, topic: Sequence[pulumi.Resource]) -> None:
    aws.cloudwatch.MetricAlarm(
        f"{parts.job}-alarm-{alarm.key}",
        name=_alarm_name(parts, alarm),
        alarm_description=alarm.description,
        namespace=alarm.namespace,
        metric_name=alarm.metric,
        dimensions=dict(alarm.dimensions),
        statistic=alarm.statistic,
        period=PERIOD_IN_SECONDS,
        evaluation_periods=1,
        threshold=alarm.threshold,
        comparison_operator=alarm.comparison,
        treat_missing_data=alarm.missing,
        alarm_actions=[parts.topic_arn],
        tags=parts.tags,
        opts=parts.child(*topic),
    )


def _declare_budget(parts: AlarmParts, limit: int) -> None:
    aws.budgets.Budget(
        f"{parts.job}-alarms-budget",
        name=parts.names.name,
        budget_type="COST",
        time_unit="MONTHLY",
        limit_amount=str(limit),
        limit_unit="USD",
        cost_filters=[
            aws.budgets.BudgetCostFilterArgs(
                name="TagKeyValue", values=[f"user:{COST_TAG}${parts.tags.get(COST_TAG, parts.job)}"]
            )
        ],
        notifications=[
            aws.budgets.BudgetNotificationArgs(
                comparison_operator="GREATER_THAN",
                threshold=share,
                threshold_type="PERCENTAGE",
                notification_type="ACTUAL",
                subscriber_email_addresses=list(parts.alarms.email),
            )
            for share in BUDGET_SHARES
        ],
        tags=parts.tags,
        opts=parts.child(),
    )
