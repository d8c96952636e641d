"""The picture of a status: what the command printed of jobs that ran, loaded from nowhere else."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree as ET

from rich.console import Console

from reference.status_picture import PICTURE, picture


def texts(svg: str) -> str:
    """The words of a picture; ours, so that no entity of it leads anywhere."""
    root = ET.fromstring(svg)  # noqa: S314 - as above
    return " ".join(each.text or "" for each in root.iter("{http://www.w3.org/2000/svg}text")).replace("\u00a0", " ")


def test_a_picture_has_what_was_printed_and_loads_nothing() -> None:
    console = Console(record=True, width=40, force_terminal=True, file=io.StringIO(), highlight=False)
    console.print("[green]Completed[/] <churn> & co")

    drawn = picture(console, "training-jobs status")

    assert "Completed" in texts(drawn)
    assert "<churn> & co" in texts(drawn)
    assert "@font-face" not in drawn
    assert re.findall(r"url\((?!#)[^)]*\)|href=", drawn) == []


def test_the_committed_picture_is_of_jobs_of_each_kind_and_small() -> None:
    drawn = PICTURE.read_text(encoding="utf-8")

    told = texts(drawn)
    assert {word for word in ("Completed", "Failed", "Stopped", "champion", "fires next") if word in told} == {
        *("Completed", "Failed", "Stopped", "champion", "fires next")
    }
    assert re.findall(r"url\((?!#)[^)]*\)|href=|/(?:tmp|home|root)/", drawn) == []
    assert len(drawn) < 40_000
