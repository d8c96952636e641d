"""Which files of a source directory a bundle takes, and which directories it refuses."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from components.source_bundle import (
    SourceBundleError,
    bundle_source,
    read_source_files,
)
from tests.components.bundle_files import write_files


def test_hidden_compiled_and_lock_source_files_are_left_out(tmp_path: Path) -> None:
    left_out = [".env", ".git/config", "__pycache__/train.cpython-311.pyc", "old.pyc", "requirements.in", "a/.b/c.py"]
    for name in ["train.py", "package/module.py", "requirements.txt", *left_out]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")

    assert sorted(read_source_files(tmp_path)) == ["package/module.py", "requirements.txt", "train.py"]


def test_a_hidden_directory_above_the_training_code_hides_nothing(tmp_path: Path) -> None:
    directory = write_files(tmp_path / ".work" / "code", ["train.py"])

    assert list(read_source_files(directory)) == ["train.py"]


@pytest.mark.parametrize("name", ["missing", "train.py"])
def test_a_source_directory_that_is_none_is_refused(name: str, tmp_path: Path) -> None:
    write_files(tmp_path, ["train.py"])

    with pytest.raises(SourceBundleError) as refused:
        read_source_files(tmp_path / name)

    assert str(refused.value) == (
        f"source.directory {tmp_path / name} is not a directory; create it or correct the setting"
    )


@pytest.mark.parametrize(
    ("files", "has"),
    [({}, "no files"), ({"main.py": b"", "code/train.py": b""}, "main.py, code/train.py")],
)
def test_a_bundle_without_its_entry_point_is_refused(files: dict[str, bytes], has: str) -> None:
    with pytest.raises(SourceBundleError) as refused:
        bundle_source(files, "train.py")

    assert str(refused.value) == f"source.entry_point 'train.py' is not in the source directory; it has: {has}"


def test_a_wrong_entry_point_is_answered_with_ten_files_and_the_likely_ones_first() -> None:
    files = {f"module_{number:04}.py": b"" for number in range(2000)} | {"train.py": b""}

    with pytest.raises(SourceBundleError) as refused:
        bundle_source(files, "trian.py")

    others = ", ".join(f"module_{number:04}.py" for number in range(9))
    assert str(refused.value) == (
        f"source.entry_point 'trian.py' is not in the source directory; it has: train.py, {others} and 1,991 more"
    )


@pytest.fixture
def readable_by_all() -> Iterator[Path]:
    """A directory that every user may enter, with a train.py; pytest's own are the caller's alone."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield write_files(Path(name) / "code", ["train.py"])


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without root's leave to read everything."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)


def refusal(directory: Path) -> str:
    with pytest.raises(SourceBundleError) as refused, as_nobody():
        read_source_files(directory)
    return str(refused.value)


@pytest.mark.parametrize("target", ["gone.py", "forest.py"])
def test_a_link_that_leads_nowhere_is_named(readable_by_all: Path, target: str) -> None:
    (readable_by_all / "forest.py").symlink_to(target)

    assert refusal(readable_by_all) == (
        f"source.directory {readable_by_all}: forest.py is a link to {target}, where there is no file; put the file "
        "itself there, or remove the link"
    )


def test_a_link_that_leads_nowhere_and_would_be_left_out_is_left_out(readable_by_all: Path) -> None:
    (readable_by_all / ".#train.py").symlink_to("me@here.1234")
    (readable_by_all / "__pycache__").mkdir()
    (readable_by_all / "__pycache__" / "a.py").symlink_to("gone.py")

    assert sorted(read_source_files(readable_by_all)) == ["train.py"]


def test_a_link_to_the_directory_above_is_not_followed_round_and_round(readable_by_all: Path) -> None:
    (readable_by_all / "again").symlink_to(".")

    assert sorted(read_source_files(readable_by_all)) == ["train.py"]


def test_a_file_that_may_not_be_read_is_named(readable_by_all: Path) -> None:
    path = write_files(readable_by_all, ["package/__init__.py"]) / "package" / "__init__.py"
    path.chmod(0)

    assert refusal(readable_by_all) == (
        f"source.directory {readable_by_all}: package/__init__.py cannot be read (Permission denied); "
        "make it readable, or remove it"
    )


@pytest.mark.parametrize("name", [".", "package"])
def test_a_directory_that_may_not_be_read_is_named_rather_than_left_out(readable_by_all: Path, name: str) -> None:
    write_files(readable_by_all, ["package/__init__.py"])
    (readable_by_all / name).chmod(0)

    assert refusal(readable_by_all) == (
        f"source.directory {readable_by_all}: {name} cannot be read (Permission denied); make it readable, or remove it"
    )


def test_a_pipe_among_the_files_is_left_out_and_not_waited_for(readable_by_all: Path) -> None:
    os.mkfifo(readable_by_all / "pipe")

    assert sorted(read_source_files(readable_by_all)) == ["train.py"]


def test_a_directory_is_not_left_out_for_an_ending_that_leaves_out_files(tmp_path: Path) -> None:
    (tmp_path / "plug.in").mkdir()
    (tmp_path / "plug.in" / "a.py").write_bytes(b"")

    assert list(read_source_files(tmp_path)) == ["plug.in/a.py"]
