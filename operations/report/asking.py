"""Ask AWS and MLflow for what a report tells: the status, and the names of all training jobs.

Calls, beside those of the status: ListTrainingJobs, a hundred names with each; those of the dead-letter queues.
"""

from __future__ import annotations

from typing import Final

from operations.jobs.history_asking import PAGE_SIZE, list_jobs
from operations.jobs.operated_stack import OperatedStack
from operations.jobs.status_asking import Wanted, read_status
from operations.report.content import StackReport, left_out
from operations.schedules.dead_letter_queues import HIDDEN_WHILE_LOOKING, give_back, look

PAGES_AT_MOST: Final = 120
"""So many pages of names are read for one job: of ten thousand, and of some of other prefixes between them."""
_LETTERS: Final = 50
"""Of each queue: a page tells of causes, and the command of each letter."""


def read_report(operated: OperatedStack, runs: int) -> StackReport:
    """A report of the stack, now; of the newest `runs` training jobs of each job everything is asked."""
    place, jobs = operated.place, list(operated.jobs.values())
    status = read_status(operated.project_dir, operated.name, place, jobs, Wanted(runs=runs))
    count = PAGES_AT_MOST * PAGE_SIZE
    listed = {job.name: list_jobs(place.sagemaker, job.training_job_name_prefix, count, PAGES_AT_MOST) for job in jobs}
    looked = look(place, jobs, _LETTERS, HIDDEN_WHILE_LOOKING, operated.name)
    give_back(place, looked, looked.letters)
    described = {job.name: len(job.history.runs) for job in status.jobs}
    names = {name: each.jobs for name, each in listed.items()}
    notes = [
        *status.notes,
        *looked.notes,
        *(
            f"{name}: there are more than the newest {len(each.jobs):,} training jobs; older ones are not shown"
            for name, each in listed.items()
            if each.cut_after or len(each.jobs) == count
        ),
        *left_out(status.asked, names, described),
        *([f"about {looked.unseen} more dead letters are not counted"] if looked.unseen else []),
    ]
    return StackReport(status, names, operated.named, place.region, looked.letters, notes)
