from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from components.schedule_notes import job_notes
from components.source_spec import Source
from components.training_image_spec import TrainingImage
from settings import ScheduledJobSettings, TrainingJobSettings

NOW = datetime(2026, 11, 27, tzinfo=UTC)
JOB = "breast-cancer"
Changed = Callable[..., ScheduledJobSettings]


@pytest.fixture
def changed(staging: TrainingJobSettings) -> Changed:
    """Staging's job with another schedule."""

    def change(**changes: object) -> ScheduledJobSettings:
        schedule = staging.schedule.model_validate(staging.schedule.model_dump() | changes)
        return staging.model_copy(update={"schedule": schedule})

    return change


def notes(spec: ScheduledJobSettings, **further: ScheduledJobSettings) -> list[str]:
    """Of a job and its further schedules, without the path that they all begin with."""
    specs = {JOB: spec} | {f"{JOB}.further_schedules.{name}": each for name, each in further.items()}
    found = job_notes(JOB, specs, NOW)
    assert all(note.startswith(f"training_jobs.{JOB}.") for note in found)
    return [note.removeprefix(f"training_jobs.{JOB}.") for note in found]


def test_there_is_nothing_to_say_of_the_committed_stacks(
    staging: TrainingJobSettings, prod: TrainingJobSettings
) -> None:
    assert notes(staging) == notes(prod) == []


def test_a_start_date_that_has_passed_is_left_out_and_said(changed: Changed) -> None:
    said = (
        "schedule.start_date: got 2026-11-27T00:00:00Z, which has passed: it is left out of what is sent, because "
        "EventBridge Scheduler takes none that is over{}; remove it"
    )

    assert notes(changed(start_date=NOW)) == [said.format("")]
    assert notes(changed(start_date=NOW, expression="rate(1 day)")) == [
        said.format(", and a rate counts from its deployment then")
    ]
    assert notes(changed(start_date="2026-11-27T00:00:01Z")) == []


def test_an_enabled_rate_without_a_start_to_come_fires_at_once(changed: Changed) -> None:
    said = (
        "schedule.expression: got 'rate(1 day)' without a start_date to come: an enabled rate fires at once when it is "
        "deployed, and counts from there; set a start_date, or write a cron expression"
    )

    assert notes(changed(expression="rate(1 day)", enabled=True)) == [said]
    assert notes(changed(expression="rate(1 day)", enabled=True, start_date="2026-01-01T00:00:00Z"))[1:] == [said]
    assert notes(changed(expression="rate(1 day)", enabled=True, start_date="2026-12-01T00:00:00Z")) == []
    assert notes(changed(expression="rate(1 day)")) == []


def test_deletion_is_for_schedules_that_complete_and_then_concerns_the_program(changed: Changed) -> None:
    got = "schedule.action_after_completion: got 'DELETE'"

    assert notes(changed(action_after_completion="DELETE")) == [
        f"{got} for a schedule that never completes: cron(0 3 * * ? *) has no end_date; set one, or remove it"
    ]
    assert notes(changed(action_after_completion="DELETE", end_date="2027-01-01T00:00:00Z")) == [
        f"{got}: AWS deletes the schedule when it is over, and the next update after a refresh makes it again; remove "
        "the schedule from the settings then"
    ]
    assert notes(changed(action_after_completion="NONE")) == []


def test_the_next_change_of_the_clocks_in_each_direction_is_named(changed: Changed) -> None:
    got = "schedule.time_zone: got 'Europe/Berlin' with cron(30 2 * * ? *)"
    cure = "choose a time outside 02:00-03:00, or UTC, if that matters"

    assert notes(changed(expression="cron(30 2 * * ? *)", time_zone="Europe/Berlin")) == [
        f"{got}: on 2027-03-28 clocks are put forward from 02:00 to 03:00, and 02:30 does not fire; {cure}",
        f"{got}: on 2027-10-31 clocks are put back from 03:00 to 02:00, and 02:30, which comes twice, fires once; "
        f"{cure}",
    ]


def test_several_times_within_a_change_are_counted(changed: Changed) -> None:
    first, second = notes(changed(expression="cron(0/20 * * * ? *)", time_zone="Europe/Berlin"))

    assert "and 02:00 and 2 more do not fire" in first
    assert "and 02:00 and 2 more, which come twice, fire once" in second


