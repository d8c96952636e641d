from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace

import numpy
import pandas
import pytest

import forest
from checkpoint import FILE_NAME, CheckpointFile, Origin, code_digest
from dataset import Table
from hyperparameters import Hyperparameters

SETTINGS = Hyperparameters(n_estimators=6, n_jobs=1)
ORIGIN = Origin.of(SETTINGS, "data", "code")


@pytest.fixture(scope="module")
def table() -> Table:
    numbers = numpy.random.default_rng(0).normal(size=(60, 3)).astype("float32")
    return Table(pandas.DataFrame(numbers, columns=["a", "b", "c"]), (numbers[:, 0] > 0).astype(int))


@pytest.fixture
def saved(tmp_path: Path, table: Table) -> CheckpointFile:
    file = CheckpointFile(tmp_path / "checkpoints", ORIGIN)
    file.save(forest.grow(replace(SETTINGS, n_estimators=3), table), "run-1")
    return file


def reason(file: CheckpointFile, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert file.load() is None
    line = capsys.readouterr().out.strip()
    start, end = f"checkpoint: {file.directory}/{FILE_NAME} is not used: ", "; growing from the start"
    assert line.startswith(start)
    assert line.endswith(end)
    return line.removeprefix(start).removesuffix(end)


def test_a_checkpoint_brings_back_trees_and_run(
    saved: CheckpointFile, table: Table, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    loaded = saved.load()
    assert loaded is not None
    assert (loaded.trees, loaded.run_id, len(loaded.forest.estimators_)) == (3, "run-1", 3)
    assert capsys.readouterr().out == f"checkpoint: going on from 3 trees of {saved.directory}/{FILE_NAME}\n"
    resumed, at_once = forest.grow(SETTINGS, table, loaded.forest), forest.grow(SETTINGS, table)
    assert numpy.array_equal(resumed.predict_proba(table.features), at_once.predict_proba(table.features))


def test_the_directory_holds_one_file_however_often_it_is_saved(saved: CheckpointFile, table: Table) -> None:
    saved.save(forest.grow(SETTINGS, table), "run-1")
    assert saved.directory is not None
    assert [path.name for path in saved.directory.iterdir()] == [FILE_NAME]


def test_without_a_directory_nothing_is_saved_and_nothing_said(
    table: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    grown = forest.grow(SETTINGS, table)
    capsys.readouterr()
    file = CheckpointFile(None, ORIGIN)
    file.save(grown, "run-1")
    assert file.load() is None
    assert list(tmp_path.iterdir()) == []
    assert capsys.readouterr().out == ""


def test_no_checkpoint_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert CheckpointFile(tmp_path, ORIGIN).load() is None
    assert capsys.readouterr().out == f"checkpoint: none in {tmp_path}, growing from the start\n"


@pytest.mark.parametrize("kept", [0.3, 0.9, 0.999])
def test_a_torn_checkpoint_is_not_used(saved: CheckpointFile, kept: float, capsys: pytest.CaptureFixture[str]) -> None:
    assert saved.directory is not None
    path = saved.directory / FILE_NAME
    whole = path.read_bytes()
    head = len(whole.split(b"\n", 1)[0]) + 1
    end = max(head, int(len(whole) * kept))
    path.write_bytes(whole[:end])
    assert reason(saved, capsys) == f"it is torn ({end - head} of {len(whole) - head} bytes, or altered ones)"


def test_an_altered_checkpoint_is_not_used(saved: CheckpointFile, capsys: pytest.CaptureFixture[str]) -> None:
    assert saved.directory is not None
    path = saved.directory / FILE_NAME
    whole = bytearray(path.read_bytes())
    whole[-100] ^= 1
    path.write_bytes(whole)
    assert reason(saved, capsys).startswith("it is torn (")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\xff\xfe\n", b"{}\n", b"[1]\n", b'{"format": 1}\nx'])
def test_another_file_of_that_name_is_not_used(
    saved: CheckpointFile, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    assert saved.directory is not None
    (saved.directory / FILE_NAME).write_bytes(content)
    assert reason(saved, capsys) == "it is not a checkpoint of this program"


def test_a_checkpoint_of_another_format_is_not_used(saved: CheckpointFile, capsys: pytest.CaptureFixture[str]) -> None:
    assert saved.directory is not None
    path = saved.directory / FILE_NAME
    head, body = path.read_bytes().split(b"\n", 1)
    path.write_bytes(json.dumps(json.loads(head) | {"format": 2}).encode() + b"\n" + body)
    assert reason(saved, capsys) == "it has format 2, this program reads 1"


def rewrite(file: CheckpointFile, body: bytes, **changes: object) -> None:
    """A whole file, with another body and a head that fits it."""
    assert file.directory is not None
    path = file.directory / FILE_NAME
    head = json.loads(path.read_bytes().split(b"\n", 1)[0])
    head |= {"length": len(body), "sha256": hashlib.sha256(body).hexdigest()} | changes
    path.write_bytes(json.dumps(head).encode() + b"\n" + body)


def test_a_whole_checkpoint_that_cannot_be_unpickled_is_not_used(
    saved: CheckpointFile, capsys: pytest.CaptureFixture[str]
) -> None:
    rewrite(saved, b"cgone\nForest\n.")
    assert reason(saved, capsys) == "it cannot be unpickled (ModuleNotFoundError: No module named 'gone')"


@pytest.mark.parametrize("change", [{"hyperparameters": []}, {"versions": "1"}, {"data_digest": None}])
def test_a_checkpoint_of_an_origin_of_another_form_is_not_used(
    saved: CheckpointFile, change: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    rewrite(saved, b"", origin=asdict(ORIGIN) | change)
    assert reason(saved, capsys) == "it was grown from something this program does not know"


def test_a_checkpoint_that_cannot_be_written_costs_no_training(
    table: Table, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "full").write_text("no directory")
    file = CheckpointFile(tmp_path / "full" / "checkpoints", ORIGIN)
    forest.grow(SETTINGS, table, after_batch=lambda grown: file.save(grown, "run-1"))
    path = f"{tmp_path}/full/checkpoints"
    assert capsys.readouterr().out.splitlines()[1] == (
        f"checkpoint: {path}/{FILE_NAME} cannot be written ([Errno 20] Not a directory: '{path}'); "
        "growing goes on without it"
    )


def test_a_checkpoint_of_epochs_is_told_in_epochs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Hyperparameters(estimator="sklearn.linear_model.SGDClassifier", partial_fit_epochs=3)
    file = CheckpointFile(tmp_path, Origin.of(settings, "data", "code"))
    file.save(SimpleNamespace(partial_fit_epochs_=2), "run-1")
    assert file.load() is not None
    assert capsys.readouterr().out == f"checkpoint: going on from 2 epochs of {tmp_path}/{FILE_NAME}\n"


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
    saved: CheckpointFile, origin: Origin, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert reason(replace(saved, origin=origin), capsys) == why


def test_another_number_of_cores_is_the_same_origin(saved: CheckpointFile) -> None:
    file = replace(saved, origin=Origin.of(replace(SETTINGS, n_jobs=8), "data", "code"))
    loaded = file.load()
    assert loaded is not None
    assert loaded.trees == 3


def test_a_partial_file_of_a_killed_start_is_cleared_away(saved: CheckpointFile) -> None:
    assert saved.directory is not None
    (saved.directory / (FILE_NAME + ".partial")).write_bytes(b"half")
    assert saved.load() is not None
    assert [path.name for path in saved.directory.iterdir()] == [FILE_NAME]


def test_the_code_digest_changes_with_a_file_and_its_name(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("1")
    first = code_digest(tmp_path)
    (tmp_path / "notes.txt").write_text("not code")
    assert code_digest(tmp_path) == first
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert code_digest(tmp_path) != first
