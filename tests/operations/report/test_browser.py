"""The page in a real browser: nothing that axe-core knows is wrong with it, at no width and in no colours."""

from __future__ import annotations

from pathlib import Path

import pytest

from operations.report.page import page
from tests.operations.report.looking import DARK, WIDTHS, look
from tests.operations.report.samples import report_of

pytestmark = pytest.mark.slow
ENOUGH = 30
"""So many rules of axe-core have something to look at in a report."""


@pytest.mark.parametrize(("flags", "is_dark"), [((), False), ((DARK,), True)], ids=["light", "dark"])
def test_a_page_is_accessible_and_fits_a_phone_and_a_desktop(
    flags: tuple[str, ...], is_dark: bool, tmp_path: Path
) -> None:
    seen = look(page(report_of(40)), tmp_path, *flags)

    assert seen.keys() == WIDTHS.keys()
    for name, width in WIDTHS.items():
        found = seen[name]
        assert (found.dark, found.window) == (is_dark, width)
        assert found.violations == []
        assert found.passes >= ENOUGH
        assert found.width <= width, "it scrolls sideways"
        # Whether letters in a picture, or behind the edge of a table, stand out: test_page computes it.
        assert {rule for rule, _ in found.unsure} <= {"color-contrast"}
