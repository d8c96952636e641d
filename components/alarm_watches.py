"""The schedules that watch a job's: at the same times each starts the state machine, which waits and looks."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from .alarm_names import AlarmNames
from .alarm_spec import Alarms
from .schedule_input import SCHEDULED_TIME
from .schedule_spec import ScheduleSpec
from .training_job_spec import TrainingJobSpec

RETRIES: Final = 2
EVENT_AGE_IN_SECONDS: Final = 3600
RATE_SLACK: Final = timedelta(minutes=1)
"""EventBridge Scheduler fires within the minute. Source: its User Guide, "Troubleshooting"."""
LAUNCH_IN_SECONDS: Final = 1800
"""Ours: until a machine has been found, its image and its data have been brought. SageMaker names no limit for it."""


@dataclass(frozen=True)
class Watch:
    """What watches one schedule: its own name, the schedule (which it shares), and what the state machine is told."""

    name: str
    schedule: ScheduleSpec
    target_input: str


def watch_of(
    names: AlarmNames, alarms: Alarms, job: TrainingJobSpec, schedule: ScheduleSpec, *, further: str = ""
) -> Watch:
    """The watch of the job's schedule, or of the further one of that name."""
    period = schedule.rate_period
    # Two rates count from when each was made, so the run before may belong to this time.
    look_back = max(timedelta(0), period - RATE_SLACK) if period else timedelta(0)
    told = {
        "id": f"missed-{further}" if further else "missed",
        "schedule": names.job.further_schedule_name(further) if further else names.job.schedule_name,
        "schedule_arn": names.job.further_schedule_arn(further) if further else names.job.schedule_arn,
        "scheduled_time": SCHEDULED_TIME,
        "wait": longest_run_in_seconds(job, schedule) + 60 * alarms.grace_in_minutes,
        "look_back": int(look_back.total_seconds()),
    }
    return Watch(names.watch_name(further), schedule, json.dumps(told, separators=(",", ":")))


def longest_run_in_seconds(job: TrainingJobSpec, schedule: ScheduleSpec) -> int:
    """From the scheduled time until a run must have ended: late start, retries, machines, training."""
    stopping = job.stopping_condition
    window = 60 * (schedule.flexible_time_window_in_minutes or 0)
    retries = schedule.maximum_event_age_in_seconds if schedule.maximum_retry_attempts else 0
    training = stopping.max_wait_time_in_seconds or stopping.max_runtime_in_seconds
    return window + retries + (stopping.max_pending_time_in_seconds or 0) + LAUNCH_IN_SECONDS + training
