"""CloudWatch: alarms and dashboards. No alarm goes off: the rehearsal measures nothing."""

from __future__ import annotations

from typing import Any, Final

from rehearsal.aws_clients import AwsClients
from rehearsal.deploying.adapters.inputs import Created, Inputs, tag_list

_ALARM: Final = {
    "alarmActions": "AlarmActions",
    "alarmDescription": "AlarmDescription",
    "comparisonOperator": "ComparisonOperator",
    "metricName": "MetricName",
    "namespace": "Namespace",
    "statistic": "Statistic",
    "threshold": "Threshold",
    "treatMissingData": "TreatMissingData",
}


def create_alarm(clients: AwsClients, inputs: Inputs) -> Created:
    """PutMetricAlarm; the id is the alarm's name."""
    name, tags = inputs.name(), inputs.take("tags") or {}
    request: dict[str, Any] = inputs.take_as(_ALARM)
    # Numbers come as floats over the engine's protocol.
    numbers = inputs.take_as({"period": "Period", "evaluationPeriods": "EvaluationPeriods"})
    request |= {key: int(value) for key, value in numbers.items()}
    dimensions = inputs.take("dimensions") or {}
    request["Dimensions"] = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    inputs.require_all_taken()
    client = clients.client("cloudwatch")
    client.put_metric_alarm(AlarmName=name, **request, Tags=tag_list(tags))
    (alarm,) = client.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return Created(name, {"arn": alarm["AlarmArn"], "name": name, "tagsAll": tags})


def create_dashboard(clients: AwsClients, inputs: Inputs) -> Created:
    """PutDashboard; the id is the dashboard's name."""
    name, body = inputs.take("dashboardName"), inputs.take("dashboardBody")
    inputs.require_all_taken()
    client = clients.client("cloudwatch")
    client.put_dashboard(DashboardName=name, DashboardBody=body)
    return Created(name, {"dashboardArn": client.get_dashboard(DashboardName=name)["DashboardArn"]})


ADAPTERS: Final = {
    "aws:cloudwatch/metricAlarm:MetricAlarm": create_alarm,
    "aws:cloudwatch/dashboard:Dashboard": create_dashboard,
}
