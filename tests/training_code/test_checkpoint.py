from __future__ import annotations

import hashlib
import json
import pickle
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy
import pandas
import pytest
from sklearn.base import BaseEstimator
from sklearn.ensemble import GradientBoostingClassifier

from data.dataset import Table
from growing import forest
from growing.checkpoint import Checkpoints, Origin, code_digest
from models import model_digest
from options.hyperparameters import Hyperparameters

SETTINGS = Hyperparameters(n_estimators=6, n_jobs=1)
ORIGIN = Origin.of(SETTINGS, "data", "code")
TABLE = pandas.DataFrame(numpy.random.default_rng(0).normal(size=(60, 3)).astype("float32"), columns=["a", "b", "c"])
ROWS = Table(TABLE, (TABLE["a"].to_numpy() > 0).astype(int))


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """With a checkpoint of 3 trees."""
    path = tmp_path / "checkpoints"
    Checkpoints(path, ORIGIN).save(grown(3), "run-1")
    return path


def grown(trees: int, model: BaseEstimator | None = None) -> BaseEstimator:
    return forest.grow(replace(SETTINGS, n_estimators=trees), ROWS, model)


def first(directory: Path) -> Path:
    return directory / "after-000000.checkpoint"


def reason(directory: Path, capsys: pytest.CaptureFixture[str], origin: Origin = ORIGIN) -> str:
    capsys.readouterr()
    assert Checkpoints(directory, origin).load() is None
    line = capsys.readouterr().out.strip()
    start, end = f"checkpoint: {first(directory)} is not used: ", "; growing from the start"
    assert line.startswith(start)
    assert line.endswith(end)
    return line.removeprefix(start).removesuffix(end)


