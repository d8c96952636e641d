"""Settings that have to fit each other, judged as far as they are known.

A setting that is wrong by itself hides no other fault: rules are judged over the settings that are right, each rule to
where it asks for one that is not (joint_faults, docs/adr/0062).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self, TypeVar

from pydantic import BaseModel, ConfigDict, model_validator

Finding = TypeVar("Finding")
Value = TypeVar("Value")


class UnjudgedError(Exception):
    """A rule asked for a setting that is wrong by itself, so that nobody can tell what the rule would say."""


class FittingModel(BaseModel):
    """Settings with rules across them; what the rules find is one error of pydantic's."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    between: ClassVar[str] = "; "
    """What stands between two sentences of the error."""
    is_judged_whole: ClassVar[bool] = True
    """Whether the rules of what the model is a part of leave it alone as long as it does not fit in itself."""

    def misfits(self) -> Iterator[str]:
        """All that is wrong across the settings, a sentence each."""
        yield from ()

    def require_fit(self) -> None:
        """Judge.

        Raises:
            ValueError: what does not fit.
            UnjudgedError: nothing, as far as it is known, and something is not known.
        """
        found, is_whole = as_far_as_known(self.misfits())
        if found:
            raise ValueError(self.between.join(found))
        if not is_whole:
            raise UnjudgedError

    @model_validator(mode="after")
    def _fields_fit_each_other(self) -> Self:
        self.require_fit()
        return self


def judged(*rules: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """What rules find, each of them as far as its settings are known.

    Raises:
        UnjudgedError: after all of that, where a rule could not be judged to its end.
    """
    unjudged = None
    for rule in rules:
        try:
            yield from rule()
        except UnjudgedError as error:
            unjudged = error
    if unjudged:
        raise unjudged


def as_far_as_known(findings: Iterator[Finding]) -> tuple[list[Finding], bool]:
    """What is found, and whether that is all: not where a setting that is wrong was asked for."""
    found = []
    try:
        for finding in findings:
            found.append(finding)  # noqa: PERF402 - what was found until then is kept
    except UnjudgedError:
        return found, False
    return found, True


@dataclass(frozen=True, repr=False)
class PartlyKnown(Mapping[str, Any]):
    """A mapping of settings of which some are wrong: these come last, and whoever asks for their values gets none.

    `has_wrong_names` says that some names are wrong themselves. Then it is not known which other names there are;
    `misnamed` are the values of such as are known.
    """

    known: Mapping[str, Any]
    wrong: tuple[str, ...] = ()
    has_wrong_names: bool = False
    misnamed: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        """For a message, which would show something that nobody wrote."""
        raise UnjudgedError

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - of whatever setting
        if name in self.known:
            return self.known[name]
        if name in self:
            raise UnjudgedError
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        if name not in self.known and name not in self.wrong and self.has_wrong_names:
            raise UnjudgedError
        return name in self.known or name in self.wrong

    def __iter__(self) -> Iterator[str]:
        yield from self.known
        yield from self.wrong
        if self.has_wrong_names:
            raise UnjudgedError

    def __len__(self) -> int:
        if self.has_wrong_names:
            raise UnjudgedError
        return len(self.known) + len(self.wrong)


def known_or(value: Callable[[], Value], otherwise: Value) -> Value:
    """A value, or what stands for one that is not known."""
    try:
        return value()
    except UnjudgedError:
        return otherwise


def known_entries(mapping: Callable[[], Mapping[str, Value]]) -> tuple[dict[str, Value], bool]:
    """The entries of a mapping that are known, and whether these are all."""
    nothing: Mapping[str, Value] = PartlyKnown({}, has_wrong_names=True)
    found = known_or(mapping, nothing)
    if isinstance(found, PartlyKnown):
        return dict(found.known), False
    return dict(found), True
