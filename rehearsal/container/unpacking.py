"""Unpacks what a training job left: files and directories, and nothing that could reach outside of where they go.

Not `extractall(filter="data")`: Python has that from 3.11.4 on, and Debian 12's is 3.11.2.
"""

import shutil
import tarfile
from pathlib import Path, PurePosixPath


class UnsafeArchiveError(Exception):
    """A member that is no file or directory below the archive's own; the message names it."""


def unpack(archive: tarfile.TarFile, directory: Path) -> None:
    """Write an archive's files and directories below `directory`, as this user's own.

    Raises:
        UnsafeArchiveError: a member has a place outside of the directory, or is a link, a device or a pipe.
        tarfile.TarError, EOFError, OSError: the archive is damaged, or a file cannot be written.
    """
    for member in archive:
        name = PurePosixPath(member.name)
        if name.is_absolute() or ".." in name.parts:
            raise UnsafeArchiveError(f"its member {member.name!r} has a place outside of it")
        target = directory / name
        if member.isdir():
            target.mkdir(parents=True, exist_ok=True)
        elif member.isreg():
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.extractfile(member) as content, target.open("wb") as file:  # type: ignore[union-attr] # a file
                shutil.copyfileobj(content, file)
        else:
            raise UnsafeArchiveError(f"its member {member.name!r} is neither a file nor a directory")
