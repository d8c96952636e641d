"""From what a program says of a job to a PreparedJob: AWS is asked where, the code is read, judged and packed.

A stack of many jobs prepares them together instead (`__main__.py`): one question for all of them.
"""

import os
from collections.abc import Mapping
from datetime import UTC, datetime

import pulumi
import pulumi_aws as aws

from .artifact_store_lookup import artifact_store_lookup
from .artifact_stores import Ask, with_artifact_stores
from .aws_names import AwsScope, JobNames
from .job_args import JobSettingsError, ScheduledTrainingJobArgs, problem_of_line
from .job_code import directories_of, job_codes
from .job_settings import OWN_TAGS, data_bucket_problems, name_prefix, name_problems, region_problems
from .prepared_job import FurtherSchedule, PreparedJob
from .program_places import ProgramPlaces
from .schedule_notes import job_notes
from .setting_problems import Problem
from .settings_judge import judge_beside_faults, judge_settings
from .source_bundle import read_source_files


def scope_of(component: pulumi.Resource) -> AwsScope:
    """The partition, region and account that a component's provider of AWS is set to, whichever it is given."""
    opts = pulumi.InvokeOptions(parent=component)
    return AwsScope(
        partition=aws.get_partition(opts=opts).partition,
        region=aws.get_region(opts=opts).region,
        account_id=aws.get_caller_identity(opts=opts).account_id,
    )


def prepared_for(component: pulumi.Resource, name: str, args: ScheduledTrainingJobArgs) -> PreparedJob:
    """Settle everything of one job, with what the component's provider of AWS answers; raises as `prepare`."""
    return prepare(name, args, scope_of(component), artifact_store_lookup(component))


def prepare(
    name: str, args: ScheduledTrainingJobArgs, scope: AwsScope, ask: Ask, environ: Mapping[str, str] = os.environ
) -> PreparedJob:
    """Settle everything of one job of the program and stack that run here; `ask` for artifact stores not written.

    Raises:
        JobSettingsError: what is wrong with the settings at this place, or what the training code says of them.
        SourceBundleError: the training code cannot be bundled.
        JudgeError: training code that judges settings could not be asked.
    """
    what, now = f"training job {name}", datetime.now(UTC).replace(microsecond=0)
    names = JobNames(scope, name_prefix(name, pulumi.get_stack()))
    problems = [
        *(Problem((), text) for text in name_problems(names.prefix)),
        *region_problems(args, scope.region),
        *data_bucket_problems(args.bucket, args.data_buckets, scope.region),
    ]
    places, specs = ProgramPlaces.of_this_process(environ), args.schedules_by_path(name)
    if problems:
        jobs = {path: (spec, names) for path, spec in specs.items()}
        more = judge_beside_faults(jobs, places.code, places.kept)
        raise JobSettingsError(what, [*problems, *(problem_of_line(line, name) for line in more)])
    filled, unknown_stores = with_artifact_stores({name: args}, ask)
    args = filled[name]
    specs = args.schedules_by_path(name)
    code_at = {directory: places.code(directory) for directory in directories_of(specs.values())}
    sources = {directory: read_source_files(path) for directory, path in code_at.items()}
    judged = judge_settings({path: (spec, names) for path, spec in specs.items()}, sources, code_at, places.kept)
    for note in (*judged.notes, *job_notes(name, specs, now)):
        pulumi.log.info(note.replace(f"training_jobs.{name}.", f"{what}: ", 1))
    problems = [
        *(problem for _, problem in unknown_stores),
        *(problem_of_line(line, name) for line in judged.problems),
    ]
    if problems:
        raise JobSettingsError(what, problems)
    codes = job_codes(specs, sources)
    tags = args.tags | dict(zip(OWN_TAGS, (pulumi.get_project(), pulumi.get_stack(), name), strict=True))
    further = {
        each: FurtherSchedule(
            spec,
            spec.schedule,
            codes[args.path_of(name, each)].bundle,
            codes[args.path_of(name, each)].packages,
            tags | {"schedule": each},
        )
        for each, spec in args.further_schedules.items()
    }
    return PreparedJob(
        names=names,
        training_job=args,
        schedule=args.schedule,
        source_bundle=codes[name].bundle,
        bundle_directory=places.kept,
        packages=codes[name].packages,
        data_buckets=args.data_buckets,
        tags=tags,
        further_schedules=further,
        now=now,
    )
