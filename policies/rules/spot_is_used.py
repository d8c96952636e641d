"""SG14: a job uses managed spot training, or says why not."""

from examples import job
from findings import MISSING, Finding
from rule import Config, Judgement, Level, Reference, ResourceRule, Severity
from target_input import INPUT, SCHEDULE, TrainingJob, training_job


def _check(job: TrainingJob, config: Config) -> Judgement:
    if job.member("EnableManagedSpotTraining") is True:
        return []
    tag = config["reasonTag"]
    if any(reason.strip() for key, reason in job.tags() if key == tag):
        return []
    fault = "on-demand capacity costs up to ten times as much as spot capacity, and no reason is given"
    cure = f"set it to true with CheckpointConfig and MaxWaitTimeInSeconds, or add a tag {tag} that says why not"
    value = job.member("EnableManagedSpotTraining")
    return [Finding(f"{INPUT}.EnableManagedSpotTraining", fault, cure, MISSING if value is None else value)]


RULE = ResourceRule(
    id="SG14",
    name="spot-used",
    title="Managed spot training is used",
    description="A training job should use managed spot training, or state in a tag why it cannot.",
    cure="Set EnableManagedSpotTraining, CheckpointConfig and MaxWaitTimeInSeconds, or tag the job with the reason.",
    url="https://docs.aws.amazon.com/sagemaker/latest/dg/model-managed-spot-training.html",
    severity=Severity.LOW,
    reference=Reference("AWS Well-Architected Framework", "COST07-BP01"),
    levels=(Level.ADVISORY, Level.ADVISORY),
    types=frozenset({SCHEDULE}),
    subject=training_job,
    check=_check,
    config={
        "reasonTag": {
            "type": "string",
            "minLength": 1,
            "default": "managed-spot-training",
            "description": "tag whose value says why a job does without spot capacity",
        }
    },
    good=job(EnableManagedSpotTraining=True),
    bad=job(EnableManagedSpotTraining=False),
)
