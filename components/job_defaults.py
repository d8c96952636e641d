"""What all jobs of a stack share, written once: `defaults` is laid under each job's own settings.

Mappings are merged name by name, anything else that a job says takes the place of the default, and `null` takes out
what the defaults have. A `null` where they have nothing is the job's own value, as ever.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from .shown_names import shown_name

FIELD: Final = "defaults"
_JOBS: Final = "training_jobs"
_UNKNOWN: Final = "unknown setting; "
_MISSING: Final = "is required and not set"
"""Of a setting that nobody gives: the defaults need not be complete, so this is told of the job."""


def laid_under(defaults: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """A job's values over the defaults."""
    merged = {name: value for name, value in defaults.items() if name not in own}
    for name, value in own.items():
        if name not in defaults:
            merged[name] = value
        elif isinstance(value, Mapping) and isinstance(defaults[name], Mapping):
            merged[name] = laid_under(defaults[name], value)
        elif value is not None:
            merged[name] = value
    return merged


@dataclass(frozen=True)
class JobDefaults:
    """The defaults and the jobs of a stack, both as they are written."""

    defaults: Mapping[str, Any] = field(default_factory=dict)
    jobs: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "JobDefaults":
        """Those of a stack's settings; what is no mapping is none, and its own mistake."""
        defaults, jobs = values.get(FIELD), values.get(_JOBS)
        return cls(
            defaults if isinstance(defaults, Mapping) else {},
            jobs if isinstance(jobs, Mapping) else {},
        )

    def completed(self) -> dict[str, Any]:
        """Each job with what it shares with the others."""
        return {
            name: laid_under(self.defaults, job) if isinstance(job, Mapping) else job for name, job in self.jobs.items()
        }

    def as_written(self, lines: Iterable[str]) -> list[str]:
        """Lines `training_jobs.<job>.<setting>: what`, told of the defaults where the value is theirs, once each."""
        return list(dict.fromkeys(map(self._as_written, lines))) if self.defaults else list(lines)

    def _as_written(self, line: str) -> str:
        lead, path, what = re.fullmatch(r"(\s*(?:[\w-]+:)?)(.*?)(: .*)?", line, re.DOTALL).groups()  # type: ignore[union-attr] # anything matches
        for name, job in self.jobs.items():
            start = f"{_JOBS}.{shown_name(name)}"
            if not isinstance(job, Mapping) or not (path == start or path.startswith(f"{start}.")):
                continue
            setting = path[len(start) + 1 :]
            inherited = list(_inherited(self.defaults, job))
            if any(setting == each or setting.startswith(f"{each}.") for each in inherited):
                if _MISSING in (what or ""):
                    return line
                return f"{lead}{FIELD}.{setting}{self._as_default(setting, what or '')}"
            return line + _note(inherited, setting, what or "")
        return line

    def _as_default(self, setting: str, what: str) -> str:
        """What is said of a default; one with a schedule in it, which no setting has, was meant to be a job."""
        value = self.defaults.get(setting)
        if _UNKNOWN not in what or not isinstance(value, Mapping) or "schedule" not in value:
            return what
        return what.replace(_UNKNOWN, f"{_UNKNOWN}did you mean {_JOBS}.{setting}? write it below {_JOBS}; ", 1)


def _inherited(defaults: Mapping[str, Any], own: Mapping[str, Any], above: str = "") -> Iterator[str]:
    """Paths of what a job has of the defaults and does not say itself: whole parts, and what is in them."""
    for name, value in defaults.items():
        path = f"{above}{shown_name(name)}"
        if name not in own:
            yield from _all_of(path, value)
        elif isinstance(value, Mapping) and isinstance(own[name], Mapping):
            yield from _inherited(value, own[name], f"{path}.")


def _all_of(path: str, value: object) -> Iterator[str]:
    yield path
    for name, part in value.items() if isinstance(value, Mapping) else ():
        yield from _all_of(f"{path}.{shown_name(name)}", part)


def _note(inherited: Iterable[str], setting: str, what: str) -> str:
    """Which of the settings that a sentence is about are defaults."""
    above = f"{setting}." if setting else ""
    below = [each.removeprefix(above) for each in inherited if each.startswith(above)]
    named = [each for each in below if re.search(rf"(?<![\w.'-]){re.escape(each)}(?![\w'-]|\.\w)", what)]
    if not named:
        return ""
    return f" (of defaults: {', '.join(named)}; null in the job takes a default out)"
