"""The stack: one ScheduledTrainingJob for each training job in its settings."""

import asyncio
import gc
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

import pulumi
import pulumi_aws as aws

from components.artifact_store_lookup import artifact_store_lookup
from components.artifact_stores import with_artifact_stores
from components.aws_names import AwsScope, JobNames
from components.job_code import directories_of, job_codes
from components.prepared_job import FurtherSchedule, PreparedJob
from components.schedule_notes import job_notes
from components.scheduled_training_job import ScheduledTrainingJob
from components.settings_judge import judge_beside_faults, judge_settings
from components.source_bundle import read_source_files
from components.training_packages import TrainingPackages
from settings import SettingsError, in_namespace, load_settings


def _quiet_when_interrupted(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    """Show no traceback over a finding: the engine interrupts the program when a policy of the stack stops it."""
    if not issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, traceback)


sys.excepthook = _quiet_when_interrupted
# The SDK keeps most of what is declared until the program ends: looking for garbage in it again and again takes a third
# of the time of a large stack, and more for each job the more there are.
gc.disable()

project_directory = Path(__file__).parent
kept_in = project_directory / ".build"
try:
    settings = load_settings()
except SettingsError as refused:
    more = judge_beside_faults(refused.known_jobs, lambda name: project_directory / name, kept_in)
    raise refused.beside(more) from None
scope = AwsScope(
    partition=aws.get_partition().partition, region=settings.region, account_id=aws.get_caller_identity().account_id
)
jobs, unknown_stores = with_artifact_stores(settings.training_jobs, artifact_store_lookup())


async def declare() -> pulumi.Inputs:
    """Declare all jobs, and give back what the stack exports: each job's outputs, by its name."""
    exports: dict[str, pulumi.Input[object]] = {}
    now = datetime.now(UTC).replace(microsecond=0)
    # Path of a schedule's settings -> what it starts: a job as it is, or with some settings changed.
    specs = {path: spec for name, job in jobs.items() for path, spec in job.schedules_by_path(name).items()}
    code_at = {name: project_directory / name for name in directories_of(specs.values())}
    sources = {name: read_source_files(directory) for name, directory in code_at.items()}
    names = {name: JobNames(scope, settings.name_prefix(name)) for name in jobs}
    asked = {path: (spec, names[path.partition(".")[0]]) for path, spec in specs.items()}
    judged = judge_settings(asked, sources, code_at, kept_in)
    notes = [note for name, job in jobs.items() for note in job_notes(name, job.schedules_by_path(name), now)]
    for note in (*judged.notes, *notes):
        pulumi.log.info(note)
    problems = [*(f"training_jobs.{job}.{problem}" for job, problem in unknown_stores), *judged.problems]
    if problems:
        raise SettingsError.of(settings.stack, in_namespace(settings.as_written(problems)))
    codes = job_codes(specs, sources)
    archives = [(specs[path].source.packages_prefix, each) for path, code in codes.items() for each in code.packages]
    uploaded = TrainingPackages("packages", archives, settings.tags_of_all).objects if archives else {}
    for name, job in jobs.items():
        further = {
            each: FurtherSchedule(
                training_job=spec,
                schedule=spec.schedule,
                source_bundle=codes[job.path_of(name, each)].bundle,
                packages=codes[job.path_of(name, each)].packages,
                tags=settings.tags_of(name, each),
            )
            for each, spec in job.further_schedules.items()
        }
        exports[name] = ScheduledTrainingJob(
            name,
            PreparedJob(
                names=names[name],
                training_job=job,
                schedule=job.schedule,
                source_bundle=codes[name].bundle,
                bundle_directory=kept_in,
                packages=codes[name].packages,
                uploaded=uploaded,
                data_buckets=settings.data_buckets,
                tags=settings.tags_of(name),
                further_schedules=further,
                now=now,
            ),
        ).outputs()
        # The SDK sends what was declared so far. Of all outputs that have no value yet it makes a list anew at each
        # answer, which took more time for each job the more there were.
        await asyncio.sleep(0)
    return exports


pulumi.run(declare)
