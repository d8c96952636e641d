"""Ask AWS and MLflow for what a report tells: the status, and the names of all training jobs.

Calls, beside those of the status: ListTrainingJobs, a hundred names with each, some at a time; those of the dead-letter
queues.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from botocore.exceptions import ClientError

from operations.aws_mistakes import DENIED, refused
from operations.jobs.operated_stack import OperatedStack
from operations.jobs.status_asking import Wanted, read_status
from operations.report.content import StackReport, left_out
from operations.report.listing import list_all
from operations.schedules.dead_letter_queues import HIDDEN_WHILE_LOOKING, Looked, give_back, look

PAGES_AT_MOST: Final = 120
"""So many pages of names are read for one job: of ten thousand, and of some of other prefixes between them."""
_LETTERS: Final = 50
"""Of each queue: a page tells of causes, and the command of each letter."""


def read_report(operated: OperatedStack, runs: int) -> StackReport:
    """A report of the stack, now; of the newest `runs` training jobs of each job everything is asked."""
    place, jobs = operated.place, list(operated.jobs.values())
    status = read_status(operated.project_dir, operated.name, place, jobs, Wanted(runs=runs))
    listed = {job.name: list_all(place.sagemaker, job.training_job_name_prefix, PAGES_AT_MOST) for job in jobs}
    looked = letters_of(operated)
    described = {job.name: len(job.history.runs) for job in status.jobs}
    names = {name: each.jobs for name, each in listed.items()}
    notes = [
        *status.notes,
        *looked.notes,
        *(
            f"{name}: there are more than the newest {len(each.jobs):,} training jobs; older ones are not shown"
            for name, each in listed.items()
            if each.cut_after
        ),
        *left_out(status.asked, names, described),
        *([f"about {looked.unseen} more dead letters are not counted"] if looked.unseen else []),
    ]
    return StackReport(status, names, operated.named, place.region, looked.letters, notes)


def letters_of(operated: OperatedStack) -> Looked:
    """The dead letters of the stack; of who may not look at queues, as many who only read may not, a note."""
    try:
        looked = look(operated.place, operated.jobs.values(), _LETTERS, HIDDEN_WHILE_LOOKING, operated.name)
    except ClientError as error:
        if error.response["Error"]["Code"] not in DENIED:
            raise
        return Looked(notes=[f"dead letters were not looked at: {refused(error)}"])
    return replace(looked, notes=[*looked.notes, *give_back(operated.place, looked, looked.letters)])
