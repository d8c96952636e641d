from __future__ import annotations

import gzip
import io
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow
import pyarrow.csv
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import dataset, memory
from data.data_file import Wanted
from data.file_kinds import kind_of
from data.finding import Found
from options.hyperparameters import Hyperparameters

Channel = Callable[..., Path]
TRAINING_CODE = Path(memory.__file__).parents[1]
WANTED = Wanted(("a", "b"), "target", "classification")


def found(path: Path) -> Found:
    return Found(path, path.name, kind_of(path, path.name))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(rows=st.integers(1, 60_000), width=st.integers(1, 12), packed=st.booleans())
def test_rows_are_judged_within_a_fifth(tmp_path: Path, rows: int, width: int, packed: bool) -> None:
    text = "a,target\n" + "".join(f"{i * 7919 % 10**width},{i % 2}\n" for i in range(rows))
    path = tmp_path / ("x.csv.gz" if packed else "x.csv")
    path.write_bytes(gzip.compress(text.encode(), 1) if packed else text.encode())
    assert memory.rows_of(found(path)) == pytest.approx(rows, rel=0.2, abs=1)


def test_rows_of_very_many_columns_are_judged(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text((",".join(["0.12345"] * 20_000) + "\n") * 50)
    assert memory.rows_of(found(tmp_path / "x.csv")) == 50


def test_rows_of_parquet_are_known(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table({"a": range(1234)}), buffer)
    (tmp_path / "x.parquet").write_bytes(buffer.getvalue())
    assert memory.rows_of(found(tmp_path / "x.parquet")) == 1234


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b"])
def test_a_damaged_file_is_left_to_its_reader(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.csv.gz").write_bytes(content)
    assert memory.rows_of(found(tmp_path / "x.csv.gz")) == 0


def test_more_rows_features_cores_and_bits_need_more() -> None:
    few = memory.peak(10**7, WANTED, 1)
    assert few < memory.peak(2 * 10**7, WANTED, 1) < memory.peak(2 * 10**7, WANTED, 2)
    assert few < memory.peak(10**7, Wanted(("a", "b"), "target", "classification", bits=64), 1)
    assert few < memory.peak(10**7, Wanted(("a", "b", "c"), "target", "classification"), 1)


def test_a_table_that_does_not_fit_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(memory, "available", lambda: 100 << 20)
    (tmp_path / "x.csv").write_text("a,b,target\n" + "1,2,0\n" * 9)
    memory.announce([found(tmp_path / "x.csv")], WANTED, 1)
    assert capsys.readouterr().out == (
        "memory: about 400 MB at the peak, for about 10 rows of 2 features in 32 bits; this machine has 100 MB\n"
        "note: that is more than the machine has; choose an instance type with more memory, or fewer rows\n"
    )


@pytest.mark.parametrize("name", ["x.csv", "x.parquet"])
def test_the_columns_of_many_words_are_told_when_they_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(memory, "available", lambda: 406 << 20)
    words = [f"word {i}" if i else None for i in range(2_000)]
    table = pyarrow.table({"a": words, "b": [1.5] * 2_000, "target": [0, 1] * 1_000})
    writer = pyarrow.csv.write_csv if name == "x.csv" else pyarrow.parquet.write_table
    writer(table, tmp_path / name)
    told = [
        Hyperparameters(categorical_columns=("a",), category_encoding=how, missing_values="keep")
        for how in ("one_hot", "ordinal")
    ]
    for each in told:
        dataset.read(tmp_path, None, each)
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith(("memory", "note: that"))]

    rows = memory.rows_of(found(tmp_path / name))
    assert lines == [
        f"memory: about 400 MB at the peak, for about {rows:,} rows of 2 features in 32 bits; this machine has 406 MB; "
        "a column for each word of the categories comes on top, and is told when they are read",
        "memory: about 415 MB at the peak, now that the 2,000 words of the categories are known, for 2,000 rows, 2,001 "
        "columns; this machine has 406 MB",
        "note: that is more than the machine has; choose an instance type with more memory, or fewer rows",
        f"memory: about 400 MB at the peak, for about {rows:,} rows of 2 features in 32 bits; this machine has 406 MB",
    ]


PROGRAM = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from data import dataset
from growing import forest
from options.hyperparameters import Hyperparameters
settings = Hyperparameters(**dict(n_estimators=2, max_depth=4, n_jobs=2) | eval(sys.argv[3]))
data = dataset.read(Path(sys.argv[2]), None, settings)
grown = forest.grow(settings, data.training)
if len(sys.argv) > 4:
    from types import SimpleNamespace
    from models import model_files
    from tracking import record
    names = ("mlflow-skinny", "scikit-learn", "skops", "numpy", "pandas")
    described = SimpleNamespace(run_id="", versions=dict.fromkeys(names, "1"))
    record.save_model(Path(sys.argv[4]), grown, described, data.example)
# Not getrusage: what it says of a process includes the one that started it.
status = Path("/proc/self/status").read_text()
print("peak", int(status.partition("VmHWM:")[2].split()[0]) >> 10)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from Linux's /proc")
def test_a_run_takes_no_more_memory_than_it_said(channel: Channel) -> None:
    line = ",".join(f"{i / 7:.5f}" for i in range(40))
    directory = channel({"x.csv": ",".join(f"f{i}" for i in range(40)) + ",target\n"})
    with (directory / "x.csv").open("a") as file:
        file.writelines(f"{line},{i % 2}\n" for i in range(400_000))
    said, peak, output = said_and_taken(directory)
    assert 0.4 * said[-1] < peak <= said[-1], output
    assert len(said) == 1, output


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from Linux's /proc")
@pytest.mark.parametrize(
    ("rows", "words", "encoding"),
    [(60_000, 2_000, "one_hot"), (300_000, 600, "one_hot"), (800_000, 800_000, "ordinal")],
)
def test_a_run_with_many_words_takes_no_more_memory_than_it_said(
    channel: Channel, rows: int, words: int, encoding: str
) -> None:
    directory = channel({"x.csv": "a,b,target\n"})
    with (directory / "x.csv").open("a") as file:
        file.writelines(f"word {i * 7919 % words},{i / 7:.5f},{i % 2}\n" for i in range(rows))
    said, peak, output = said_and_taken(directory, categorical_columns=("a",), category_encoding=encoding)
    assert 0.4 * said[-1] < peak <= said[-1], output
    assert len(said) == 2, output


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from Linux's /proc")
def test_saving_a_forest_of_whole_trees_takes_no_more_memory_than_was_said_when_it_began_to_grow(
    channel: Channel, tmp_path: Path
) -> None:
    directory = channel({"x.csv": "a,b,target\n"})
    with (directory / "x.csv").open("a") as file:
        # Without a rule that a tree could find, each row gets a leaf.
        file.writelines(f"{i * 7919 % 60013},{i / 7:.5f},{i * i // 7 % 3 % 2}\n" for i in range(60_000))
    said, peak, output = said_and_taken(directory, tmp_path / "model", max_depth=None, n_estimators=60)
    assert len(said) == 2, output
    assert 0.5 * sum(said) < peak <= 1.15 * sum(said), output
    assert output.index("growing: 2 of 60") < output.index("growing: 60 of 60")
    assert output.index("when all trees have grown: 60 trees of ") < output.index("growing: 2 of 60")


def test_a_forest_of_small_trees_is_in_what_was_said(capsys: pytest.CaptureFixture[str]) -> None:
    memory.announce_trees([b"a tree"], 100)
    assert capsys.readouterr().out == ""


def test_what_an_accelerator_holds_beside_a_batch_is_said_too(capsys: pytest.CaptureFixture[str]) -> None:
    memory.announce_trees([bytes(1 << 20)] * 50, 100, 0.6)
    assert capsys.readouterr().out == (
        "memory: about 130 MB more when all trees have grown: 100 trees of 1.0 MB, "
        "and what the accelerator makes first\n"
    )


def test_a_forest_that_does_not_fit_is_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "available", lambda: 100 << 20)
    memory.announce_trees([bytes(1 << 20), bytes(2 << 20)], 100)
    assert capsys.readouterr().out == (
        "memory: about 150 MB more when all trees have grown: 100 trees of 1.5 MB\n"
        "note: that is more than the machine has (100 MB); choose an instance type with more memory, or smaller trees: "
        "max_depth, min_samples_leaf, max_leaf_nodes\n"
    )


