"""docs/runbook.md as tests read it: its sections, its commands, and what stands in them for something else."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Final

DOCS: Final = Path(__file__).parents[1] / "docs"
PAGE: Final = (DOCS / "runbook.md").read_text(encoding="utf-8")
TOOLS: Final = ("training-jobs", "pulumi", "aws")
STACK: Final = ("--stack", "prod")
"""What the page's commands name as the stack."""
_PLACEHOLDER: Final = re.compile(r"[A-Z][A-Z0-9_]+")


def sections(page: str = PAGE) -> dict[str, str]:
    """Heading -> text below it; headings that stand directly below each other share one text."""
    found, waiting = dict[str, str](), list[str]()
    for part in re.split(r"^(?=##+ )", page, flags=re.MULTILINE)[1:]:
        heading, _, text = part.partition("\n")
        waiting.append(heading.lstrip("# "))
        if text.strip():
            found |= dict.fromkeys(waiting, text)
            waiting.clear()
    return found


def commands(text: str = PAGE) -> list[tuple[str, ...]]:
    """Every command of a tool that is complete, in the page's order: of consoles, and in the middle of a sentence."""
    typed = re.findall(r"^\$ (.+)$", text, re.MULTILINE)
    named = re.findall(r"`((?:training-jobs|pulumi|aws) [^`\n]*--stack prod[^`\n]*)`", text)
    return [tuple(shlex.split(line, comments=True)) for line in (*typed, *named)]


def commands_of(tool: str, text: str = PAGE) -> list[tuple[str, ...]]:
    """Those of one tool, without its name; each once."""
    return list(dict.fromkeys(words[1:] for words in commands(text) if words[0] == tool))


def placeholders(words: tuple[str, ...]) -> set[str]:
    """What of a command stands for something else: words in capitals."""
    return {word for word in words if _PLACEHOLDER.fullmatch(word)}
