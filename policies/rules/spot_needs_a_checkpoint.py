"""SG15: a managed spot job has somewhere to keep its progress."""

import re

from examples import job
from findings import MISSING, Finding
from resources import NotApplicable
from rule import Config, Judgement, Reference, ResourceRule, Severity
from target_input import INPUT, SCHEDULE, TrainingJob, training_job

_LOCATION = re.compile(r"s3://[a-z0-9]")
_CHECKPOINTS = {
    "S3Uri": "s3://ml-platform-prod-ml-bucket/checkpoints/breast-cancer-prod/<aws.scheduler.execution-id>/",
    "LocalPath": "/opt/ml/checkpoints",
}


def _check(job: TrainingJob, _config: Config) -> Judgement:
    if not job.member("EnableManagedSpotTraining"):
        return NotApplicable("managed spot training is off")
    location = job.member("CheckpointConfig", "S3Uri")
    if isinstance(location, str) and _LOCATION.match(location):
        return []
    fault = "managed spot training without a checkpoint location starts again from nothing after every interruption"
    cure = "set CheckpointConfig.S3Uri to an s3:// prefix of this job"
    path = f"{INPUT}.CheckpointConfig.S3Uri"
    return [Finding(path, fault, cure, MISSING if location is None else location)]


RULE = ResourceRule(
    id="SG15",
    name="spot-checkpoint",
    title="Spot needs a checkpoint location",
    description="A managed spot job must have a checkpoint location: its capacity is taken away at will.",
    cure="Set CheckpointConfig.S3Uri, and let the training code continue from /opt/ml/checkpoints.",
    url="https://docs.aws.amazon.com/sagemaker/latest/dg/model-managed-spot-training.html",
    severity=Severity.HIGH,
    reference=Reference("AWS Well-Architected Framework", "REL11-BP03"),
    types=frozenset({SCHEDULE}),
    subject=training_job,
    check=_check,
    good=job(EnableManagedSpotTraining=True, CheckpointConfig=_CHECKPOINTS),
    bad=job(EnableManagedSpotTraining=True),
)
