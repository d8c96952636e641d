"""docs/costs.md: what it shows is what is printed, whatever the figures of the day are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from operations.command_line import app

PROJECT = Path(__file__).parents[1]
PAGE = (PROJECT / "docs" / "costs.md").read_text()
BLOCKS = [
    block.partition("\n") for block in re.findall(r"```console\n\$ \.venv/bin/training-jobs (.*?)```", PAGE, re.S)
]


def without_figures(text: str) -> list[str]:
    return [re.sub(r"\d+", "#", line).rstrip() for line in text.strip().splitlines()]


def shown(beginning: str) -> tuple[str, str]:
    """What a block of the page prints and what the command prints now."""
    ((arguments, _, output),) = [block for block in BLOCKS if block[0].startswith(beginning)]
    done = CliRunner(env={"COLUMNS": "80"}).invoke(app, arguments.split())
    assert (done.exit_code, done.stderr) == (0, "")
    return output, done.stdout


def test_the_page_shows_what_the_command_prints_without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)
    output, now = shown("cost --offline")

    assert without_figures(output) == without_figures(now)


@pytest.mark.slow
def test_the_page_shows_the_line_of_a_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)
    output, now = shown("check")

    assert without_figures(output)[0] in without_figures(now)