@pytest.mark.parametrize(
    ("expression", "zone"),
    [
        ("cron(0 3 * * ? *)", "Europe/Berlin"),
        ("cron(59 1 * * ? *)", "Europe/Berlin"),
        ("cron(30 2 * * ? *)", "UTC"),
        ("cron(30 2 * * ? *)", "Asia/Kolkata"),
        ("cron(30 2 1 1 ? *)", "Europe/Berlin"),
        ("rate(1 hour)", "Europe/Berlin"),
        ("at(2027-03-28T03:00:00)", "Europe/Berlin"),
    ],
)
def test_times_that_clocks_show_once_have_no_note(expression: str, zone: str, changed: Changed) -> None:
    assert notes(changed(expression=expression, time_zone=zone)) == []


def test_a_one_time_schedule_at_a_time_that_never_comes_has_a_note(changed: Changed) -> None:
    (said,) = notes(changed(expression="at(2027-03-28T02:30:00)", time_zone="Europe/Berlin"))

    assert "with at(2027-03-28T02:30:00): on 2027-03-28 clocks are put forward" in said


def test_code_of_ones_own_on_several_machines_has_a_note(staging: TrainingJobSettings) -> None:
    machines = staging.resources.model_copy(update={"instance_count": 2})
    several = staging.model_copy(update={"resources": machines})
    own = Source(directory="own_code", s3_path=staging.source.s3_path)

    assert notes(several) == [], "ours shares"
    assert notes(staging.model_copy(update={"source": own})) == [], "one machine shares nothing"
    assert notes(several.model_copy(update={"source": own})) == [
        "resources.instance_count: got 2 with the code in own_code/: each of them runs the whole script, so that it "
        "has to share the work and to let one of them save and register (SM_HOSTS and SM_CURRENT_HOST tell which); see "
        "that it does, or set it to 1"
    ]


def test_what_an_image_suggests_is_noted(staging: TrainingJobSettings) -> None:
    image = TrainingImage(uri="123456789012.dkr.ecr.us-east-1.amazonaws.com/training:1-gpu")

    (said,) = notes(staging.model_copy(update={"training_image": image}))

    assert said.startswith("resources.instance_type: got 'ml.m5.large' without a GPU")


def test_an_image_that_aws_patches_no_more_and_a_start_of_ones_own_are_noted(staging: TrainingJobSettings) -> None:
    image = TrainingImage(framework="pytorch", version="2.5", entrypoint=("python3", "/opt/a.py"))

    old, start = notes(staging.model_copy(update={"training_image": image}))

    assert old.startswith("training_image.version: got '2.5', whose image 2.5.1 AWS has patched until 2025-10-29:")
    assert start.startswith("training_image.entrypoint: is set, so that no toolkit")


def test_a_note_of_the_job_is_not_said_again_of_its_further_schedules(changed: Changed) -> None:
    job = changed(expression="cron(0 3 * * ? *)", start_date="2026-01-01T00:00:00Z")
    weekly = changed(expression="cron(0 12 ? * SUN *)", start_date="2026-01-01T00:00:00Z")
    monthly = changed(expression="cron(0 18 1 * ? *)", start_date="2026-02-01T00:00:00Z")

    assert [note.partition(": ")[0] for note in notes(job, weekly=weekly, monthly=monthly)] == [
        "schedule.start_date",
        "further_schedules.monthly.schedule.start_date",
    ]


def test_runs_of_two_schedules_that_may_meet_are_named_with_the_first_date(changed: Changed) -> None:
    weekly = changed(expression="cron(30 3 ? * SUN *)")

    assert notes(changed(), weekly=weekly) == [
        "further_schedules.weekly.schedule.expression: its run of 2026-11-29 03:30 UTC starts while that of "
        "training_jobs.breast-cancer.schedule of 03:00 may take until 2026-11-29 04:00; both train and register: "
        "choose another time, or a shorter stopping condition"
    ]


def test_two_schedules_at_the_same_minute_are_told_once(changed: Changed) -> None:
    assert len(notes(changed(), weekly=changed())) == 1


def test_two_schedules_that_keep_clear_have_no_note(changed: Changed) -> None:
    assert notes(changed(), weekly=changed(expression="cron(0 4 ? * SUN *)")) == []
