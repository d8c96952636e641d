"""A setting that is wrong by itself hides nothing else, and brings up nothing that is not so."""

import copy
from collections.abc import Mapping
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.fitting import FittingModel
from components.job_args import JobSettingsError, ScheduledTrainingJobArgs
from tests.drawn_jobs import Values, stacks
from tests.faults_of_rooms import GOOD_JOB, KEY_ELSEWHERE
from tests.stack_values import problems, problems_of, sub_trees

JOB: Final = "training_jobs.churn"
GOOD: Final[Values] = GOOD_JOB | {"environment": {"A": "b"}}
WRONG_ALONE: Final[dict[str, Any]] = {
    "schedule.enabled": "yes",
    "schedule.time_zone": "Mars/Olympus",
    "resources.volume_size_in_gb": 0,
    "resources.instance_type": "m5.large",
    "channels.validation.s3_path": "b",
    "channels.training.content_type": 5,
    "output.s3_path": "models",
    "environment.A-B": "c",
    "hyperparameters": ["a"],
    "tracking.experiment_name": "",
    "checkpoint.local_path": "/opt/ml/model",
    "stopping_condition.max_runtime_in_seconds": 0,
    "managed_spot_trainig": True,
    "network.subnets": "subnet-1",
}
TOGETHER: Final[dict[str, tuple[Values, tuple[str, ...]]]] = {
    "managed_spot_training needs checkpoint.s3_path": (
        {"managed_spot_training": True, "stopping_condition": {"max_wait_time_in_seconds": 3600}},
        ("checkpoint", "managed_spot_trainig"),
    ),
    "managed_spot_training needs stopping_condition.max_wait_time": (
        {"managed_spot_training": True, "checkpoint": {"s3_path": "checkpoints/"}},
        ("stopping_condition", "managed_spot_trainig"),
    ),
    "environment.SM_HOSTS begins with SM_": ({"environment": {"SM_HOSTS": "x"}}, ()),
    "allowed with training_image.scikit_learn_version: types without GPU": (
        {"resources": {"instance_type": "ml.g5.xlarge"}},
        ("resources.instance_type",),
    ),
    "lies inside channels.training.s3_path": ({"output": {"s3_path": "in/a/out/"}}, ("output",)),
    "hyperparameters.sagemaker_program is set from source": (
        {"hyperparameters": {"sagemaker_program": "x"}},
        ("hyperparameters",),
    ),
    "channels.training.input_mode: got 'Pipe'": (
        {"channels": GOOD["channels"] | {"training": {"s3_path": "in/a/", "input_mode": "Pipe"}}},
        ("channels.training", "managed_spot_trainig"),
    ),
    "network_isolation: got true with remote_debug": ({"network_isolation": True, "remote_debug": True}, ()),
    "channels.odd: allowed: either s3_path": ({"channels": GOOD["channels"] | {"odd": {}}}, ()),
    "output.kms_key_arn: got 'arn:aws:kms:eu-west-1": (
        {"output": {"s3_path": "models/", "kms_key_arn": KEY_ELSEWHERE}},
        (),
    ),
    "end_date 2026-01-01T00:00:00Z is not after start_date": (
        {"schedule": GOOD["schedule"] | {"start_date": "2027-01-01T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"}},
        (),
    ),
}
"""A part of what is said -> the change of the good job, and the settings that the sentence may depend on."""


def stack(job: Values, **others: Values) -> Values:
    return {"bucket": "ml-bucket", "training_jobs": {"churn": job, **others}}


def put(job: Values, path: str, value: object) -> Values:
    changed = copy.deepcopy(job)
    *above, last = path.split(".")
    place = changed
    for name in above:
        place = place.setdefault(name, {})
    place[last] = value
    return changed


@pytest.mark.parametrize("path", WRONG_ALONE)
@pytest.mark.parametrize("said", TOGETHER)
def test_what_does_not_fit_together_is_told_beside_a_setting_that_is_wrong(said: str, path: str) -> None:
    change, about = TOGETHER[said]
    lines = problems(stack(put(copy.deepcopy(GOOD | change), path, WRONG_ALONE[path])), "prod")

    assert [line for line in lines if line.startswith(f"{JOB}.{path}")]
    if not path.startswith(about):
        assert [line for line in lines if said in line]


@pytest.mark.parametrize("said", TOGETHER)
def test_each_of_them_is_told_when_it_is_alone(said: str) -> None:
    (line,) = problems(stack(GOOD | TOGETHER[said][0]), "prod")

    assert said in line


def test_faults_of_all_jobs_are_told_at_once() -> None:
    jobs = {
        "wrong": put(GOOD, "schedule.enabled", "yes"),
        "unfit": GOOD | {"managed_spot_training": True},
        "long-long-long-long-long-long": GOOD,
        "elsewhere": put(GOOD, "output.kms_key_arn", KEY_ELSEWHERE),
    }
    lines = problems({"bucket": "ml-bucket", "training_jobs": jobs, "tags": {"aws:x": "y"}}, "prod")

    assert [line.partition(": ")[0] for line in lines] == [
        "training_jobs.wrong.schedule.enabled",
        "training_jobs.unfit",
        "training_jobs.long-long-long-long-long-long",
        "training_jobs.elsewhere.output.kms_key_arn",
        "tags.aws:x",
    ]


def test_what_a_further_schedule_has_of_its_job_is_told_once() -> None:
    weekly = {"schedule": {"expression": "cron(0 4 ? * SUN *)", "enabled": "yes"}}
    job = GOOD | {"managed_spot_training": True, "further_schedules": {"weekly": weekly}}
    lines = problems(stack(put(job, "resources.instance_count", 0)), "prod")

    assert [line.partition(": ")[0] for line in lines] == [
        f"{JOB}.resources.instance_count",
        f"{JOB}.further_schedules.weekly.schedule.enabled",
        JOB,
    ]


