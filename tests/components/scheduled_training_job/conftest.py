"""Staging's job, and what it declares."""

import pytest

from components.aws_names import JobNames
from components.prepared_job import PreparedJob
from components.source_bundle import SourceBundle
from settings import TrainingJobSettings
from tests.components.scheduled_training_job.declaring import TAGS, Declare, DeclaredResources, program


@pytest.fixture(scope="module")
def args(
    staging: TrainingJobSettings,
    staging_names: JobNames,
    bundle: SourceBundle,
    tmp_path_factory: pytest.TempPathFactory,
) -> PreparedJob:
    return PreparedJob(
        names=staging_names,
        training_job=staging,
        schedule=staging.schedule,
        source_bundle=bundle,
        bundle_directory=tmp_path_factory.mktemp("bundles"),
        tags=TAGS,
    )


@pytest.fixture(scope="module")
def declared(declare: Declare, args: PreparedJob) -> DeclaredResources:
    """What staging's job declares; declared once, as nobody changes it."""
    return declare(program(args))