def said_and_taken(directory: Path, model: Path | None = None, **more: object) -> tuple[list[int], int, str]:
    """Megabytes that a run announced, one after the other, the most that it took, and its whole log.

    With a place for the `model`, it is saved as the job saves it for MLflow.
    """
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, TRAINING_CODE, directory, repr(more), *([model] if model else [])],
        capture_output=True,
        text=True,
        check=True,
    )
    said = [int(each.replace(",", "")) for each in re.findall(r"^memory: about ([\d,]+) MB", done.stdout, re.MULTILINE)]
    (peak,) = re.findall(r"^peak (\d+)$", done.stdout, re.MULTILINE)
    return said, int(peak), done.stdout


@pytest.mark.slow
def test_what_a_thread_freed_is_what_the_next_one_takes() -> None:
    script = (
        "import sys, threading, numpy\n"
        f"sys.path.insert(0, {str(TRAINING_CODE)!r})\n"
        "from data import memory\n"
        "if sys.argv[1] == 'give back': memory.give_back_what_is_freed()\n"
        "turn, all_have_worked, small = threading.Lock(), threading.Barrier(4), []\n"
        "def work():\n"
        "    with turn:\n"
        "        large = []\n"
        "        for _ in range(500):\n"
        "            large.append(numpy.ones(1 << 13)); small.append(numpy.ones(1 << 8))\n"
        "        del large\n"
        "    all_have_worked.wait()\n"  # a thread takes over the heap of one that has ended
        "threads = [threading.Thread(target=work) for _ in range(4)]\n"
        "[each.start() for each in threads]; [each.join() for each in threads]\n"
        "resident = [line for line in open('/proc/self/status') if line.startswith('VmRSS')]\n"
        "print(resident[0].split()[1])\n"
    )
    keeping, giving = (
        int(subprocess.run([sys.executable, "-c", script, mode], capture_output=True, text=True, check=True).stdout)
        for mode in ("keep", "give back")
    )
    assert keeping - giving > 2 * 500 * 64, "kilobytes of at least two threads of four"
