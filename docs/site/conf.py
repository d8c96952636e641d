"""The documentation site: Sphinx, Furo, and the pages of docs/ as they are (`make site`).

Nothing of a page comes from elsewhere: no font, no script, no picture. Sphinx rather than MkDocs: docs/adr/0056.
"""

import os
import re
import sys
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent
sys.path.insert(0, str(HERE))

from navigation import NAVIGATION, below, toctrees  # noqa: E402 - found beside this file

project = "Scheduled training jobs"
extensions = ["myst_parser"]
root_doc = "index"
exclude_patterns = ["site/**"]
html_theme = "furo"
html_title = project
html_show_copyright = False
html_copy_source = False
html_show_sourcelink = False
html_static_path = [str(HERE / "static")]
html_css_files = ["site.css"]
# Anchors as repositories' pages have them, for the same links.
myst_heading_anchors = 4
# What Sphinx cannot highlight is no fault of a page: console sessions have output of all kinds.
suppress_warnings = ["misc.highlighting_failure"]

_OUTSIDE: Final = re.compile(r"(!?)\[(?P<text>[^\]]*)\]\((?P<path>(?:\.\./)+[^)]*)\)")
REPOSITORY: Final = os.environ.get("SITE_REPOSITORY", "").rstrip("/")
"""Where files of the repository can be looked at, for links to them; without it they are named only."""


def prepare(_app: object, page: str, source: list[str]) -> None:
    """Add a page's table of contents, and lead what is outside of docs/ to the repository."""
    text = _OUTSIDE.sub(lambda found: _outside(found, page), source[0])
    contents = toctrees(NAVIGATION) if page == root_doc else below(page)
    source[0] = f"{text}\n\n{contents}" if contents else text


def _outside(found: re.Match[str], page: str) -> str:
    docs = HERE.parent
    path, _, anchor = found["path"].partition("#")
    target = (docs / page).parent.joinpath(path).resolve()
    if target.is_relative_to(docs):
        return found[0]
    if not REPOSITORY:
        return found["text"]
    return f"[{found['text']}]({REPOSITORY}/{target.relative_to(docs.parent).as_posix()}{'#' * bool(anchor)}{anchor})"


def setup(app: Any) -> None:  # noqa: ANN401 - Sphinx's application, whose packages only the site's environment has
    """Sphinx calls this."""
    app.connect("source-read", prepare)
