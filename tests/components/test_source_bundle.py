import gzip
import hashlib
import io
import os
import random
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from components.source_bundle import (
    REQUIREMENTS_EXTRAS,
    SourceBundleError,
    bundle_source,
    compose_requirements,
    read_source_files,
    write_bundle,
)

PROJECT_DIRECTORY = Path(__file__).parents[2]
FILES = {
    "train.py": b"print('training')\n",
    "requirements.txt": b"mlflow-skinny==3.17.2\n",
    "package/__init__.py": b"",
    "package/" + "long_name_" * 12 + ".py": b"x = 1\n",
    "package/größe.txt": "größe\n".encode(),
    "table.bin": bytes(range(256)) * 600,
}
GOLDEN_DIGEST = "63bd82d3c2733d0d735c7f5e9b871f945a1386e47e508b644cf442f4d1361e53"
"""Of FILES, on every day and every machine. A change of it changes the S3 key of every bundle in use."""


def write_files(directory: Path, names: list[str]) -> Path:
    for name in names:
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(FILES[name])
    return directory


def members(content: bytes) -> list[tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
        return archive.getmembers()


def test_the_bundle_of_fixed_files_has_one_digest_on_every_day_and_machine() -> None:
    assert bundle_source(FILES, "train.py").digest == GOLDEN_DIGEST


def test_the_digest_is_of_the_bytes() -> None:
    bundle = bundle_source(FILES, "train.py")

    assert bundle.digest == hashlib.sha256(bundle.content).hexdigest()
    assert "content" not in repr(bundle)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_files_does_not_matter(seed: int) -> None:
    shuffled = list(FILES.items())
    random.Random(seed).shuffle(shuffled)

    assert bundle_source(dict(shuffled), "train.py").digest == GOLDEN_DIGEST


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_times_modes_umask_and_working_directory_do_not_matter(
    umask: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = os.umask(umask)
    try:
        directory = write_files(tmp_path / "code", sorted(FILES, reverse=umask == 0))
    finally:
        os.umask(before)
    (directory / "train.py").chmod(0o755 if umask else 0o600)
    os.utime(directory / "train.py", (umask + 1, umask + 1))
    monkeypatch.chdir(directory if umask else "/")

    assert bundle_source(read_source_files(directory), "train.py").digest == GOLDEN_DIGEST


@pytest.mark.parametrize("change", [{"train.py": b"print('other')\n"}, {"new.py": b""}])
def test_a_changed_or_added_file_changes_the_digest(change: dict[str, bytes]) -> None:
    assert bundle_source(FILES | change, "train.py").digest != GOLDEN_DIGEST


def test_a_renamed_file_changes_the_digest() -> None:
    renamed = {name.replace("table", "chart"): content for name, content in FILES.items()}

    assert bundle_source(renamed, "train.py").digest != GOLDEN_DIGEST


def test_the_archive_holds_the_files_and_nothing_else_of_nobody_in_particular() -> None:
    content = bundle_source(FILES, "train.py").content

    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
        read = {member.name: archive.extractfile(member).read() for member in archive}  # type: ignore[union-attr] # all are files
    assert read == FILES
    assert [member.name for member in members(content)] == sorted(FILES)
    assert {(m.mode, m.mtime, m.uid, m.gid, m.uname, m.gname, m.isreg()) for m in members(content)} == {
        (0o644, 0, 0, 0, "", "", True)
    }


def test_the_entry_point_is_at_the_root_without_a_dot() -> None:
    names = [member.name for member in members(bundle_source(FILES, "train.py").content)]

    assert "train.py" in names
    assert not [name for name in names if name.startswith((".", "/"))]


def test_the_stream_is_one_whole_gzip_member_of_any_length() -> None:
    for size in (0, 1, 0xFFFF - 10240, 0xFFFF, 0x20000):
        content = bundle_source({"train.py": b"x" * size}, "train.py").content
        assert len(gzip.decompress(content)) % 10240 == 0
        assert content[:4] == b"\x1f\x8b\x08\x00"
        assert content[4:8] == b"\x00\x00\x00\x00", "no time in the header"


@pytest.mark.skipif(shutil.which("tar") is None, reason="no tar on PATH")
def test_the_systems_tar_unpacks_it(tmp_path: Path) -> None:
    archive = write_bundle(bundle_source(FILES, "train.py"), tmp_path / "built")
    unpacked = tmp_path / "unpacked"
    unpacked.mkdir()

    done = subprocess.run(
        ["tar", "-xzf", str(archive), "-C", str(unpacked)], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert {
        path.relative_to(unpacked).as_posix(): path.read_bytes() for path in unpacked.rglob("*") if path.is_file()
    } == FILES


def other_pythons() -> list[str]:
    """Interpreters of other versions that start: a name on PATH may be a shim for one that is not installed."""
    here = f"python3.{sys.version_info.minor}"
    names = [f"python3.{minor}" for minor in range(10, 16)]
    candidates = [shutil.which(name) for name in names if name != here]
    candidates.append(str(PROJECT_DIRECTORY / ".venv-container" / "bin" / "python"))
    starts = [
        path
        for path in candidates
        if path
        and Path(path).exists()
        and subprocess.run([path, "-c", "pass"], capture_output=True, check=False).returncode == 0
    ]
    return starts[:1]


@pytest.mark.slow
def test_another_version_of_python_builds_the_same_bytes(tmp_path: Path) -> None:
    pythons = other_pythons()
    if not pythons:
        pytest.skip("no other Python than this one, from 3.10 on, starts from PATH or .venv-container")
    directory = write_files(tmp_path / "code", sorted(FILES))
    program = (
        "import sys, types; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        # That Python has no Pulumi; the module takes only an error's base class from it.
        "sys.modules['pulumi'] = types.SimpleNamespace(RunError=Exception)\n"
        "from components.source_bundle import bundle_source, read_source_files\n"
        "print(bundle_source(read_source_files(Path(sys.argv[2])), 'train.py').digest)"
    )

    digests = {
        python: subprocess.run(
            [python, "-I", "-B", "-c", program, str(PROJECT_DIRECTORY), str(directory)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for python in pythons
    }

    assert digests == dict.fromkeys(pythons, GOLDEN_DIGEST)


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


def test_a_bundle_is_written_whole_under_its_digest_and_only_once(tmp_path: Path) -> None:
    bundle = bundle_source(FILES, "train.py")

    path = write_bundle(bundle, tmp_path / "build")
    written = path.stat().st_mtime_ns
    again = write_bundle(bundle, tmp_path / "build")

    assert path == again == tmp_path / "build" / bundle.digest / "sourcedir.tar.gz"
    assert path.read_bytes() == bundle.content
    assert path.stat().st_mtime_ns == written
    assert [found.name for found in path.parent.iterdir()] == ["sourcedir.tar.gz"]


def test_the_training_code_of_the_project_has_its_entry_point_and_its_requirements() -> None:
    files = read_source_files(PROJECT_DIRECTORY / "training_code")

    assert {"train.py", "requirements.txt"} <= set(files)
    assert not [name for name in files if name.endswith((".pyc", ".in"))]


def extra_files() -> dict[str, bytes]:
    return {f"requirements-{extra}.txt": f"of-{extra}==1.0\n".encode() for extra in REQUIREMENTS_EXTRAS}


def test_without_extras_a_bundle_keeps_its_bytes() -> None:
    assert compose_requirements(FILES | extra_files()) == FILES
    assert bundle_source(compose_requirements(FILES | extra_files()), "train.py").digest == GOLDEN_DIGEST


@pytest.mark.parametrize("base", [b"mlflow-skinny==3.17.2", b"mlflow-skinny==3.17.2\n"])
def test_an_extra_is_added_to_the_requirements_and_its_own_file_left_out(base: bytes) -> None:
    composed = compose_requirements(FILES | extra_files() | {"requirements.txt": base}, ["accelerator"])

    assert composed == FILES | {"requirements.txt": b"mlflow-skinny==3.17.2\nof-accelerator==1.0\n"}


def test_an_extra_is_all_there_is_to_install_where_nothing_else_is() -> None:
    composed = compose_requirements({"train.py": b""} | extra_files(), ["accelerator", "accelerator"])

    assert composed == {"train.py": b"", "requirements.txt": b"of-accelerator==1.0\n"}


def test_the_order_of_extras_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.source_bundle.REQUIREMENTS_EXTRAS", ("a", "b"))
    files = {"requirements-a.txt": b"a==1\n", "requirements-b.txt": b"b==1\n"}

    assert compose_requirements(files, ["b", "a"]) == compose_requirements(files, ["a", "b"])
    assert compose_requirements(files, ["b", "a"]) == {"requirements.txt": b"a==1\nb==1\n"}


def test_other_files_that_are_called_like_an_extra_stay() -> None:
    others = {"requirements-dev.txt": b"x==1\n", "package/requirements-accelerator.txt": b"y==1\n"}

    assert compose_requirements(FILES | others) == FILES | others


def test_an_extra_without_a_file_is_refused() -> None:
    with pytest.raises(SourceBundleError) as refused:
        compose_requirements(FILES, ["accelerator"])

    assert str(refused.value) == (
        "requirements-accelerator.txt is not in the source directory, and the job's settings need what it installs; "
        "copy it from this project's training_code"
    )


def pins(content: bytes) -> set[str]:
    return set(re.findall(r"^([a-z0-9._-]+)==", content.decode(), re.MULTILINE))


def test_every_extra_of_the_training_code_pins_with_hashes_what_nothing_else_pins() -> None:
    files = read_source_files(PROJECT_DIRECTORY / "training_code")
    extras = {name for name in files if name.startswith("requirements-")}
    locks = [pins(files[name]) for name in sorted(extras | {"requirements.txt"})]
    requirements = compose_requirements(files, REQUIREMENTS_EXTRAS)["requirements.txt"].decode()

    assert extras == {f"requirements-{extra}.txt" for extra in REQUIREMENTS_EXTRAS}
    assert all(locks)
    assert sum(map(len, locks)) == len(set[str]().union(*locks))
    assert set[str]().union(*locks) <= pins((PROJECT_DIRECTORY / "requirements" / "container.txt").read_bytes())
    for pin in re.split(r"^(?=[a-z0-9._-]+==)", requirements, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in pin
    assert "index-url" not in requirements


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
