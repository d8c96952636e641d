import io
import tarfile
from pathlib import Path

import pytest

from rehearsal.container.unpacking import UnsafeArchiveError, unpack


def archive_of(*members: tuple[tarfile.TarInfo, bytes]) -> tarfile.TarFile:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for member, content in members:
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    buffer.seek(0)
    return tarfile.open(fileobj=buffer)


def member(name: str, kind: bytes = tarfile.REGTYPE, linkname: str = "") -> tarfile.TarInfo:
    found = tarfile.TarInfo(name)
    found.type, found.linkname, found.mode = kind, linkname, 0o4755
    return found


def test_files_and_directories_are_written(tmp_path: Path) -> None:
    made = archive_of(
        (member("./", tarfile.DIRTYPE), b""),
        (member("empty", tarfile.DIRTYPE), b""),
        (member("model/model.joblib"), b"trees"),
    )

    unpack(made, tmp_path / "output")

    assert (tmp_path / "output" / "model" / "model.joblib").read_bytes() == b"trees"
    assert (tmp_path / "output" / "empty").is_dir()


def test_no_file_gets_the_rights_that_the_archive_names(tmp_path: Path) -> None:
    unpack(archive_of((member("run"), b"")), tmp_path)

    assert (tmp_path / "run").stat().st_mode & 0o7111 == 0


@pytest.mark.parametrize("name", ["/etc/passwd", "../outside", "model/../../outside", ".."])
def test_a_place_outside_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UnsafeArchiveError) as refused:
        unpack(archive_of((member(name), b"")), tmp_path / "output")

    assert str(refused.value) == f"its member {name!r} has a place outside of it"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_a_link_a_device_and_a_pipe_are_refused(kind: bytes, tmp_path: Path) -> None:
    with pytest.raises(UnsafeArchiveError) as refused:
        unpack(archive_of((member("thing", kind, "/etc/passwd"), b"")), tmp_path)

    assert str(refused.value) == "its member 'thing' is neither a file nor a directory"
    assert list(tmp_path.iterdir()) == []
