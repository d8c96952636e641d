"""What the pack is installed with in another project is what these tests have run."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_pack_asks_for_the_sdk_that_it_is_tested_with_and_nothing_else() -> None:
    asked = (ROOT / "policies" / "requirements.txt").read_text(encoding="utf-8").split()
    locked = re.findall(
        r"^pulumi-policy==\S+", (ROOT / "requirements" / "development.txt").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert asked == locked == [f"pulumi-policy=={version('pulumi-policy')}"]
