"""Options of `training-jobs dead-letters` that do not go together, and the page that shows it."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from operations.named_stack import Named
from operations.schedules.dead_letter_printing import print_letters, print_redriven
from operations.schedules.redriving import Outcome, Redriven
from tests.operations.projects import ROOT, typed
from tests.operations.schedules.letters import letter

PAGE = (ROOT / "docs" / "dead-letters.md").read_text()
ID = "6b1f0c3e-52a4-4d2e-9d7e-40a1c2b3d4e5"
THROTTLED = letter(id_=ID, SCHEDULE_ARN="arn:aws:scheduler:us-east-1:123456789012:schedule/c/breast-cancer-prod")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--redrive"], "Invalid value for --redrive: name the letters to redrive, or ask for --all"),
        (["--redrive", "--all", "aa"], "Invalid value for --redrive: name the letters to redrive, or ask for --all"),
        (["--all"], "Invalid value for --all: it belongs to --redrive"),
        (["--dry-run"], "Invalid value for --dry-run: it belongs to --redrive"),
    ],
)
def test_options_that_do_not_go_together_are_wrong_usage(arguments: list[str], message: str) -> None:
    done = typed("dead-letters", *arguments)

    assert done.exit_code == 2
    assert message in " ".join(re.sub("[│╭╮╰╯─]", " ", done.stderr).split())


def printed() -> Console:
    return Console(file=io.StringIO(), highlight=False, width=1000)


def text_of(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def shown(command: str) -> str:
    _, _, after = PAGE.partition(f"$ .venv/bin/{command}\n")
    return after.partition("```")[0]


def test_the_page_shows_a_letter_as_the_command_does() -> None:
    console = printed()

    print_letters(console, Named("prod"), [THROTTLED], 0, [])

    assert text_of(console) == shown("training-jobs dead-letters --stack prod")


def test_the_page_shows_a_redrive_as_the_command_does() -> None:
    console = printed()

    print_redriven(console, [Redriven(THROTTLED, Outcome.CREATED, f"breast-cancer-prod-{ID}")], [])

    assert text_of(console) == shown("training-jobs dead-letters --stack prod --redrive 6b1f0c3e")


def test_what_a_message_says_cannot_move_the_cursor() -> None:
    console = printed()

    print_letters(
        console, Named("prod"), [letter(ERROR_MESSAGE="a\x1b[2Jb\nc", SCHEDULED_TIME="\x1b[2J")], 3, ["a note"]
    )

    assert "\x1b" not in text_of(console)
    assert "about 3 more" in text_of(console)
