"""SG16: a managed spot job may wait at least as long as it may run, and not for ever."""

from examples import job
from findings import MISSING, Finding
from resources import NotApplicable
from rule import Config, Judgement, Reference, ResourceRule, Severity
from target_input import INPUT, SCHEDULE, TrainingJob, training_job

_PATH = f"{INPUT}.StoppingCondition.MaxWaitTimeInSeconds"


def _check(job: TrainingJob, config: Config) -> Judgement:
    if not job.member("EnableManagedSpotTraining"):
        return NotApplicable("managed spot training is off")
    wait = job.member("StoppingCondition", "MaxWaitTimeInSeconds")
    run = job.member("StoppingCondition", "MaxRuntimeInSeconds")
    cap, enough = config["maxWaitTimeInSeconds"], "set it to at least MaxRuntimeInSeconds"
    if type(wait) is not int:
        return [Finding(_PATH, "managed spot training needs a whole number of seconds", enough, _shown(wait))]
    if type(run) is not int:
        path = f"{INPUT}.StoppingCondition.MaxRuntimeInSeconds"
        return [Finding(path, "a spot job needs a whole number of seconds", "set it", _shown(run))]
    if wait < run:
        fault = f"shorter than MaxRuntimeInSeconds ({run}), which SageMaker rejects"
        return [Finding(_PATH, fault, f"raise it to at least {run}", wait)]
    if wait > cap:
        return [Finding(_PATH, f"longer than the {cap} seconds allowed here", f"lower it to at most {cap}", wait)]
    return []


def _shown(value: object) -> object:
    return MISSING if value is None else value


RULE = ResourceRule(
    id="SG16",
    name="spot-max-wait",
    title="Spot waits long enough, and not for ever",
    description="A job with managed spot training needs MaxWaitTimeInSeconds, at least MaxRuntimeInSeconds and capped.",
    cure="Set StoppingCondition.MaxWaitTimeInSeconds between MaxRuntimeInSeconds and the cap.",
    url="https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html",
    severity=Severity.MEDIUM,
    reference=Reference("AWS Well-Architected Framework", "COST07-BP01"),
    types=frozenset({SCHEDULE}),
    subject=training_job,
    check=_check,
    config={
        "maxWaitTimeInSeconds": {
            "type": "integer",
            "minimum": 1,
            "default": 86400,
            "description": "longest MaxWaitTimeInSeconds",
        }
    },
    good=job(
        EnableManagedSpotTraining=True,
        StoppingCondition={"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 7200},
    ),
    bad=job(
        EnableManagedSpotTraining=True,
        StoppingCondition={"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 1800},
    ),
)
