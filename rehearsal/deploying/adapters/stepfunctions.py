"""Step Functions: state machines. They are kept and not run: the embedded AWS knows no JSONata."""

from __future__ import annotations

from typing import Final

from rehearsal.aws_clients import AwsClients
from rehearsal.deploying.adapters.inputs import Created, Inputs


def create_state_machine(clients: AwsClients, inputs: Inputs) -> Created:
    """CreateStateMachine; the id is its ARN. As AWS does, it refuses a role that does not exist."""
    name, tags = inputs.name(), inputs.take("tags") or {}
    request = inputs.take_as({"definition": "definition", "roleArn": "roleArn", "type": "type"})
    inputs.require_all_taken()
    clients.iam.get_role(RoleName=request["roleArn"].rpartition("/")[2])
    pairs = [{"key": key, "value": value} for key, value in sorted(tags.items())]
    answer = clients.client("stepfunctions").create_state_machine(name=name, **request, tags=pairs)
    arn = answer["stateMachineArn"]
    return Created(arn, {"arn": arn, "name": name, "status": "ACTIVE", "tagsAll": tags})


ADAPTERS: Final = {"aws:sfn/stateMachine:StateMachine": create_state_machine}
