"""Looks at a page in a real browser: as wide as a desktop and as a phone, light or dark, with axe-core."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from tests.browser import page as shown

WIDTHS: Final = {"desktop": 1200, "phone": 360}
DARK: Final = "--force-dark-mode"
_LOOK: Final = """
axe.run(document, {resultTypes: ["violations", "incomplete"]}).then(found => parent.postMessage({
  name: %r,
  violations: found.violations.map(each => [each.id, each.nodes.map(node => node.html)]),
  unsure: found.incomplete.map(each => [each.id, each.nodes.map(node => node.html)]),
  passes: found.passes.length,
  width: document.documentElement.scrollWidth,
  window: innerWidth,
  dark: matchMedia("(prefers-color-scheme: dark)").matches,
}, "*"));
"""
_COLLECT: Final = """
const seen = [];
addEventListener("message", event => {
  seen.push(event.data);
  document.getElementById("seen").textContent = JSON.stringify(seen);
});
"""


@dataclass(frozen=True)
class Look:
    """What is seen of a page in one width and one colour scheme."""

    violations: list[tuple[str, list[str]]]
    """Rules of axe-core that are broken, each with the elements."""
    unsure: list[tuple[str, list[str]]]
    """Rules that axe-core cannot decide by itself."""
    passes: int
    width: int
    """How wide the page is, which scrolls where it is more than the window."""
    window: int
    dark: bool


def look(text: str, directory: Path, *flags: str) -> dict[str, Look]:
    """The page in each of `WIDTHS`, with one start of the browser."""
    frames = []
    for name, width in WIDTHS.items():
        file = directory / f"{name}.html"
        file.write_text(_with_axe(text, name))
        frames.append(f'<iframe src="{file.name}" style="width:{width}px;height:1400px;border:0"></iframe>')
    outer = directory / "outer.html"
    outer.write_text(f'<!doctype html><script>{_COLLECT}</script><pre id="seen"></pre>{"".join(frames)}')
    document = shown(outer.as_uri(), directory / "browser", *flags)
    told = re.search(r'<pre id="seen">(.*?)</pre>', document, re.DOTALL)
    assert told, document[:2000]
    seen: list[dict[str, Any]] = json.loads(html.unescape(told[1]))
    return {each.pop("name"): Look(**each) for each in seen}


def _with_axe(text: str, name: str) -> str:
    """The page with axe-core in it, which its own policy would not let run."""
    spec = find_spec("axe_playwright_python")
    assert spec is not None
    assert spec.origin is not None
    axe = (Path(spec.origin).parent / "axe.min.js").read_text()
    without_policy, count = re.subn(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    assert count == 1
    return without_policy.replace("</body>", f"<script>{axe}</script><script>{_LOOK % name}</script></body>")
