"""The site as it is built: without a warning, without a network, and of nothing from elsewhere."""

import os
import re
import subprocess
from pathlib import Path
from typing import Final

import pytest

PROJECT: Final = Path(__file__).parents[1]
PYTHON: Final = PROJECT / ".venv-site" / "bin" / "python"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PYTHON.exists(), reason="the site's packages are not installed: `make site` installs them"),
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("site")
    # No proxy leads anywhere: what asks for something from outside fails.
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    done = subprocess.run(
        [
            PYTHON,
            "-m",
            "sphinx",
            "--quiet",
            "--fail-on-warning",
            "--keep-going",
            "-b",
            "html",
            "-c",
            "docs/site",
            "docs",
            directory,
        ],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], **nowhere},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return directory


def test_every_page_is_there(built: Path) -> None:
    pages = {page.relative_to(PROJECT / "docs").with_suffix(".html") for page in (PROJECT / "docs").rglob("*.md")}

    assert {page for page in pages if not (built / page).is_file()} == set()


def test_a_page_loads_nothing_from_elsewhere(built: Path) -> None:
    loads = re.compile(
        r"""<(?:script|img|iframe|link)\b[^>]*?(?:src|href)=["'](?:https?:)?//[^"']*|@import|url\(["']?(?:https?:)?//"""
    )
    files = [*built.rglob("*.html"), *built.rglob("*.css")]

    assert len(files) > 60
    assert [f"{file.name}: {found[0]}" for file in files for found in loads.finditer(file.read_text())] == []
