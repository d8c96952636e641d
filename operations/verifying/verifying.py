"""`training-jobs verify`: the first flight of a stack, from the doctor to a report that others may read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from operations.console import print_hanging, write_document
from operations.costs.asking import PricesOfPlace
from operations.costs.run_cost import longest_run_cost
from operations.doctor.diagnosis import findings, unseen
from operations.doctor.printing import look, show
from operations.jobs.deployed_schedules import choose_schedule
from operations.jobs.operated_stack import OperatedStack
from operations.jobs.running import print_change, runner_for
from operations.verifying.alarm_asking import AlarmTest
from operations.verifying.flight import Flight, fly
from operations.verifying.permission_asking import Flown, permissions_of
from operations.verifying.permissions import RoleUse, step_of
from operations.verifying.price import question
from operations.verifying.report import Told, as_markdown
from operations.verifying.steps import Outcome, Step, doctor_step, has_passed
from operations.verifying.watch_asking import WatchTest
from rehearsal.errors import RehearsalError
from rehearsal.invoking.deployed_schedule import DeployedSchedule
from rehearsal.judging.judgement import sample_request

JSON_VERSION: Final = 1
"""Of the document; goes up when a member is renamed or taken out. New members may come at any time."""
_MARKS: Final = {Outcome.PASSED: ("✓", "green"), Outcome.FAILED: ("✗", "bold red"), Outcome.SKIPPED: ("–", "yellow")}


class NotAgreedError(RehearsalError):
    """Nobody has agreed to the price; nothing was started."""


@dataclass(frozen=True)
class Wanted:
    """What is to be verified, and how."""

    job: str | None = None
    interrupt: bool = False
    report: Path | None = None
    as_json: bool = False
    agrees: Callable[[str], bool] = lambda _: False
    """Whether whoever pays agrees to what it may cost at most; not asked in a rehearsal."""
    agrees_to_messages: Callable[[str], bool] = lambda _: False
    """Whether the alarms may be tried, whose messages go to whoever hears them; in a rehearsal they go to nobody."""


def verify(operated: OperatedStack, wanted: Wanted, console: Console) -> int:
    """Fly once; 1 where a step failed. The report is written in every case but one: that nobody agrees to the price.

    Raises:
        NotAgreedError: that is so.
        RehearsalError: it cannot be told what would run, or a job cannot be started.
    """
    job, found = choose_schedule(operated.place, operated.jobs, wanted.job, None)
    assert found.deployed is not None  # noqa: S101 - choose_schedule has seen to it
    facts = look(operated.project_dir, operated.name, operated.place, outputs=operated.named.outputs, job=job.name)
    done = [doctor_step(findings(facts), unseen(facts))]
    show(facts, findings(facts), unseen(facts), console)
    _print_step(done[0], console)
    request = _sent(found.deployed)
    uses: list[RoleUse] = []
    if has_passed(done):
        alarm_test = AlarmTest(operated.place, job, facts.jobs[0].topic)
        _agree(request, operated, wanted, alarm_test, console)
        send = alarm_test.has_alarms and wanted.agrees_to_messages(alarm_test.question)
        runner = runner_for(operated, console)
        flight = Flight(
            operated, found.deployed, runner, lambda run: print_change(run, console), console, wanted.interrupt
        )
        _take(fly(flight), done, console)
        if flight.completed:
            _take(alarm_test.steps(flight.completed[0], send=send), done, console)
            _take(WatchTest(operated.place, job).steps(flight.completed[0], send=send), done, console)
            uses = permissions_of(operated.place, job, Flown(facts.now, datetime.now(UTC)))
            _take([step_of(uses, is_rehearsal=operated.place.is_rehearsal)], done, console)
    report = wanted.report or Path(f"verify-{operated.name}.md")
    told = Told(facts, done, datetime.now(UTC), operated.place.is_rehearsal, request, uses)
    report.write_text(as_markdown(told), encoding="utf-8")
    if wanted.as_json:
        write_document(as_document(operated.name, job.name, done, report, uses))
    print_hanging(console, Text("report  "), Text(f"{report}: names are replaced, read it before you hand it on"))
    return 0 if has_passed(done) else 1


def _sent(schedule: DeployedSchedule) -> Mapping[str, Any]:
    """What a schedule sends; nothing of one that somebody has broken by hand, of which the doctor tells."""
    try:
        return sample_request(schedule)
    except ValueError:
        return {}


def _agree(
    request: Mapping[str, Any], operated: OperatedStack, wanted: Wanted, alarm_test: AlarmTest, console: Console
) -> None:
    """Say what it may cost and who hears of it, and see that whoever pays agrees."""
    if operated.place.is_rehearsal:
        return
    scope = next(iter(operated.jobs.values())).scope
    prices = PricesOfPlace(operated.place)
    one = longest_run_cost(request, prices(scope.region, scope.partition))
    asked = question(one, interrupt=wanted.interrupt, is_heard=alarm_test.has_alarms)
    price = "; ".join([asked, *prices.notes])
    print_hanging(console, Text("price  "), Text(price))
    if not wanted.agrees(price):
        raise NotAgreedError(f"nothing was started: {price}. Agree to it, or say --yes where nobody can be asked")


def as_document(stack: str, job: str, done: list[Step], report: Path, uses: Sequence[RoleUse] = ()) -> dict[str, Any]:
    """The same for programs, with the names that are."""
    return {
        "version": JSON_VERSION,
        "stack": stack,
        "job": job,
        "passed": has_passed(done),
        "steps": [asdict(each) for each in done],
        "permissions": [asdict(each) for each in uses],
        "report": str(report),
    }


def _take(steps: Iterable[Step], done: list[Step], console: Console) -> None:
    """Show each step as soon as it is over."""
    for step in steps:
        done.append(step)
        _print_step(step, console)


def _print_step(step: Step, console: Console) -> None:
    mark, style = _MARKS[step.outcome]
    print_hanging(console, Text.assemble((mark, style), " "), Text.assemble((step.name, "bold"), f"  {step.text}"))