def test_an_unknown_setting_may_be_the_one_that_seems_to_be_missing() -> None:
    spot = {"managed_spot_training": True, "stopping_condition": {"max_wait_time_in_seconds": 3600}}
    lines = problems(stack(GOOD | spot | {"chekpoint": {"s3_path": "checkpoints/"}}), "prod")

    assert len(lines) == 1
    assert "did you mean 'checkpoint'?" in lines[0]


def test_a_metric_with_a_wrong_name_may_be_the_one_that_an_alarm_asks_for() -> None:
    alarms = {"email": ["a@example.com"], "minimum_metrics": {"loss": 0.5}}
    job = GOOD | {"alarms": alarms, "metric_definitions": {"lo\nss": "loss=([0-9.]+)"}}

    assert [line for line in problems(stack(job), "prod") if "is no metric of the job" in line] == []


def test_a_program_is_told_all_at_once_as_well() -> None:
    job = put(GOOD | {"managed_spot_training": True}, "schedule.enabled", "yes")
    with pytest.raises(JobSettingsError) as refused:
        ScheduledTrainingJobArgs(bucket="ml-bucket", tags={"aws:x": "y"}, **job)

    first, second, third = map(str, refused.value.problems)
    assert first.startswith("schedule.enabled: got 'yes'")
    assert second.startswith("managed_spot_training needs checkpoint.s3_path")
    assert third.startswith("tags.aws:x: got")


def sentences(values: Values) -> set[str]:
    """Each thing that is said, with its place; of a further schedule as if it were of its job."""
    said = set()
    for line in problems_of(values):
        place, _, text = line.removeprefix("  scheduled-training:").partition(": ")
        said |= {(f"{place}: {each}").replace(".further_schedules.weekly", "") for each in text.split("\0")}
    return said


@st.composite
def spoilt(draw: st.DrawFn) -> tuple[Values, Values, list[str]]:
    """A stack, the same with some settings that are wrong by themselves, and the paths of these."""
    values = draw(stacks())
    worse, paths = apart(values), list[str]()
    for _ in range(draw(st.integers(1, 3))):
        job = worse["training_jobs"]["churn"]
        places = [place for place in sorted(sub_trees(job)) if place[0] not in {"hyperparameters", "further_schedules"}]
        *above, last = draw(st.sampled_from(places))
        place: Any = job
        for name in above:
            place = place[name]
        if isinstance(place[last], Mapping) and draw(st.booleans()):
            wrong_name = "no such\nname"
            place[last][wrong_name] = [[]]
            mapping = ".".join([*map(shown, above), shown(last)])
            # It is one entry more, too, which may be one too many.
            paths += [f"{mapping}.{shown(wrong_name)}", f"{mapping}: got a mapping of"]
        else:
            place[last] = [[]]
            paths.append(".".join([*map(shown, above), shown(last)]))
    return values, worse, paths


def apart(value: Any) -> Any:  # noqa: ANN401 - any part of a stack
    """A copy in which no part stands at two places."""
    if isinstance(value, dict):
        return {name: apart(part) for name, part in value.items()}
    return [apart(part) for part in value] if isinstance(value, list) else value


def shown(name: str) -> str:
    return repr(name)[1:-1]


def said_beside(drawn: tuple[Values, Values, list[str]]) -> set[str]:
    """What is said of the worse stack, not of what was spoilt, and not of the other one."""
    values, worse, paths = drawn
    of_the_spoilt = tuple(f"{JOB}.{path}" for path in paths)
    return {said for said in sentences(worse) if not said.startswith(of_the_spoilt)} - sentences(values)


@pytest.fixture
def told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between sentences stands what none has in it."""
    monkeypatch.setattr(FittingModel, "between", "\0")


@pytest.mark.usefixtures("told_apart")
@settings(max_examples=50, deadline=None, suppress_health_check=[*HealthCheck])
@given(spoilt())
def test_nothing_is_said_beside_a_wrong_setting_that_is_not_said_without_it(
    drawn: tuple[Values, Values, list[str]],
) -> None:
    assert said_beside(drawn) == set()


@pytest.mark.soak
@pytest.mark.usefixtures("told_apart")
def test_nothing_is_said_beside_a_wrong_setting_of_thousands_that_is_not_said_without_it() -> None:
    found = list[set[str]]()  # and not the stacks, which take long to make small and to print

    @settings(max_examples=3000, deadline=None, suppress_health_check=[*HealthCheck])
    @given(spoilt())
    def collect(drawn: tuple[Values, Values, list[str]]) -> None:
        found.extend(filter(None, [said_beside(drawn)]))

    collect()

    assert found == []


def test_too_many_entries_are_told_though_one_of_them_is_wrong() -> None:
    channels = {f"c{number}": {"s3_path": f"in/{number}/"} for number in range(20)}
    lines = problems(stack(GOOD | {"channels": channels | {"odd": {"s3_path": "in"}}}), "prod")

    assert [line.partition("; ")[0] for line in lines] == [
        f"{JOB}.channels.odd.s3_path: got 'in'",
        f"{JOB}.channels: got a mapping of 21",
    ]


def test_what_a_further_schedule_changes_of_a_setting_that_is_wrong_is_not_judged() -> None:
    further = {
        "weekly": {"schedule": {"expression": "rate(7 days)"}, "stopping_condition": {"max_runtime_in_seconds": 9}}
    }
    spot = {"managed_spot_training": True, "checkpoint": {"s3_path": "checkpoints/"}, "further_schedules": further}
    (line,) = problems(stack(GOOD | spot | {"stopping_condition": ["a"]}), "prod")

    assert line.startswith(f"{JOB}.stopping_condition: got a list of 1")
