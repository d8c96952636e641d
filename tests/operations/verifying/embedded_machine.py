"""Runs a deployed state machine of the alarms against the embedded AWS, which keeps such machines and runs none.

Each state is evaluated here, and each task is a call of boto3, as Step Functions makes it: it writes all members with a
capital, and times as texts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from botocore import xform_name
from botocore.exceptions import ClientError

from rehearsal.aws_clients import AwsClients
from tests.components.state_machine_runner import AwsError, StateMachine

_SERVICES: Final = {"sfn": "stepfunctions"}


@dataclass
class EmbeddedMachine:
    """A deployed state machine, by its ARN."""

    clients: AwsClients
    arn: str
    waited: list[int] = field(default_factory=list)
    """Seconds that an execution would have waited."""
    _started: list[str] = field(default_factory=list)
    _known: set[str] = field(default_factory=set)

    def start(self, given: Mapping[str, Any]) -> None:
        """Run it on an input, and then on what it starts itself with."""
        told = self.clients.client("stepfunctions").describe_state_machine(stateMachineArn=self.arn)
        machine = StateMachine(json.loads(told["definition"]), self._answer)
        done = machine.run(dict(given))
        self.waited += done.waited
        while self._started:
            self.waited += machine.run(json.loads(self._started.pop())).waited

    def _answer(self, action: str, arguments: Mapping[str, Any]) -> Any:  # noqa: ANN401 - of any call
        service, _, operation = action.partition(":")
        client = self.clients.client(_SERVICES.get(service, service))
        model = client.meta.service_model.operation_model(operation[0].upper() + operation[1:])
        names = {name.lower(): name for name in model.input_shape.members}
        asked = {names[name.lower()]: value for name, value in arguments.items()}
        try:
            told = getattr(client, xform_name(model.name))(**asked)
        except ClientError as error:
            raise AwsError(f"{service.capitalize()}.{error.response['Error']['Code']}Exception") from None
        # Of a name that runs already, with the same input, Step Functions answers with that one.
        if operation == "startExecution" and told["executionArn"] not in self._known:
            self._known.add(told["executionArn"])
            self._started.append(asked["input"])
        return _as_written(told)


def _as_written(value: Any) -> Any:  # noqa: ANN401 - any answer
    if isinstance(value, dict):
        return {name[0].upper() + name[1:]: _as_written(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_as_written(part) for part in value]
    return value.isoformat() if isinstance(value, datetime) else value
