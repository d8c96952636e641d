"""The real engine where the Pulumi CLI is on PATH; elsewhere its tests skip and say why."""

import importlib
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.declaring.program import OfflineMocks, declare
from tests.engine.provider_stand_in import Provider, serving
from tests.engine.pulumi_cli import Engine, Previewed

with warnings.catch_warnings():
    # pulumi_aws warns of its own deprecated classes when it loads this module, whether anybody uses them or not.
    warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"pulumi_aws\.s3\.")
    importlib.import_module("pulumi_aws.s3.bucket")


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    with serving() as started:
        yield started


@pytest.fixture(scope="session")
def _cli() -> None:
    if shutil.which("pulumi") is None:
        pytest.skip("the Pulumi CLI is not on PATH (https://www.pulumi.com/docs/install/): nothing to test against")


@pytest.fixture(scope="session")
def engine(_cli: None, provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return Engine(tmp_path_factory.mktemp("pulumi"), provider)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("engine")


@pytest.fixture(scope="session", params=["staging", "prod"])
def previewed(request: pytest.FixtureRequest, engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Previewed:
    """A stack's first preview, run as `make preview STACK=...`."""
    stack: str = request.param
    project = engine.project(tmp_path_factory.mktemp("preview") / stack)
    assert project.pulumi("stack", "init", stack).exit_code == 0
    run = project.make("preview", stack)
    declaration = declare(project.directory, stack, lambda region: OfflineMocks(region=region), preview=True)
    return Previewed(stack, run, declaration, project)
