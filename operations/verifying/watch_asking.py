"""Tries whether a run that does not come would be told: asks EventBridge Scheduler and IAM, and has the machine look.

The machine is started as it starts itself for a watch, but with a time before a run that completed and with nothing to
wait for. So it asks SageMaker with its own role, finds the run, and tells nobody.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import uuid4

from components.alarm_names import AlarmNames
from components.aws_names import JobNames
from operations.deployed_jobs import StackJob, StackSchedule
from operations.doctor.asking.roles import ask_role
from operations.doctor.facts import Denial
from operations.doctor.finding import Unseen
from operations.jobs.deployed_schedules import find_schedule
from operations.jobs.history_asking import describe_job
from operations.next_times import in_utc
from operations.places import Place
from operations.verifying import watches
from operations.verifying.alarm_asking import WAITS_IN_SECONDS, AlarmTest, tried
from operations.verifying.steps import Step
from operations.verifying.watches import Watched
from rehearsal.errors import RehearsalError

_BEFORE: Final = timedelta(minutes=1)


class NotJudgedError(RehearsalError):
    """What IAM could not be asked for; the message says why."""


@dataclass(frozen=True)
class WatchTest:
    """Of the watches of one job, where it has alarms."""

    place: Place
    job: StackJob
    wait: Callable[[float], None] = time.sleep

    def steps(self, completed: str, *, send: bool) -> Iterator[Step]:
        """Each step as soon as it is over; `completed` is a training job of the flight of the job's own schedule.

        `send` is that somebody agreed to messages: a look that goes wrong sends one.
        """
        machine = self.job.alarm_machine_arn
        if machine is None:
            return
        yield tried(watches.WATCHED, lambda: self._watched(machine))
        if self.place.is_rehearsal:
            yield watches.not_looked_step("the embedded AWS runs no state machine")
        elif not send:
            yield watches.not_looked_step("nobody has agreed to test messages, and a look that goes wrong sends one")
        else:
            yield tried(watches.LOOKED, lambda: self._looked(machine, completed))

    def _watched(self, machine: str) -> Step:
        found = [self._found(name, each) for name, each in self.job.schedules.items()]
        faults = [fault for each in found if (fault := watches.watch_fault(each, machine))]
        return watches.watched_step(found, faults, list(self._denials(found, machine)))

    def _found(self, name: str, exported: StackSchedule) -> Watched:
        """A schedule and its watch; of one that is not there itself the doctor tells."""
        names = AlarmNames(JobNames(self.job.scope, self.job.training_job_name_prefix))
        watch = exported.model_copy(update={"schedule_name": names.watch_name(name)})
        schedule = find_schedule(self.place.scheduler, name, exported).deployed
        if schedule is None:
            raise NotJudgedError(f"{exported.schedule_name} itself is not deployed")
        return Watched(schedule, watch.schedule_name, find_schedule(self.place.scheduler, name, watch).deployed)

    def _denials(self, found: list[Watched], machine: str) -> Iterator[Denial]:
        """One role is that of all watches, but one that somebody changed by hand may have another."""
        roles = {each.watch.role_arn: each.watch for each in found if each.watch}
        for arn, watch in roles.items():
            calls = watches.starting_calls(watch, machine)
            role = ask_role(self.place.client("iam"), arn, calls, simulate=not self.place.is_rehearsal)
            if role is None:
                yield Denial(calls[0], f"{arn} does not exist")
                continue
            yield from role.trust
            if isinstance(role.permissions, Unseen):
                raise NotJudgedError(f"{role.permissions.what}: {role.permissions.reason}")
            yield from role.permissions

    def _looked(self, machine: str, completed: str) -> Step:
        watch = self._found("", self.job).watch
        if watch is None:
            return watches.not_looked_step("there is no watch whose words could be taken")
        since = in_utc(describe_job(self.place.sagemaker, completed).created - _BEFORE)
        name = f"test-{uuid4()}"
        self.place.client("stepfunctions").start_execution(
            stateMachineArn=machine, name=name, input=watches.look_input(watch, since)
        )
        execution = AlarmTest(self.place, self.job, None, self.wait).execution(name)
        return watches.looked_step(completed, execution, WAITS_IN_SECONDS)
