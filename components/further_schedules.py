"""A job's further schedules: the same job with some settings changed, as the stack's YAML writes them.

Values are merged as a JSON merge patch is (RFC 7396): mappings name by name, `null` takes a setting out, anything else
takes the place of the job's.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic_core import ErrorDetails

from .shown_names import shown_name

FIELD: Final = "further_schedules"
OF_THE_JOB: Final = {
    "source": "all schedules of a job start the same training code",
    "execution_role_arn": "the scheduler role passes one role",
    "alarms": "a job has one topic, and one dashboard",
    "permissions_boundary_arn": "all schedules of a job have the same roles",
}
"""What a further schedule cannot change, and why not."""
_NONE: Final = "none"
"""The one word that may stand where others have a mapping: of `tracking`."""


def with_job(job: Mapping[str, Any]) -> dict[str, Any]:
    """A job's values, with each further schedule completed by what it shares with the job."""
    further = job.get(FIELD)
    if not isinstance(further, Mapping):
        return dict(job)
    shared = {name: value for name, value in job.items() if name != FIELD}
    return {**job, FIELD: {name: _over(shared, own) for name, own in further.items()}}


def problems_of(job: object, values: Mapping[str, Any]) -> Iterator[str]:
    """What only the values as they are written tell: lines that begin with the setting."""
    further = values.get(FIELD)
    for name, own in further.items() if isinstance(further, Mapping) else ():
        if not isinstance(own, Mapping):
            continue
        path = f"training_jobs.{shown_name(job)}.{FIELD}.{shown_name(name)}"
        yield from (
            f"{path}.{setting}: cannot differ from the job's, because {reason}; remove it"
            for setting, reason in OF_THE_JOB.items()
            if setting in own
        )
        schedule = own.get("schedule", {})  # null is told with the types
        if isinstance(schedule, Mapping) and "expression" not in schedule:
            yield f"{path}.schedule.expression: is required and not set"


def said_once(details: list[ErrorDetails], of_a_job: int = 2) -> list[ErrorDetails]:
    """Pydantic's errors without those that a further schedule has only because its job has them.

    `of_a_job` is how many names lead to a job's own settings: `training_jobs` and the job's, or none.
    """
    of_jobs = {_key(found, of_a_job) for found in details if FIELD not in found["loc"]}
    return [found for found in details if FIELD not in found["loc"] or _key(found, of_a_job) not in of_jobs]


def _key(found: ErrorDetails, of_a_job: int) -> tuple[Any, ...]:
    """What an error is about within its job, be it of the job or of a further schedule."""
    steps = found["loc"][of_a_job:]
    return (found["loc"][:of_a_job], steps[2:] if steps[:1] == (FIELD,) else steps, found["type"], found["msg"])


def _over(shared: Mapping[str, Any], own: Any) -> Any:  # noqa: ANN401 - any value of YAML
    """The job's values with a further schedule's; a setting of the job's that is wrong stays so, and is told once."""
    if not isinstance(own, Mapping):
        return own
    merged = _merged(shared, own)
    wrong = [name for name, value in own.items() if isinstance(value, Mapping) and _is_no_mapping(shared.get(name))]
    return merged | {name: shared[name] for name in wrong}


def _is_no_mapping(value: object) -> bool:
    return not (value is None or value == _NONE or isinstance(value, Mapping))


def _merged(shared: Any, own: Any) -> Any:  # noqa: ANN401 - any value of YAML
    if not isinstance(own, Mapping):
        return own
    merged = dict(shared) if isinstance(shared, Mapping) else {}
    for name, value in own.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = _merged(merged.get(name), value)
    return merged
