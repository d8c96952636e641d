"""Packages as an image holds them: files in a directory, compiled by nobody."""

import zipfile
from functools import cache
from pathlib import Path


@cache
def site_of(archive: Path, directory: Path) -> Path:
    """Unpack an archive of packages into an environment's directory; gives its `site-packages`."""
    site = directory / "lib" / "python3.12" / "site-packages"
    with zipfile.ZipFile(archive) as file:
        for name in file.namelist():
            section, _, inside = name.partition("/")
            if section in ("modules", "files") and not name.endswith(".pyc"):
                path = (site if section == "modules" else directory) / inside
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(file.read(name))
    return site
