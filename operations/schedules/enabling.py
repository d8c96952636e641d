"""`training-jobs enable` and `disable`: change the stack's setting, and say what to run next. AWS is left alone."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from operations.console import print_facts, print_line, write_document
from operations.schedules.settings_files import DEFAULTS, JOBS, StackSettings, Written, read_stack_settings
from operations.schedules.switching import Named, SwitchError, changes, select, states, written_for_all
from operations.schedules.wish import Wish
from operations.schedules.yaml_edit import with_value
from rehearsal.errors import RehearsalError

JSON_VERSION: Final = 1
"""Of the document; goes up when a member is renamed or taken out. New members may come at any time."""
_WORDS: Final = {True: "ENABLED", False: "DISABLED"}


@dataclass(frozen=True)
class Edit:
    """One setting that changes, in which file."""

    file: Path
    path: tuple[str, ...]
    value: bool

    @property
    def setting(self) -> str:
        """As messages name it: without the `config` that all are below."""
        return ".".join(self.path[1:])


def switch(project_dir: Path, wish: Wish, console: Console | None, *, rehearsal: bool) -> int:
    """Write the setting; to `console`, or without one as one JSON document.

    Raises:
        RehearsalError: there is no such schedule, or the files cannot be read or changed.
    """
    if rehearsal:
        raise RehearsalError(
            "a rehearsal has no settings of its own: leave --rehearsal out, which changes the stack's, and rehearse "
            f"again: training-jobs rehearse --stack {wish.stack}"
        )
    with _alone(project_dir):
        settings = read_stack_settings(project_dir, wish.stack)
        wanted = select(states(settings.values), wish.stack, wish.job, wish.schedule)
        edits = _edits(settings, wanted, wish)
        _write(settings, edits)
        after = states(read_stack_settings(project_dir, wish.stack).values)
    changed = {name for name, state in states(settings.values).items() if after[name] is not state}
    if console is None:
        write_document(_document(wish, edits, after, changed))
    else:
        _print(console, wish, edits, [(name, after[name], name in changed) for name in after])
    return 0


@contextmanager
def _alone(project_dir: Path) -> Iterator[None]:
    """Let other processes that switch something wait until this one has: one would undo the other's."""
    try:
        file = (project_dir / "Pulumi.yaml").open("rb")
    except OSError:
        yield  # which the reading tells
        return
    with file:
        with suppress(OSError):  # a file system that has no locks
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _edits(settings: StackSettings, wanted: Sequence[Named], wish: Wish) -> list[Edit]:
    values = settings.values
    of_all = len(wanted) == len(states(values)) and not settings.defaults.is_shared
    by_defaults = of_all and (settings.jobs.is_shared or written_for_all(values))
    found = changes(values, wanted, enabled=wish.enabled, by_defaults=by_defaults)
    return [_placed(settings, path, value, wish) for path, value in found]


def _placed(settings: StackSettings, path: tuple[str, ...], value: bool, wish: Wish) -> Edit:
    written: Written = {JOBS: settings.jobs, DEFAULTS: settings.defaults}[path[0]]
    if written.is_shared:
        verb = "enable" if wish.enabled else "disable"
        raise SwitchError(
            f"{'.'.join(path)} stands in {written.file.name}, which every stack shares: there, it would change in "
            f"each of them. To {verb} every job of stack {wish.stack}, name no job: that is written to {DEFAULTS} in "
            f"Pulumi.{wish.stack}.yaml. For one job of this stack alone, give the stack {JOBS} of its own "
            "(docs/many-jobs.md)"
        )
    return Edit(written.file, (*written.path, *path[1:]), value)


def _write(settings: StackSettings, edits: Sequence[Edit]) -> None:
    """Every change is made in the texts before the first file is written."""
    texts = dict(settings.texts)
    for edit in edits:
        texts[edit.file] = with_value(texts[edit.file], edit.path, value=edit.value, name=edit.file.name)
    for file, text in texts.items():
        if text != settings.texts[file]:
            file.write_bytes(text.encode())


def _print(console: Console, wish: Wish, edits: Sequence[Edit], told: Sequence[tuple[Named, bool, bool]]) -> None:
    for edit in edits:
        print_line(console, Text.assemble(edit.file.name, "  ", (f"{edit.setting}: {str(edit.value).lower()}", "bold")))
    print_facts(
        console,
        [
            (name.on_aws(wish.stack), f"{_WORDS[state]}{f', was {_WORDS[not state]}' if changed else ', as before'}")
            for name, state, changed in told
        ],
    )
    if edits:
        print_line(console, Text(f"AWS has not been asked. Run next: {_next(wish)}"))
    else:
        print_line(
            console,
            Text(
                "nothing to change; AWS has not been asked. Where it says otherwise: "
                f"pulumi refresh -s {wish.stack}, and then {_next(wish)}"
            ),
        )


def _next(wish: Wish) -> str:
    return f"pulumi up -s {wish.stack}"


def _document(wish: Wish, edits: Sequence[Edit], after: dict[Named, bool], changed: set[Named]) -> dict[str, Any]:
    return {
        "version": JSON_VERSION,
        "stack": wish.stack,
        "settings": [{"file": edit.file.name, "setting": edit.setting, "value": edit.value} for edit in edits],
        "schedules": [
            {
                "job": name.job,
                "schedule": name.schedule,
                "name": name.on_aws(wish.stack),
                "enabled": state,
                "changed": name in changed,
            }
            for name, state in after.items()
        ],
        "next": _next(wish),
    }
