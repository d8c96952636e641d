"""Pages as a browser shows them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

_QUIET: Final = (
    *("--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--window-size=1400,1500", "--virtual-time-budget=30000"),
    "--no-sandbox",  # as root, which a container often is, there is none; the pages are our own
)


def page(address: str, directory: Path, *flags: str) -> str:
    """The document behind an address when its scripts have run; `directory` takes the browser's own files."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("neither chromium nor google-chrome is on PATH: no browser to look at a page with")
    command = [program, *_QUIET, *flags, f"--user-data-dir={directory}", "--dump-dom", address]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout
