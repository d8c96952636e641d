"""EventBridge: rules of the default bus, and their targets. No event arrives: the rehearsal sends none."""

from __future__ import annotations

from typing import Any, Final

from rehearsal.aws_clients import AwsClients
from rehearsal.deploying.adapters.inputs import Created, Inputs, tag_list


def create_rule(clients: AwsClients, inputs: Inputs) -> Created:
    """PutRule; the id is the rule's name."""
    name, tags = inputs.name(), inputs.take("tags") or {}
    request = inputs.take_as({"description": "Description", "eventPattern": "EventPattern", "state": "State"})
    inputs.require_all_taken()
    arn = clients.client("events").put_rule(Name=name, **request, Tags=tag_list(tags))["RuleArn"]
    return Created(name, {"arn": arn, "name": name, "tagsAll": tags})


def create_target(clients: AwsClients, inputs: Inputs) -> Created:
    """PutTargets with one target; as AWS does, it refuses a role that does not exist."""
    rule, name = inputs.take("rule"), inputs.take("targetId")
    target: dict[str, Any] = inputs.take_as({"arn": "Arn", "roleArn": "RoleArn", "input": "Input"})
    if (transformer := inputs.take_object("inputTransformer")) is not None:
        target["InputTransformer"] = transformer.take_as(
            {"inputPaths": "InputPathsMap", "inputTemplate": "InputTemplate"}
        )
    inputs.require_all_taken()
    clients.iam.get_role(RoleName=target["RoleArn"].rpartition("/")[2])
    clients.client("events").put_targets(Rule=rule, Targets=[{"Id": name, **target}])
    return Created(f"{rule}-{name}", {"targetId": name})


ADAPTERS: Final = {
    "aws:cloudwatch/eventRule:EventRule": create_rule,
    "aws:cloudwatch/eventTarget:EventTarget": create_target,
}
