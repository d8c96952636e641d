"""What differs between two runs, by subject, as values: settings, metrics, data, code, packages, machine, pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Run = Mapping[str, Any]
ABSENT: Final = ""
"""What a run does not have, where the other has it."""
_CODE_TAGS: Final = {
    "scheduled_training.source_bundle_digest": "source bundle",
    "scheduled_training.code_digest": "code",
    "mlflow.source.git.commit": "commit",
    "training_image": "image",
}
_DATA_TAGS: Final = {"scheduled_training.data_digest": "digest of the files", "data_checks": "data checks"}
_RESULT_TAGS: Final = {
    "scheduled_training.trees_digest": "digest of the trees",
    "scheduled_training.predictions_digest": "digest of the predictions",
}
_DIGITS: Final = 12
_PICTURES: Final = (".png", ".svg", ".html")


@dataclass(frozen=True)
class Difference:
    """One value that is not the same; `change` is the second less the first, where both are numbers."""

    name: str
    first: str
    second: str
    change: float | None = None


@dataclass(frozen=True)
class Subject:
    """A subject with what differs, and how many values are the same."""

    name: str
    differences: tuple[Difference, ...]
    same: int


def compare(first: Run, second: Run) -> list[Subject]:
    """All subjects, those first in which something differs."""
    made = [
        _subject("settings", first["parameters"], second["parameters"]),
        _subject("metrics", _metrics(first), _metrics(second)),
        _subject("data", _data(first), _data(second)),
        _subject("data profile", dict(_profile(first)), dict(_profile(second))),
        _subject("code", _tags(first, _CODE_TAGS), _tags(second, _CODE_TAGS)),
        _subject("packages", _packages(first), _packages(second)),
        _subject("result", _tags(first, _RESULT_TAGS), _tags(second, _RESULT_TAGS)),
        _subject("pictures", _pictures(first), _pictures(second)),
    ]
    return sorted(made, key=lambda subject: not subject.differences)


def _subject(name: str, first: Mapping[str, Any], second: Mapping[str, Any]) -> Subject:
    names = [*first, *(each for each in second if each not in first)]
    found = [
        Difference(each, _shown(first.get(each)), _shown(second.get(each)), _change(first.get(each), second.get(each)))
        for each in names
        if first.get(each) != second.get(each)
    ]
    return Subject(name, tuple(found), len(names) - len(found))


def _shown(value: object) -> str:
    if value is None:
        return ABSENT
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _change(first: object, second: object) -> float | None:
    numbers = isinstance(first, int | float) and isinstance(second, int | float)
    return second - first if numbers else None  # type: ignore[operator] # both are numbers


def _metrics(run: Run) -> dict[str, float]:
    """Those that judge the model: not the machine's, nor those of the way to it."""
    return {
        name: float(value)
        for name, value in sorted(run["metrics"].items(), key=lambda metric: (":" not in metric[0], metric[0]))
        if not name.startswith("system/") and not name.endswith("_grown")
    }


def _data(run: Run) -> dict[str, Any]:
    found: dict[str, Any] = dict(_tags(run, _DATA_TAGS))
    for each in run["datasets"]:
        name = each["context"] or each["name"]
        found |= {f"{name} from": each["uri"], f"{name} rows": each["rows"], f"{name} digest": each["digest"]}
    found |= {name: value for name, value in sorted(run["tags"].items()) if name.startswith("channel_uri.")}
    return found


def _profile(run: Run) -> Iterator[tuple[str, Any]]:
    """Rows, and of each column its kind, its share of missing values, and its quantiles or frequent words."""
    profile = run.get("profile")
    if not isinstance(profile, Mapping):
        return
    yield "rows", profile.get("rows")
    columns = {**(profile.get("columns") or {}), "(target)": profile.get("target") or {}}
    for name, column in columns.items():
        if not isinstance(column, Mapping):
            continue
        yield f"{name}: kind", column.get("kind")
        yield f"{name}: missing", column.get("missing")
        if quantiles := column.get("quantiles"):
            yield f"{name}: quantiles", _row(quantiles)
        if shares := column.get("shares"):
            frequent = sorted(shares.items(), key=lambda share: (-share[1], share[0]))[:3]
            yield f"{name}: words", f"{column.get('words')}: " + ", ".join(f"{w} {s:.3g}" for w, s in frequent)


def _row(numbers: Sequence[Any]) -> str:
    return " ".join(f"{each:.4g}" if isinstance(each, float) else str(each) for each in numbers)


def _packages(run: Run) -> dict[str, str]:
    model = run.get("model")
    versions = model.get("versions") if isinstance(model, Mapping) else None
    return dict(versions) if isinstance(versions, Mapping) else {}


def _pictures(run: Run) -> dict[str, str]:
    return {name: "there" for name in run["artifacts"] if name.endswith(_PICTURES)}


def _tags(run: Run, wanted: Mapping[str, str]) -> dict[str, str]:
    tags = run["tags"]
    found = {}
    for name, words in wanted.items():
        # Runs of earlier versions of the training code have the same tags without the prefix.
        if value := tags.get(name) or tags.get(name.removeprefix("scheduled_training.")):
            found[words] = value[:_DIGITS] if "digest" in name else value
    return found


def as_document(first: Run, second: Run, subjects: Sequence[Subject]) -> dict[str, Any]:
    """The comparison for programs."""
    return {
        "version": 1,
        "runs": [
            {"run_id": each["run_id"], "name": each["name"], "training_job": each["tags"].get("training_job_name")}
            for each in (first, second)
        ],
        "differences": {
            subject.name: [
                {"name": each.name, "first": each.first, "second": each.second, "change": each.change}
                for each in subject.differences
            ]
            for subject in subjects
            if subject.differences
        },
        "same": {subject.name: subject.same for subject in subjects},
    }
