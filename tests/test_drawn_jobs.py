"""Whatever job is accepted, AWS takes what becomes of it; and it is the same after a way through YAML or JSON."""

import json
from collections import Counter

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings

from components.schedule_input import target_input
from settings import Settings, SettingsError, parse_settings
from tests.drawn_jobs import Values, stacks
from tests.job_requests import faults_of, requests_of

SLOW_DRAWING = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)


def accepted(values: Values) -> Settings | None:
    """The settings of values that are good; what is said of others names its setting, each line."""
    try:
        return parse_settings(values, "prod", "us-east-1")
    except SettingsError as error:
        _, *lines = str(error).splitlines()
        assert lines
        assert [line for line in lines if not line.startswith("  scheduled-training:")] == []
        return None


def as_values(parsed: Settings) -> Values:
    """The settings as a stack would write them: what was said, in the models' own words."""
    values: Values = parsed.model_dump(mode="json", exclude_unset=True)
    del values["stack"], values["region"]
    for job in values["training_jobs"].values():
        for spec in (job, *job.get("further_schedules", {}).values()):
            if spec["tracking"] is None:
                spec["tracking"] = "none"
        for further in job.get("further_schedules", {}).values():
            for of_the_job in ("source", "execution_role_arn", "permissions_boundary_arn"):
                further.pop(of_the_job, None)
    return values


def assert_that_aws_takes_it(values: Values) -> bool:
    """Whether the values are accepted; then all that follows holds."""
    parsed = accepted(values)
    if parsed is None:
        return False
    try:
        requests = list(requests_of(parsed))
    except ValueError as error:
        # What all of a job comes to is known with its code, names and tags only: a check and a preview say it.
        told = ("the target input has ", "execution_role_arn: got ")
        assert str(error).startswith(told)  # noqa: PT017
        return False
    for request, schedule in requests:
        text = schedule["Target"]["Input"]
        assert faults_of(request, schedule) == []
        assert json.loads(text) == request
        assert target_input(json.loads(text)) == text
    written = yaml.safe_dump(values)
    assert accepted(yaml.safe_load(written)) == parsed
    if any(job.further_schedules for job in parsed.training_jobs.values()):
        return True  # there null takes a setting out, so that what is completed cannot be written down again
    again = accepted(yaml.safe_load(yaml.safe_dump(as_values(parsed))))
    assert again is not None
    assert again.model_dump() == parsed.model_dump()
    return True


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW_DRAWING)
@given(stacks())
def test_aws_takes_every_job_that_is_accepted(values: Values) -> None:
    assert_that_aws_takes_it(values)


@pytest.mark.soak
def test_aws_takes_every_job_that_is_accepted_of_thousands(capsys: pytest.CaptureFixture[str]) -> None:
    outcomes = Counter[bool]()

    @settings(max_examples=3000, deadline=None, suppress_health_check=SLOW_DRAWING)
    @given(stacks())
    def judged(values: Values) -> None:
        outcomes[assert_that_aws_takes_it(values)] += 1

    judged()

    with capsys.disabled():
        print(f"\naccepted {outcomes[True]}, refused {outcomes[False]}")  # noqa: T201 - what the run is for
    assert outcomes[True] > outcomes.total() / 4


def test_a_good_share_of_what_is_drawn_is_accepted() -> None:
    outcomes = Counter[bool]()

    @settings(
        max_examples=120,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=SLOW_DRAWING,
    )
    @given(stacks())
    def drawn(values: Values) -> None:
        outcomes[accepted(values) is not None] += 1

    drawn()

    assert outcomes[True] > outcomes.total() / 4, outcomes
