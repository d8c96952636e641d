"""Every link of the documents leads to a page and to a heading that is there, and the site shows every page."""

import importlib.util
import re
from collections import Counter
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest

PROJECT: Final = Path(__file__).parents[1]
DOCS: Final = PROJECT / "docs"
PAGES: Final = sorted(page for page in DOCS.rglob("*.md") if "site" not in page.relative_to(DOCS).parts)
DOCUMENTS: Final = [*PAGES, *sorted(PROJECT.glob("*.md")), *sorted(PROJECT.glob("[a-z]*/README.md"))]
LINK: Final = re.compile(r"\]\((?P<path>[^)#:\s]*)#(?P<anchor>[^)\s]+)\)")
FENCE: Final = re.compile(r"^ *(`{3,}).*?^ *\1 *$", re.MULTILINE | re.DOTALL)


def prose(document: Path) -> str:
    return FENCE.sub("", document.read_text(encoding="utf-8"))


@cache
def anchors(document: Path) -> frozenset[str]:
    """What headings can be led to by, as repositories' pages name them: a second one of a name has a number."""
    seen: Counter[str] = Counter()
    found = set()
    for title in re.findall(r"^#{1,6} +(.+?) *#*$", prose(document), re.MULTILINE):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title).lower()
        slug = re.sub(r"[^\w\- ]", "", text).replace(" ", "-")
        found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return frozenset(found)


def site(module: str) -> ModuleType:
    """A module of docs/site, which is no package."""
    spec = importlib.util.spec_from_file_location(f"site_{module}", DOCS / "site" / f"{module}.py")
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_every_link_to_a_heading_leads_to_one(document: Path) -> None:
    wrong = []
    for link in LINK.finditer(prose(document)):
        target = (document.parent / link["path"]).resolve() if link["path"] else document
        if target.suffix == ".md" and link["anchor"] not in anchors(target):
            wrong.append(link[0])

    assert wrong == []


def test_every_page_is_in_the_navigation_once() -> None:
    navigation = site("navigation")
    listed = [page for pages in navigation.NAVIGATION.values() for page in pages]
    below = [
        page.relative_to(DOCS).with_suffix("").as_posix()
        for pattern in navigation.BELOW.values()
        for page in DOCS.glob(f"{pattern}.md")
    ]

    assert sorted([*listed, *below, "index"]) == [
        page.relative_to(DOCS).with_suffix("").as_posix()
        for page in sorted(PAGES, key=lambda p: p.relative_to(DOCS).with_suffix("").as_posix())
    ], "add the page to docs/site/navigation.py"


@pytest.mark.parametrize(
    ("page", "text", "shown"),
    [
        ("component", "[examples/python](../examples/python) is", "[examples/python](https://x/r/examples/python) is"),
        ("adr/0001", "[a](../../README.md#settings)", "[a](https://x/r/README.md#settings)"),
        ("adr/0001", "[a](../tracking.md)", "[a](../tracking.md)"),
        ("component", "[a](tracking.md), [b](https://a/b)", "[a](tracking.md), [b](https://a/b)"),
    ],
)
def test_what_is_outside_of_the_pages_leads_to_the_repository(
    page: str, text: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert prepared(page, text, "https://x/r/", monkeypatch) == shown


def test_without_a_repository_what_is_outside_is_named_only(monkeypatch: pytest.MonkeyPatch) -> None:
    assert prepared("component", "see [x](../examples/python).", "", monkeypatch) == "see x."


def prepared(page: str, text: str, repository: str, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401 - of an untyped module
    monkeypatch.setenv("SITE_REPOSITORY", repository)
    monkeypatch.syspath_prepend(str(DOCS / "site"))
    source = [text]
    site("conf").prepare(None, page, source)
    return source[0]
