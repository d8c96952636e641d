"""The page as text: what stands in it, what does not, and how large it gets."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

import operations.report.page as module
from operations.report.page import page
from tests.operations.report.samples import HOSTILE, healthy, report_of

STYLE = (Path(module.__file__).parent / "page.css").read_text()
TEXTS = ("front", "quiet", "ok", "bad", "halted", "info")
"""Colours that letters have."""
AA = 4.5
"""Contrast of letters. Source: WCAG 2.2, success criterion 1.4.3."""
AA_SHAPES = 3.0
"""Contrast of what is drawn. Source: WCAG 2.2, success criterion 1.4.11."""


class Tags(HTMLParser):
    """The tags of a page, which must be closed in order."""

    VOID = frozenset({"meta", "br", "path"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def names(self) -> set[str]:
        return {tag for tag, _ in self.found}


def test_a_page_is_well_formed_and_asks_nobody_for_anything() -> None:
    text = page(report_of(30))
    tags = Tags(text)

    assert tags.open == []
    assert not tags.names() & {"script", "link", "img", "iframe", "form", "object", "base"}
    assert not re.search(r"https?:|//|url\(|@import|\bsrc=", text.replace("<!doctype html>", ""))
    assert """http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'\"""" in text
    assert {value for _, attributes in tags.found if (value := attributes.get("href"))} == set()


def test_a_page_has_a_title_landmarks_a_language_and_headings_without_gaps() -> None:
    tags = Tags(page(report_of(30)))
    levels = [int(tag[1]) for tag, _ in tags.found if re.fullmatch("h[1-6]", tag)]

    assert {"title", "header", "main", "footer", "section", "caption", "figure", "figcaption"} <= tags.names()
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert ("html", {"lang": "en"}) in tags.found
    assert all(attributes.get("scope") in {"row", "col"} for tag, attributes in tags.found if tag == "th")
    identifiers = [attributes["id"] for _, attributes in tags.found if "id" in attributes]
    assert len(identifiers) == len(set(identifiers))


def test_several_jobs_are_reached_by_links_within_the_page() -> None:
    report = report_of(3)
    other = replace(report.status.jobs[0], name="fraud")
    both = replace(
        report,
        status=replace(report.status, jobs=(*report.status.jobs, other)),
        jobs={**report.jobs, "fraud": ()},
    )
    tags = Tags(page(both))

    targets = [attributes["href"] for tag, attributes in tags.found if tag == "a"]
    assert targets == ["#job-1", "#job-2"]
    assert {"job-1", "job-2"} <= {attributes.get("id") for _, attributes in tags.found}
    assert "No training job yet." in page(both)


def test_what_others_wrote_is_shown_as_it_is_and_never_taken_for_markup() -> None:
    report = report_of(3)
    hostile = replace(report, region="<i>", notes=['"><script>', HOSTILE])

    text = page(hostile)

    assert "<script" not in text
    assert "<i>" not in text
    assert "&lt;script&gt;alert(&#34;a&#34;)&lt;/script&gt; &amp; b" in text


def test_a_page_says_what_it_leaves_out_and_a_healthy_one_that_nothing_was_found() -> None:
    assert "<h2>Left out</h2>\n<ul><li>the oldest</li></ul>" in page(replace(report_of(3), notes=["the oldest"]))
    assert "<h2>Left out</h2>" not in page(healthy())
    assert "Nothing found:" in page(healthy())
    assert "Nothing found:" not in page(report_of(3))


def test_ten_thousand_jobs_are_all_drawn_in_far_less_than_two_megabytes() -> None:
    text = page(report_of(10_000, apart=timedelta(hours=1)))

    assert len(text.encode()) < 500_000
    assert "10,000 training jobs from " in text
    assert text.count('<th scope="row">2026-') == 100 + len(re.findall(r'<th scope="row">2026-..-..</th>', text))
    assert "The newest 100 runs of 10,000" in text


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z]+): (#[0-9a-f]+)", block))


def luminance(colour: str) -> float:
    """Source: WCAG 2.2, "relative luminance"."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_letters_and_marks_stand_out_from_what_is_behind_them(scheme: str) -> None:
    light, dark = (colours(line) for line in STYLE.splitlines()[:2])
    told = light if scheme == "light" else dark

    assert set(light) == set(dark)
    for behind in ("back", "panel"):
        assert {name: told[name] for name in TEXTS if contrast(told[name], told[behind]) < AA} == {}
    assert contrast(told["alias"], told["back"]) >= AA_SHAPES
