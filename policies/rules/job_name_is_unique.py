"""SG21: every invocation gives its training job a new name that SageMaker accepts."""

import re
from collections.abc import Iterator

from examples import TRAINING_JOB_NAME, job
from findings import MISSING, Finding
from rule import Config, Judgement, Reference, ResourceRule, Severity
from target_input import INPUT, SCHEDULE, TrainingJob, training_job

_PATH = f"{INPUT}.TrainingJobName"
_EXECUTION_ID = "<aws.scheduler.execution-id>"
_ATTRIBUTE = re.compile(r"<aws\.scheduler\.[^>]*>")
_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
_UUID = "00000000-0000-0000-0000-000000000000"
_CURE = f"use PREFIX-{_EXECUTION_ID} with a prefix of at most 26 letters, digits and hyphens"


def _check(job: TrainingJob, _config: Config) -> Judgement:
    name = job.member("TrainingJobName")
    if not isinstance(name, str):
        return [Finding(_PATH, "the training job has no name", _CURE, MISSING if name is None else name)]
    return [Finding(_PATH, fault, _CURE, name) for fault in _faults(name)][:1]


def _faults(name: str) -> Iterator[str]:
    if name.count(_EXECUTION_ID) != 1:
        yield "two invocations would ask for the same name, and SageMaker refuses the second"
    filled = name.replace(_EXECUTION_ID, _UUID)
    if _ATTRIBUTE.search(filled):
        yield "only the execution id may stand in a name: other context attributes are too long or have colons"
    if len(filled) > 63:
        yield f"{len(filled)} characters once the execution id of 36 is filled in, more than the 63 allowed"
    if not _NAME.fullmatch(filled):
        yield "a training job name has letters, digits and single hyphens between them only"


RULE = ResourceRule(
    id="SG21",
    name="unique-job-name",
    title="A new training job name for every invocation",
    description="TrainingJobName must contain the execution id, so that it is unique, within 63 characters.",
    cure="Name the job PREFIX-<aws.scheduler.execution-id> with a prefix of at most 26 characters.",
    url="https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html",
    severity=Severity.HIGH,
    reference=Reference("AWS Well-Architected Framework", "REL04-BP04"),
    types=frozenset({SCHEDULE}),
    subject=training_job,
    check=_check,
    good=job(TrainingJobName=TRAINING_JOB_NAME),
    bad=job(TrainingJobName="breast-cancer-prod"),
)
