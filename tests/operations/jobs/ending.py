"""Ends training jobs of a deployed stack, which nothing else does."""

from __future__ import annotations

from tests.operations.deployed_stack import DeployedStack


def end(deployed: DeployedStack, name: str, status: str = "Stopped") -> None:
    """Report the end of a training job, unless it has ended already."""
    described = deployed.clients.sagemaker.describe_training_job(TrainingJobName=name)
    if described["TrainingJobStatus"] in {"InProgress", "Stopping"}:
        deployed.report(name, TrainingJobStatus=status, SecondaryStatus=status)
