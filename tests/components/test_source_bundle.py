import gzip
import hashlib
import io
import os
import random
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from components.source_bundle import (
    bundle_source,
    read_source_files,
    write_bundle,
)
from tests.components.bundle_files import FILES, GOLDEN_DIGEST, PROJECT_DIRECTORY, write_files


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


def test_a_bundle_is_written_whole_under_its_digest_and_only_once(tmp_path: Path) -> None:
    bundle = bundle_source(FILES, "train.py")

    path = write_bundle(bundle, tmp_path / "build")
    written = path.stat().st_mtime_ns
    again = write_bundle(bundle, tmp_path / "build")

    assert path == again == tmp_path / "build" / bundle.digest / "sourcedir.tar.gz"
    assert path.read_bytes() == bundle.content
    assert path.stat().st_mtime_ns == written
    assert [found.name for found in path.parent.iterdir()] == ["sourcedir.tar.gz"]
