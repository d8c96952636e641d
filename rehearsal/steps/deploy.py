"""Put the stack onto the embedded AWS, and judge what is deployed there."""

from __future__ import annotations

import json
from typing import Final

from google.protobuf import struct_pb2

from rehearsal.declaring.program import declare
from rehearsal.deploying.deployment import EmbeddedAwsMocks
from rehearsal.deploying.not_imitated import not_imitated
from rehearsal.errors import RehearsalError
from rehearsal.invoking.deployed_schedule import DeployedSchedule
from rehearsal.invoking.schedule_runner import read_schedule
from rehearsal.judging.judgement import sample_request
from rehearsal.judging.remediations import remediated
from rehearsal.steps.stage import Stage

OUTPUTS_FILE: Final = "outputs.json"
"""In the state folder: what the deployed stack exports, as `pulumi stack output --json` prints it."""


def deploy(stage: Stage) -> list[DeployedSchedule]:
    """Run the program onto the embedded AWS, with what policies have changed in it, and read back what is deployed."""
    cures = stage.check.remediations

    def inputs_of(urn: str, declared: struct_pb2.Struct) -> struct_pb2.Struct:
        return remediated(declared, [cure for cure in cures if cure.urn == urn])

    def show(message: str) -> None:
        """What takes long is said here first; the rest the check has heard."""
        if message not in stage.check.declaration.messages:
            stage.reporter.note(message)

    with stage.reporter.step("deploy the stack onto the embedded AWS") as step:
        mocks = EmbeddedAwsMocks(stage.clients)
        declaration = declare(
            stage.project_dir,
            stage.check.declaration.stack,
            mocks,
            preview=False,
            inputs_of=inputs_of if cures else None,
            on_message=show,
        )
        outputs = json.dumps(declaration.exports, indent=2, default=str)
        (stage.servers.state_dir / OUTPUTS_FILE).write_text(outputs + "\n", encoding="utf-8")
        step.detail(f"{sum(resource.custom for resource in declaration.resources)} resources")
    if silent := "; ".join(not_imitated(declaration.resources)):
        stage.reporter.note(f"not as on AWS: {silent}")
    deployed = [read_schedule(stage.clients, each.group_name, each.name) for each in stage.check.schedules]
    with stage.reporter.step("judge the deployed roles' permissions"):
        denied = [
            f"  {fault.subject} {fault.message}"
            for schedule in deployed
            for fault in stage.running.denied_calls(schedule, sample_request(schedule))
        ]
        if denied:
            raise RehearsalError("\n".join(["IAM would deny:", *denied]))
    return deployed
