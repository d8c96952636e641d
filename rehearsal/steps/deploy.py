"""Put the stack onto the embedded AWS, and judge what is deployed there."""

from __future__ import annotations

from rehearsal.declaring.program import declare
from rehearsal.deploying.deployment import EmbeddedAwsMocks
from rehearsal.errors import RehearsalError
from rehearsal.judging.judgement import sample_request
from rehearsal.running.deployed_schedule import DeployedSchedule
from rehearsal.running.schedule_runner import read_schedule
from rehearsal.steps.stage import Stage


def deploy(stage: Stage) -> list[DeployedSchedule]:
    """Run the program onto the embedded AWS, and read back what is deployed."""
    with stage.reporter.step("deploy the stack onto the embedded AWS") as step:
        mocks = EmbeddedAwsMocks(stage.clients)
        declaration = declare(stage.project_dir, stage.check.declaration.stack, mocks, preview=False)
        step.detail(f"{sum(resource.custom for resource in declaration.resources)} resources")
    deployed = [read_schedule(stage.clients, each.group_name, each.name) for each in stage.check.schedules]
    with stage.reporter.step("judge the deployed roles' permissions"):
        denied = [
            f"  {fault.subject} {fault.message}"
            for schedule in deployed
            for fault in stage.denied_calls(schedule, sample_request(schedule))
        ]
        if denied:
            raise RehearsalError("\n".join(["IAM would deny:", *denied]))
    return deployed
