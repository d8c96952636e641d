import io
import re

import pytest
from rich.console import Console
from rich.table import Table
from rich.text import Text

from operations.console import ConsoleReporter, print_facts, print_hanging, whole_words

URI = "s3://ml-platform-staging-ml-bucket/training-outputs/breast-cancer-staging-5/output/model.tar.gz"


class Screen:
    """What a console shows, on a terminal of some width or in a pipe."""

    def __init__(self, width: int | None = None) -> None:
        self._file = io.StringIO()
        self.console = Console(
            file=self._file, force_terminal=width is not None, width=width, color_system=None, legacy_windows=False
        )
        self.reporter = ConsoleReporter(self.console)

    @property
    def lines(self) -> list[str]:
        """The printed lines, without what moves the cursor and without the spinner's."""
        text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", self._file.getvalue()).replace("\r", "\n")
        return [line for line in text.splitlines() if line.strip() and "…" not in line]

    @property
    def raw(self) -> str:
        return self._file.getvalue()


def test_a_step_is_shown_with_its_time_when_it_has_ended() -> None:
    screen = Screen()
    with screen.reporter.step("deploy the stack"):
        assert screen.raw == "", "no line that would have to be taken back"
    assert re.fullmatch(r"✓   0\.\d s  deploy the stack\n", screen.raw)


def test_a_step_says_in_brackets_what_it_did() -> None:
    screen = Screen()
    with screen.reporter.step("deploy the stack") as step:
        step.detail("8 resources")
    assert re.fullmatch(r"✓   0\.\d s  deploy the stack \(8 resources\)\n", screen.raw)


def test_a_step_that_fails_is_marked_and_its_error_comes_through() -> None:
    screen = Screen()
    with pytest.raises(LookupError, match=r"^gone$"), screen.reporter.step("deploy the stack"):
        raise LookupError("gone")
    assert re.fullmatch(r"✗   0\.\d s  deploy the stack\n", screen.raw)


def test_what_looks_like_markup_is_shown_as_it_is() -> None:
    screen = Screen()
    with screen.reporter.step("train [bold]x[/bold]") as step:
        step.detail("[red]a[/red]")
    screen.reporter.note("training_jobs[0] :smile:")
    screen.reporter.log_line("[/] array([1, 2])")

    assert screen.lines[0].endswith("  train [bold]x[/bold] ([red]a[/red])")
    assert screen.lines[1:] == ["    note   training_jobs[0] :smile:", "           [/] array([1, 2])"]


def test_titles_notes_and_log_lines_begin_in_one_column() -> None:
    screen = Screen()
    with screen.reporter.step("train"):
        screen.reporter.log_line("train")
    screen.reporter.note("train")

    assert [line.index("train") for line in screen.lines] == [11, 11, 11]


def test_without_a_terminal_a_note_is_one_line() -> None:
    screen = Screen()
    screen.reporter.note("word " * 60)
    assert len(screen.lines) == 1


@pytest.mark.parametrize("width", [80, 120])
def test_on_a_terminal_a_note_goes_on_under_its_own_start(width: int) -> None:
    screen = Screen(width)
    screen.reporter.note(" ".join(f"word{number}" for number in range(60)))

    first, *rest = screen.lines
    assert first.startswith("    note   word0 ")
    assert rest
    assert all(line.startswith(" " * 11 + "word") for line in rest)
    assert max(map(len, screen.lines)) <= width
    assert " ".join(screen.lines).split()[1:] == [f"word{number}" for number in range(60)]


def test_an_address_is_never_broken() -> None:
    screen = Screen(80)
    print_facts(screen.console, [("status", "Completed"), ("S3 artifact", URI)])
    assert screen.lines == ["status       Completed", f"S3 artifact  {URI}"]


def test_styles_survive_the_end_of_a_line() -> None:
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=30, color_system="standard", legacy_windows=False)
    print_hanging(console, Text("lead "), Text.assemble("plain words here ", ("red words that go on", "red")))

    lines = file.getvalue().splitlines()
    assert len(lines) == 2
    assert all("\x1b[31m" in line for line in lines)


def test_an_empty_text_is_a_line() -> None:
    screen = Screen()
    print_facts(screen.console, [("metrics", "")])
    assert screen.raw == "metrics  \n"


@pytest.mark.parametrize("width", [80, 40, 20])
def test_no_word_of_a_table_is_cut(width: int) -> None:
    screen = Screen(width)
    table = Table("a run at most", "a month like these", "decided by")
    table.add_row("USD 0.00061", "USD 12,345.67", "arn:aws:sts::123456789012:assumed-role/someone")

    screen.console.print(whole_words(screen.console, table))

    told = "".join(re.sub(r"[│┃\s]", "", line) for line in screen.raw.splitlines())
    assert "…" not in screen.raw
    assert width < 80 or {"USD0.00061", "USD12,345.67"} <= {
        cell.replace(" ", "") for line in screen.raw.splitlines() for cell in re.split("[│┃]", line)
    }
    assert max(map(len, screen.raw.splitlines())) <= width
    assert told


def test_of_a_column_that_does_not_wrap_only_the_title_does() -> None:
    screen = Screen(24)
    table = Table()
    table.add_column("a run at most", no_wrap=True)
    table.add_column("decided by")
    table.add_row("USD 0.24\nin 1 h", "the gate, which holds it against the champion")

    screen.console.print(whole_words(screen.console, table))

    first = [re.split("[│┃]", line)[1].strip() for line in screen.raw.splitlines() if line[0] in "│┃"]
    assert [each for each in first if each] == ["a run at", "most", "USD 0.24", "in 1 h"]


def test_a_table_has_no_lines_between_its_columns_where_its_words_have_no_room() -> None:
    screen = Screen(36)
    table = Table("schedule", "machines", "a run")
    table.add_row("churn-staging", "ml.m5.large", "USD 0.1")

    screen.console.print(whole_words(screen.console, table))

    assert "│" not in screen.raw
    assert "churn-staging" in screen.raw
