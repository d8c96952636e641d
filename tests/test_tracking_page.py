"""docs/tracking.md: what it writes as settings are settings, and the command that it shows is the one that is told."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.artifact_stores import READ_BY
from components.mlflow_names import artifact_store_command
from settings import parse_settings
from tests.stack_values import JOB, STAGING, changed

PAGE = (Path(__file__).parents[1] / "docs" / "tracking.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def tracking_of(block: str) -> Any:  # noqa: ANN401 - a mapping, or a word
    return yaml.safe_load(block)["config"]["scheduled-training:training_jobs"]["breast-cancer"]["tracking"]


@pytest.mark.parametrize("block", BLOCKS, ids=["app", "looked up", "none"])
def test_what_the_page_writes_is_taken(block: str) -> None:
    values = changed(f"{JOB}/tracking", tracking_of(block))
    assert parse_settings(values, "staging", "us-east-1").training_jobs


def test_the_page_shows_an_app_a_store_that_is_looked_up_and_nowhere() -> None:
    app, looked_up, nowhere = map(tracking_of, BLOCKS)

    assert (app["app"].split(":")[5].partition("/")[0], nowhere) == ("mlflow-app", "none")
    assert artifact_store_command(None, app["app"]) in PAGE.splitlines()
    written = STAGING["training_jobs"]["breast-cancer"]["tracking"]
    assert written.keys() - app.keys() == {"tracking_server"}
    assert looked_up == {name: value for name, value in written.items() if name != "artifact_store"}


def test_the_page_names_the_permissions_that_looking_up_takes() -> None:
    assert [action for actions in READ_BY.values() for action in actions if f"`{action}`" not in PAGE] == []