def test_a_checkpoint_brings_back_trees_and_run(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    loaded = Checkpoints(directory, ORIGIN).load()
    assert loaded is not None
    assert (loaded.size, loaded.run_id, len(loaded.model.estimators_)) == (3, "run-1", 3)
    assert capsys.readouterr().out == f"checkpoint: going on from 3 trees in {directory}\n"
    resumed, at_once = grown(6, loaded.model), grown(6)
    assert numpy.array_equal(resumed.predict_proba(TABLE), at_once.predict_proba(TABLE))


def test_each_file_has_the_trees_of_one_batch_and_together_they_are_the_forest(tmp_path: Path) -> None:
    checkpoints, model = Checkpoints(tmp_path, ORIGIN), None
    for trees in (1, 3, 6):
        model = grown(trees, model)
        checkpoints.save(model, "run-1")
    assert [path.name for path in sorted(tmp_path.iterdir())] == [
        "after-000000.checkpoint",
        "after-000001.checkpoint",
        "after-000003.checkpoint",
    ]
    bodies = [path.read_bytes().split(b"\n", 1)[1] for path in sorted(tmp_path.iterdir())]
    assert [len(pickle.loads(body).estimators_) for body in bodies] == [1, 2, 3]
    loaded = Checkpoints(tmp_path, ORIGIN).load()
    assert loaded is not None
    assert loaded.size == 6
    assert model is not None
    assert len(model.estimators_) == 6, "saving leaves the forest as it is"
    assert model_digest.of_trees(loaded.model) == model_digest.of_trees(model) == model_digest.of_trees(grown(6))
    assert loaded.model.get_params() == model.get_params()


def test_a_job_that_went_on_adds_to_what_it_found(directory: Path) -> None:
    checkpoints = Checkpoints(directory, ORIGIN)
    loaded = checkpoints.load()
    assert loaded is not None
    before = first(directory).read_bytes()
    checkpoints.save(grown(6, loaded.model), "run-1")
    assert first(directory).read_bytes() == before
    again = Checkpoints(directory, ORIGIN).load()
    assert again is not None
    assert model_digest.of_trees(again.model) == model_digest.of_trees(grown(6))


def test_a_torn_file_ends_the_forest_before_it(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checkpoints = Checkpoints(directory, ORIGIN)
    checkpoints.load()
    for trees in (4, 5):
        checkpoints.save(grown(trees), "run-1")
    torn = directory / "after-000003.checkpoint"
    torn.write_bytes(torn.read_bytes()[:-1])
    capsys.readouterr()
    again = Checkpoints(directory, ORIGIN)
    loaded = again.load()
    assert loaded is not None
    assert loaded.size == 3
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"checkpoint: {torn} is not used: it is torn (")
    assert lines[0].endswith("; going on without it")
    assert lines[1] == f"checkpoint: going on from 3 trees in {directory}"
    again.save(grown(6), "run-1")  # over the torn one, and past the one after it
    whole = Checkpoints(directory, ORIGIN).load()
    assert whole is not None
    assert model_digest.of_trees(whole.model) == model_digest.of_trees(grown(6))


def test_what_could_not_be_written_is_written_with_the_next_batch(tmp_path: Path) -> None:
    (tmp_path / "checkpoints").write_text("no directory")
    checkpoints = Checkpoints(tmp_path / "checkpoints", ORIGIN)
    checkpoints.save(grown(3), "run-1")
    (tmp_path / "checkpoints").unlink()
    checkpoints.save(grown(6), "run-1")
    loaded = Checkpoints(tmp_path / "checkpoints", ORIGIN).load()
    assert loaded is not None
    assert loaded.size == 6


def test_what_is_no_forest_is_one_file_however_often_it_is_saved(tmp_path: Path) -> None:
    settings = Hyperparameters(estimator="sklearn.ensemble.GradientBoostingClassifier", n_jobs=1)
    checkpoints = Checkpoints(tmp_path, Origin.of(settings, "data", "code"))
    for trees in (2, 4):
        model = GradientBoostingClassifier(n_estimators=trees).fit(TABLE, ROWS.target)
        checkpoints.save(model, "run-1")
    assert [path.name for path in tmp_path.iterdir()] == ["after-000000.checkpoint"]
    loaded = Checkpoints(tmp_path, Origin.of(settings, "data", "code")).load()
    assert loaded is not None
    assert (loaded.size, len(loaded.model.estimators_)) == (4, 4)


def test_without_a_directory_nothing_is_saved_and_nothing_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    model = grown(6)
    capsys.readouterr()
    checkpoints = Checkpoints(None, ORIGIN)
    checkpoints.save(model, "run-1")
    assert checkpoints.load() is None
    assert list(tmp_path.iterdir()) == []
    assert capsys.readouterr().out == ""


def test_no_checkpoint_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert Checkpoints(tmp_path, ORIGIN).load() is None
    assert capsys.readouterr().out == f"checkpoint: none in {tmp_path}, growing from the start\n"


@pytest.mark.parametrize("kept", [0.3, 0.9, 0.999])
def test_a_torn_checkpoint_is_not_used(directory: Path, kept: float, capsys: pytest.CaptureFixture[str]) -> None:
    whole = first(directory).read_bytes()
    head = len(whole.split(b"\n", 1)[0]) + 1
    end = max(head, int(len(whole) * kept))
    first(directory).write_bytes(whole[:end])
    assert reason(directory, capsys) == f"it is torn ({end - head} of {len(whole) - head} bytes, or altered ones)"


def test_an_altered_checkpoint_is_not_used(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = bytearray(first(directory).read_bytes())
    whole[-100] ^= 1
    first(directory).write_bytes(whole)
    assert reason(directory, capsys).startswith("it is torn (")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\xff\xfe\n", b"{}\n", b"[1]\n", b'{"format": 2}\nx'])
def test_another_file_of_that_name_is_not_used(
    directory: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    first(directory).write_bytes(content)
    assert reason(directory, capsys) == "it is not a checkpoint of this program"


def rewrite(directory: Path, body: bytes | None = None, **changes: object) -> None:
    """A whole file, with another body or a head that says something else."""
    head, own = first(directory).read_bytes().split(b"\n", 1)
    body = own if body is None else body
    facts = json.loads(head) | {"length": len(body), "sha256": hashlib.sha256(body).hexdigest()} | changes
    first(directory).write_bytes(json.dumps(facts).encode() + b"\n" + body)


def test_a_checkpoint_without_a_tree_is_not_used(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rewrite(directory, size=0)
    assert reason(directory, capsys) == "it is not a checkpoint of this program"


def test_a_checkpoint_of_another_format_is_not_used(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rewrite(directory, format=1)
    assert reason(directory, capsys) == "it has format 1, this program reads 2"


def test_a_whole_checkpoint_that_cannot_be_unpickled_is_not_used(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rewrite(directory, b"cgone\nForest\n.")
    assert reason(directory, capsys) == "it cannot be unpickled (ModuleNotFoundError: No module named 'gone')"


@pytest.mark.parametrize("change", [{"hyperparameters": []}, {"versions": "1"}, {"data_digest": None}])
def test_a_checkpoint_of_an_origin_of_another_form_is_not_used(
    directory: Path, change: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    rewrite(directory, b"", origin=asdict(ORIGIN) | change)
    assert reason(directory, capsys) == "it was grown from something this program does not know"


def test_a_checkpoint_that_cannot_be_written_costs_no_training(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "full").write_text("no directory")
    checkpoints = Checkpoints(tmp_path / "full" / "checkpoints", ORIGIN)
    forest.grow(SETTINGS, ROWS, after_batch=lambda model: checkpoints.save(model, "run-1"))
    path = f"{tmp_path}/full/checkpoints"
    assert capsys.readouterr().out.splitlines()[1] == (
        f"checkpoint: {path}/after-000000.checkpoint cannot be written ([Errno 20] Not a directory: '{path}'); "
        "growing goes on without it"
    )


def test_a_checkpoint_of_epochs_is_told_in_epochs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Hyperparameters(estimator="sklearn.linear_model.SGDClassifier", partial_fit_epochs=3)
    checkpoints = Checkpoints(tmp_path, Origin.of(settings, "data", "code"))
    checkpoints.save(SimpleNamespace(partial_fit_epochs_=2), "run-1")
    assert checkpoints.load() is not None
    assert capsys.readouterr().out == f"checkpoint: going on from 2 epochs in {tmp_path}\n"


@pytest.mark.parametrize(
    ("origin", "why"),
    [
        (replace(ORIGIN, data_digest="new"), "it was grown from other data"),
        (replace(ORIGIN, code_digest="new"), "it was grown from other code"),
        (
            Origin.of(replace(SETTINGS, max_depth=3), "data", "code"),
            "it was grown from other hyperparameters (max_depth: None then, 3 now)",
        ),
        (
            replace(ORIGIN, versions=ORIGIN.versions | {"scikit-learn": "9.9"}),
            f"it was grown from other versions (scikit-learn: '{ORIGIN.versions['scikit-learn']}' then, '9.9' now)",
        ),
    ],
)
def test_a_checkpoint_of_another_origin_is_not_used(
    directory: Path, origin: Origin, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert reason(directory, capsys, origin) == why


@pytest.mark.parametrize(
    "change", [{"n_jobs": 8}, {"checkpoint_seconds": 60.0}, {"system_metrics": True}, {"pictures": False}]
)
def test_cores_pace_of_checkpoints_and_what_is_measured_change_no_tree(directory: Path, change: dict[str, Any]) -> None:
    loaded = Checkpoints(directory, Origin.of(replace(SETTINGS, **change), "data", "code")).load()
    assert loaded is not None
    assert loaded.size == 3


def test_a_partial_file_of_a_killed_start_is_cleared_away(directory: Path) -> None:
    (directory / "next.partial").write_bytes(b"half")
    assert Checkpoints(directory, ORIGIN).load() is not None
    assert [path.name for path in directory.iterdir()] == ["after-000000.checkpoint"]


def test_the_code_digest_changes_with_a_file_and_its_name(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("1")
    first = code_digest(tmp_path)
    (tmp_path / "notes.txt").write_text("not code")
    assert code_digest(tmp_path) == first
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert code_digest(tmp_path) != first
