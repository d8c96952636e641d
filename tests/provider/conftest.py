import copy
import importlib
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.provider.engine_stand_in import Plugin, started

with warnings.catch_warnings():
    # pulumi_aws warns of its own deprecated classes when it loads this module, whether anybody uses them or not.
    warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"pulumi_aws\.s3\.")
    importlib.import_module("pulumi_aws.s3.bucket")

EXAMPLE = Path(__file__).parents[2] / "examples" / "yaml" / "Pulumi.yaml"


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program's directory: no repository of ours, and with a script of its own."""
    directory = tmp_path_factory.mktemp("program")
    (directory / "mine").mkdir()
    (directory / "mine" / "fit.py").write_text("print('fitted')\n")
    return directory


@pytest.fixture(scope="session")
def plugin(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plugin]:
    with started(program, tmp_path_factory.mktemp("cache")) as running:
        yield running


@pytest.fixture
def inputs() -> dict[str, Any]:
    """Those of the YAML example, as the engine sends them."""
    text = EXAMPLE.read_text().replace("2030-01-07T04:00:00Z", '"2030-01-07T04:00:00Z"')
    return copy.deepcopy(yaml.safe_load(text)["resources"]["readmission"]["properties"])
