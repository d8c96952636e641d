"""`training-jobs report` on a deployed stack: the file that it writes, what it says, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from operations.jobs.operated_stack import OperatedStack
from operations.named_stack import Named
from operations.report import reporting
from operations.report.reporting import Wish, write_report
from rehearsal.errors import RehearsalError
from tests.operations.deployed_stack import FIRST, DeployedStack
from tests.operations.projects import ROOT, typed

pytestmark = pytest.mark.slow


@pytest.fixture
def runs(deployed: DeployedStack, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Two training jobs of the deployed stack, the newer of which failed; gone afterwards."""
    monkeypatch.chdir(deployed.project)
    metrics = [{"MetricName": "accuracy", "Value": 0.95, "Timestamp": FIRST}]
    names = [
        deployed.run_job(FinalMetricDataList=metrics),
        deployed.run_job("Failed", due=FIRST + timedelta(days=1), FailureReason="AlgorithmError: <b>no rows</b>"),
    ]
    yield names
    for name in names:
        deployed.clients.sagemaker.delete_training_job(TrainingJobName=name)


def test_a_report_is_one_file_with_what_the_stack_does_and_is_opened(
    deployed: DeployedStack, runs: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, browser, opened = tmp_path / "prod.html", tmp_path / "browser", tmp_path / "opened"
    browser.write_text(f'#!/bin/sh\nprintf "%s" "$1" > {opened}\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{browser} %s")

    done = typed("report", "--rehearsal", "--output", str(file), "--json", "--open")

    document = json.loads(done.stdout)
    text = file.read_text()
    assert done.exit_code == 1
    assert (document["file"], document["bytes"]) == (str(file), len(text.encode()))
    assert document["training_jobs"] == {deployed.job.name: len(deployed_names(deployed))}
    assert [each["what"] for each in document["findings"] if each["fault"]] == [
        "the last run that ended has failed: <b>no rows</b>"
    ]
    assert [each["cure"] for each in document["findings"] if each["fault"]] == [
        f"training-jobs logs {runs[1]} --rehearsal"
    ]
    assert all(f"<code>{name}</code>" in text for name in runs)
    assert "&lt;b&gt;no rows&lt;/b&gt;" in text
    assert deployed.job.schedule_name in text
    assert opened.read_text() == file.as_uri()


def operated(stack: DeployedStack) -> OperatedStack:
    return OperatedStack.of(stack.project, Named(stack.stack, rehearsal=True))


def deployed_names(stack: DeployedStack) -> list[str]:
    """Its training jobs, without those of other prefixes that other tests have left."""
    pages = stack.clients.sagemaker.get_paginator("list_training_jobs").paginate()
    names = [job["TrainingJobName"] for page in pages for job in page["TrainingJobSummaries"]]
    return [name for name in names if name.startswith(f"{stack.job.training_job_name_prefix}-")]


def test_a_file_that_cannot_be_written_is_named(deployed: DeployedStack, tmp_path: Path) -> None:
    with pytest.raises(RehearsalError) as raised:
        write_report(operated(deployed), Wish(tmp_path / "missing" / "a.html", runs=1), None)

    assert str(raised.value) == (
        f"the report cannot be written to {tmp_path}/missing/a.html: No such file or directory; name another with "
        "--output"
    )


def test_two_that_write_the_same_report_at_the_same_moment_leave_a_whole_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, replace = tmp_path / "report.html", Path.replace

    def replace_after_another(path: Path, target: Path) -> Path:
        monkeypatch.setattr(Path, "replace", replace)
        with monkeypatch.context() as other:
            other.setattr(reporting.os, "getpid", lambda: 1)
            reporting._write(file, "another's", make_directory=False)
        return path.replace(target)

    monkeypatch.setattr(Path, "replace", replace_after_another)

    reporting._write(file, "whole", make_directory=False)

    assert file.read_text() == "whole"
    assert list(tmp_path.iterdir()) == [file]


def test_without_a_file_it_goes_where_git_does_not_look(
    deployed: DeployedStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(deployed.project)

    done = typed("report", "--rehearsal", "-n", "1")

    file = deployed.project / ".build" / "report-staging.html"
    assert f"{file} (" in done.stdout.replace("\n", "")
    assert file.read_text().startswith("<!doctype html>")
    assert ".build/" in (ROOT / ".gitignore").read_text().splitlines()
