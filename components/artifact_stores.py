"""Where MLflow's clients write artifacts: as the settings say, else as AWS says of the tracking server or App.

A job whose settings say it stays the very object that it is, and nothing is asked.
Sources: CloudFormation's resource types AWS::SageMaker::MlflowTrackingServer (identified by its name) and
AWS::SageMaker::MlflowApp (by its ARN), in both of which `ArtifactStoreUri` is required; SageMaker API, `S3ModelUri`,
for what may stand there.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeVar

from pydantic import TypeAdapter, ValidationError

from .dated_paths import may_begin_with
from .further_schedules import FIELD
from .job_settings import ScheduledJobSettings, TrainingJobSettings
from .mlflow_names import ManagedMlflow, artifact_store_command
from .s3_location import S3PrefixAnywhere, key_of
from .setting_problems import Problem

STORE: Final = "ArtifactStoreUri"
"""The property that says it, of both types."""
READ_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "tracking_server": ("sagemaker:DescribeMlflowTrackingServer", "sagemaker:ListTags"),
    "app": ("sagemaker:DescribeMlflowApp", "sagemaker:ListTags"),
}
"""What Cloud Control reads one with, in the caller's name; by the setting. The first are those of the type's read
handler in CloudFormation's registry, the second by analogy: that an App is read with no more is unproven."""
LOCATION: Final = ("tracking", "artifact_store")

Ask = Callable[[ManagedMlflow], Mapping[str, Any]]
"""Answers with the properties of a tracking server or App, in the words of its CloudFormation type."""
Job = TypeVar("Job", bound=TrainingJobSettings)
_Spec = TypeVar("_Spec", bound=ScheduledJobSettings)


class UnansweredError(Exception):
    """AWS did not answer; the message is what it said instead. `is_missing`: that there is none."""

    def __init__(self, told: str, *, is_missing: bool = False) -> None:
        super().__init__(told)
        self.is_missing = is_missing


class _NoStoreError(Exception):
    """Nobody can tell the store; the message is a sentence about the setting."""


def with_artifact_stores(jobs: Mapping[str, Job], ask: Ask) -> tuple[dict[str, Job], list[tuple[str, Problem]]]:
    """The jobs, each schedule with its artifact store, and what is wrong, by the job's name.

    AWS is asked once for each tracking server or App, whatever the number of jobs and schedules.
    """
    stores = _Stores(ask)
    filled, problems = {}, []
    for name, job in jobs.items():
        filled[name], found = _filled(job, stores)
        problems += [(name, problem) for problem in found]
    return filled, problems


class _Stores:
    """What AWS has said so far."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._said: dict[ManagedMlflow, str | _NoStoreError] = {}

    def of(self, mlflow: ManagedMlflow) -> str:
        """The store, as a setting would say it."""
        if mlflow not in self._said:
            try:
                self._said[mlflow] = _store(mlflow, self._ask)
            except _NoStoreError as error:
                self._said[mlflow] = error
        said = self._said[mlflow]
        if isinstance(said, _NoStoreError):
            raise said
        return said


def _filled(job: Job, stores: _Stores) -> tuple[Job, list[Problem]]:
    own, of_the_job = _with_store(job, stores)
    problems = [Problem(LOCATION, text) for text in of_the_job]
    further = {}
    for name, spec in job.further_schedules.items():
        further[name], texts = _with_store(spec, stores)
        # What a further schedule has of its job is said once.
        problems += [Problem((FIELD, name, *LOCATION), text) for text in texts if text not in of_the_job]
    if any(further[name] is not spec for name, spec in job.further_schedules.items()):
        own = own.model_copy(update={FIELD: further})
    return own, problems


def _with_store(spec: _Spec, stores: _Stores) -> tuple[_Spec, list[str]]:
    tracking = spec.tracking
    if tracking is None or (mlflow := tracking.without_store) is None:
        return spec, []
    try:
        store = stores.of(mlflow)
    except _NoStoreError as error:
        return spec, [str(error)]
    told = tracking.model_copy(update={"artifact_store": store})
    return spec.model_copy(update={"tracking": told}), list(_overlaps(spec, mlflow, store))


def _store(mlflow: ManagedMlflow, ask: Ask) -> str:
    try:
        said = ask(mlflow).get(STORE)
    except UnansweredError as error:
        raise _NoStoreError(_missing(mlflow) if error.is_missing else _unanswered(mlflow, str(error))) from None
    if not said:
        raise _NoStoreError(
            f"is not set, and AWS says of the {mlflow} that it has none; if it is being created, wait until it is "
            f"there, or set artifact_store to where it will keep its artifacts"
        )
    return _as_setting(mlflow, str(said))


def _as_setting(mlflow: ManagedMlflow, said: str) -> str:
    """What AWS says, judged as a setting is; AWS takes a prefix without the last `/`."""
    prefix = said if said.endswith("/") else f"{said}/"
    fault = ""
    if not said.startswith("s3://"):
        fault = "allowed: a prefix in S3, such as s3://ml-platform-mlflow/artifacts/"
    elif not key_of(prefix):
        fault = (
            f"allowed: a prefix in a bucket, such as {prefix}mlflow/, because whoever may write the store could "
            "otherwise write the whole bucket"
        )
    else:
        try:
            return TypeAdapter[str](S3PrefixAnywhere).validate_python(prefix)
        except ValidationError as error:
            fault = error.errors()[0]["msg"].removeprefix("Value error, ")
    raise _NoStoreError(
        f"is not set, and AWS says {said!r} of the {mlflow}; {fault}; give the {_kind(mlflow)} another artifact store"
    )


def _overlaps(spec: ScheduledJobSettings, mlflow: ManagedMlflow, store: str) -> Iterator[str]:
    """Channels that the store lies inside, as `fields_fit` judges what the settings themselves say."""
    for name, channel in spec.channels.items():
        for read in channel.read_uris:
            if may_begin_with(store, read):
                yield (
                    f"is not set, and AWS says {store} of the {mlflow}, which lies inside channels.{name} ({read}): "
                    f"jobs would read what jobs have written; move the data, or give the {_kind(mlflow)} another "
                    "artifact store"
                )


def _missing(mlflow: ManagedMlflow) -> str:
    where = "" if mlflow.app else " in the stack's account and region"
    return (
        f"is not set, and AWS, which is asked for it then, knows no {mlflow}{where}; correct "
        f"tracking.{mlflow.setting}, create it, or set artifact_store to where it will keep its artifacts"
    )


def _unanswered(mlflow: ManagedMlflow, told: str) -> str:
    actions = ", ".join(("cloudformation:GetResource", *READ_BY[mlflow.setting]))
    return (
        f"is not set, and AWS, which is asked for it then, did not say that of the {mlflow}: {told}; whoever previews "
        f"or deploys needs {actions}; or set artifact_store to what this shows, with / at its end: "
        f"{artifact_store_command(mlflow.server, mlflow.app)}"
    )


def _kind(mlflow: ManagedMlflow) -> str:
    return "App" if mlflow.app else "tracking server"
