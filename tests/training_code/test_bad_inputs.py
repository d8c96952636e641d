"""Every bad input that has been tried, with the message it gets; docs/bad-inputs.md is this table.

After a change of a message: `UPDATE_DOCS=1 python -m pytest tests/training_code/test_bad_inputs.py`.
"""

from __future__ import annotations

import contextlib
import io
import os
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

import inference
from data import dataset
from endpoint.model import Model
from failure import TrainingError
from growing import forest
from growing.cluster import Cluster
from options import environment, hosts
from rehearsal.running.kept_record import RegistrationError, kept_record
from tests.training_code.bad_inputs import DATA, HOSTS, KEPT, REQUESTS, TOLD, Case

PAGE = Path(__file__).parents[2] / "docs" / "bad-inputs.md"
ENVIRON = {
    "SM_CHANNEL_TRAINING": "/opt/ml/input/data/training",
    "TRAINING_JOB_NAME": "job",
    "MLFLOW_TRACKING_URI": "http://mlflow:5000",
    "MLFLOW_EXPERIMENT_NAME": "experiment",
    "REGISTERED_MODEL_NAME": "model",
}


def message_of(case: Case, directory: Path) -> str:
    for name, files in (("training", case.files), ("validation", case.validation or {})):
        (directory / name).mkdir(parents=True)
        for file, content in files.items():
            path = directory / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
    environ = {key: value for key, value in (ENVIRON | case.environ).items() if key != case.without}
    told = case.told if "--n_jobs" in case.told else ["--n_jobs", "1", *case.told]
    with pytest.raises(TrainingError) as caught, contextlib.redirect_stdout(io.StringIO()):
        attempt(told, environ, directory, case.validation is not None)
    return str(caught.value)


def attempt(told: Sequence[str], environ: Mapping[str, str], directory: Path, validation: bool) -> None:
    """As far as a training job gets before it has a model."""
    found = hosts.read(environ)
    _, settings, _ = environment.read(told, environ)
    Cluster(found, client=object() if found.are_several else None).require_shareable(settings)
    data = dataset.read(directory / "training", directory / "validation" if validation else None, settings)
    forest.grow(settings, data.training)


def answer_to(body: str, content_type: str) -> str:
    class Nothing:
        """Never asked."""

    with pytest.raises(ValueError) as caught:
        inference.predict_fn(inference.input_fn(body, content_type), Model(Nothing(), ("a", "b")))
    return str(caught.value)


def answer_of_register(files: Mapping[str, bytes], whole: float, directory: Path) -> str:
    """What `training-jobs register` says of an output of these files, of which `whole` is there."""
    directory.mkdir()
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    path = directory / "output.tar.gz"
    path.write_bytes(body.getvalue()[: round(len(body.getvalue()) * whole)])
    with pytest.raises(RegistrationError) as caught:
        kept_record(path, "s3://bucket/job-1/output/output.tar.gz", "training job job-1 (Failed)")
    return str(caught.value)


def line_of(what: str, message: str) -> str:
    shown = message.replace("|", "\\|").replace("\n", " ")
    return f"| {what} | {shown if len(shown) <= 600 else shown[:600] + '…'} |\n"


def test_the_table_of_bad_inputs_is_what_happens(tmp_path: Path) -> None:
    tables = {
        "Data": [line_of(case.what, message_of(case, tmp_path / f"d{n}")) for n, case in enumerate(DATA)],
        "Settings": [line_of(case.what, message_of(case, tmp_path / f"s{n}")) for n, case in enumerate(TOLD)],
        "Several hosts": [line_of(case.what, message_of(case, tmp_path / f"h{n}")) for n, case in enumerate(HOSTS)],
        "What `training-jobs register` finds": [
            line_of(what, answer_of_register(files, whole, tmp_path / f"k{n}"))
            for n, (what, files, whole) in enumerate(KEPT)
        ],
        "Requests to a served model": [line_of(what, answer_to(body, kind)) for what, body, kind in REQUESTS],
    }
    page = (
        "# Bad inputs, and what each is told\n\n"
        "Written by `tests/training_code/test_bad_inputs.py`, which tries every one of them: a job ends with the "
        "message in its log and in SageMaker's FailureReason, a command with the message, never with a traceback.\n"
    )
    for title, lines in tables.items():
        page += f"\n## {title}\n\n| given | told |\n|---|---|\n{''.join(lines)}"
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(page, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page
    assert sum(map(len, tables.values())) >= 40
    assert len(set(page.splitlines())) > sum(map(len, tables.values()))
