"""Two descriptions of a model, of then and of now: what is the same in them, and why the models may differ."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.errors import RehearsalError

JSON_VERSION: Final = 1
"""Of the document; goes up when a member is renamed or taken out. New members may come at any time."""
_DIGEST_CHARACTERS: Final = 12
_ABSENT: Final = "none"


class ReproductionError(RehearsalError):
    """The run cannot be trained again, or not be compared; the message says why."""


@dataclass(frozen=True)
class TrainedModel:
    """What model.json says of a model and of what it is made from. `trees_digest` is "" for a model without trees."""

    training_job_name: str
    data_digest: str
    code_digest: str
    hyperparameters: Mapping[str, Any]
    versions: Mapping[str, Any]
    trees_digest: str
    predictions_digest: str
    metrics: Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """One line of the comparison."""

    what: str
    then: str
    now: str
    changes: tuple[str, ...] = ()
    """Each difference in words; none where both are the same."""
    compared: bool = True

    @property
    def same(self) -> bool:
        """Whether then and now are known to be the same."""
        return self.compared and not self.changes

    @property
    def verdict(self) -> str:
        """Whether they are the same, for a reader."""
        return ("yes" if self.same else "no") if self.compared else "not compared"


@dataclass(frozen=True)
class Images:
    """The training image that the run had, "" where it had none, and what stands in for it now."""

    then: str
    now: str


@dataclass(frozen=True)
class Comparison:
    """All lines; whether trees and predictions are the same; and in words what differs, "" where nothing does.

    `not_compared` says in words what nobody can tell, and what is compared instead.
    """

    rows: tuple[Row, ...]
    same_model: bool
    cause: str
    not_compared: str


def as_document(stack: str, run_id: str, comparison: Comparison) -> dict[str, Any]:
    """The same for programs; `same` is null of what nobody can compare."""
    return {
        "version": JSON_VERSION,
        "stack": stack,
        "run_id": run_id,
        "same_model": comparison.same_model,
        "cause": comparison.cause or None,
        "not_compared": comparison.not_compared,
        "compared": [
            {
                "what": row.what,
                "then": row.then,
                "now": row.now,
                "same": row.same if row.compared else None,
                "changes": list(row.changes),
            }
            for row in comparison.rows
        ],
    }


def read_description(text: str, of: str) -> TrainedModel:
    """The content of model.json, which is of the run or job that `of` names.

    Raises:
        ReproductionError: it has no digests, because older training code wrote it, or it is something else.
    """
    try:
        told = json.loads(text)
        if told["code_digest"] and "predictions_digest" not in told:
            raise ReproductionError(
                f"{of} has no digests of trees and predictions: it was made by older training code; "
                f"its result cannot be compared, only runs of this version's training code can"
            )
        return TrainedModel(**{name: told[name] for name in TrainedModel.__dataclass_fields__})
    except (ValueError, KeyError, TypeError):
        raise ReproductionError(f"model.json of {of} is not the description of a model") from None


def compare(then: TrainedModel, now: TrainedModel, channels: Sequence[str], images: Images) -> Comparison:
    """Compare two trainings on `channels`, the names that a message gives the data."""
    versions = _mappings("package versions", then.versions, now.versions)
    rows = (
        _texts("data", then.data_digest, now.data_digest),
        _texts("source bundle", then.code_digest, now.code_digest),
        Row("image", _short(images.then), images.now, compared=False),
        versions,
        _mappings("settings", then.hyperparameters, now.hyperparameters),
        _texts("trees", then.trees_digest, now.trees_digest),
        _texts("predictions", then.predictions_digest, now.predictions_digest),
        _mappings("metrics", then.metrics, now.metrics),
    )
    same = {row.what: row.same for row in rows}
    not_compared = (
        f"the training image {images.then or _ABSENT}, which is not run here: {images.now} stands in for it; the "
        f"package versions that the run recorded are {'the same' if versions.same else _others(versions)}"
    )
    return Comparison(rows, same["trees"] and same["predictions"], _cause(rows, same, channels), not_compared)


def _others(versions: Row) -> str:
    return f"others here: {', '.join(versions.changes)}"


def _short(image: str) -> str:
    """An image without its registry, for a table: repository with tag, or with the beginning of its digest."""
    registry, slash, rest = image.partition("/")
    name = rest if slash and any(mark in registry for mark in ".:") else image
    repository, at, digest = name.partition("@sha256:")
    return f"{repository}{at}{digest[:_DIGEST_CHARACTERS]}" or _ABSENT


def _cause(rows: Sequence[Row], same: Mapping[str, bool], channels: Sequence[str]) -> str:
    subjects = {
        "data": f"channel{'s' * (len(channels) > 1)} {' and '.join(channels)} "
        f"{'have' if len(channels) > 1 else 'has'} changed since: digest",
        "source bundle": "the source bundle has changed since: digest",
        "settings": "other settings:",
        "package versions": "other package versions:",
    }
    found = [f"{subjects[row.what]} {', '.join(row.changes)}" for row in rows if row.what in subjects and not row.same]
    if found:
        return "; ".join(found)
    if not same["trees"]:
        return (
            "the trees differ, though data, source bundle, settings and package versions are the same: look at what a "
            "run does not record, such as the CPU, its number of cores, and what the image has besides Python packages"
        )
    if not same["predictions"]:
        return (
            "the predictions differ, though data, source bundle, settings, package versions and trees are the same: "
            "another CPU may add floating-point numbers in another order"
        )
    return ""


def _texts(what: str, then: str, now: str) -> Row:
    short_then, short_now = (text[:_DIGEST_CHARACTERS] or _ABSENT for text in (then, now))
    return Row(what, short_then, short_now, () if then == now else (f"{short_then} then, {short_now} now",))


def _mappings(what: str, then: Mapping[str, Any], now: Mapping[str, Any]) -> Row:
    """Shows what differs, and where nothing does, numbers or else how many there are."""
    names = list(then) + [name for name in now if name not in then]
    differing = [name for name in names if then.get(name, _ABSENT) != now.get(name, _ABSENT)]
    if not differing and what != "metrics":
        return Row(what, f"{len(then)} of them", f"{len(now)} of them")

    def cell(values: Mapping[str, Any]) -> str:
        return "\n".join(f"{name} {_shown(values.get(name, _ABSENT))}" for name in differing or names)

    changes = (
        f"{name} {_shown(then.get(name, _ABSENT))} then, {_shown(now.get(name, _ABSENT))} now" for name in differing
    )
    return Row(what, cell(then), cell(now), tuple(changes))


def _shown(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
