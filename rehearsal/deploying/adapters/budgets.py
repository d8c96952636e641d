"""AWS Budgets: cost budgets with their notifications."""

from __future__ import annotations

from typing import Any, Final

from rehearsal.aws_clients import AwsClients
from rehearsal.deploying.adapters.inputs import Created, Inputs

_NOTIFICATION: Final = {
    "comparisonOperator": "ComparisonOperator",
    "notificationType": "NotificationType",
    "threshold": "Threshold",
    "thresholdType": "ThresholdType",
}


def create_budget(clients: AwsClients, inputs: Inputs) -> Created:
    """CreateBudget; the id is `ACCOUNT:BUDGET`. The embedded AWS keeps no tags of budgets."""
    name, tags = inputs.name(), inputs.take("tags") or {}
    budget: dict[str, Any] = inputs.take_as({"budgetType": "BudgetType", "timeUnit": "TimeUnit"})
    budget["BudgetLimit"] = {"Amount": inputs.take("limitAmount"), "Unit": inputs.take("limitUnit")}
    budget["CostFilters"] = {each["name"]: each["values"] for each in inputs.take("costFilters") or []}
    notices = [_notification(each) for each in inputs.take("notifications") or []]
    inputs.require_all_taken()
    account = clients.sts.get_caller_identity()["Account"]
    clients.client("budgets").create_budget(
        AccountId=account, Budget={"BudgetName": name, **budget}, NotificationsWithSubscribers=notices
    )
    arn = f"arn:aws:budgets::{account}:budget/{name}"
    return Created(f"{account}:{name}", {"arn": arn, "name": name, "accountId": account, "tagsAll": tags})


def _notification(given: dict[str, Any]) -> dict[str, Any]:
    addresses = given.get("subscriberEmailAddresses", [])
    return {
        "Notification": {target: given[name] for name, target in _NOTIFICATION.items()},
        "Subscribers": [{"SubscriptionType": "EMAIL", "Address": address} for address in addresses],
    }


ADAPTERS: Final = {"aws:budgets/budget:Budget": create_budget}
