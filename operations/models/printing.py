"""`training-jobs models`: print versions, what was decided of them, and where those with an alias come from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from operations.console import print_facts, print_hanging, print_line, whole_words
from operations.models.alias_history import before, standing
from operations.models.asking import TrackedModel
from operations.models.documents import newest
from operations.models.versions import CHAMPION, RegisteredModel, Version

_METRICS = 4
"""So many of a version's metrics; `--json` has them all."""
_DIGITS = 12
_HOW = {
    "gate": "by its gate",
    "by hand": "by hand",
    "unknown": "moved by something else than a gate or training-jobs",
    "none": "",
}


def print_models(told: Sequence[tuple[TrackedModel, RegisteredModel]], shown: int, console: Console) -> int:
    """Print each model with its newest versions; 0."""
    for tracked, model in told:
        _print_model(tracked, model, shown, console)
    return 0


def _print_model(tracked: TrackedModel, model: RegisteredModel, shown: int, console: Console) -> None:
    if not model.versions:
        line = f"  job {tracked.job}: nothing is registered yet"
        print_line(console, Text.assemble((model.name, "bold"), line))
        return
    how, versions = standing(model), newest(model, shown)
    number = f"{len(model.versions)} version{'s' if len(model.versions) > 1 else ''}"
    champion = f"{CHAMPION} version {model.champion}, {_HOW[how.how]}" if model.champion else f"no {CHAMPION}"
    print_line(console, Text.assemble((model.name, "bold"), f"  job {tracked.job}: {number}, {champion}"))
    console.print(whole_words(console, _table(model, versions)))
    for version in versions:
        if aliases := model.aliases_of(version.number):
            print_line(console, Text(f"version {version.number}, {' and '.join(aliases)}", style="bold"))
            print_facts(console, list(_lineage(model, version)))
    earlier = before(model)
    if how.is_unexplained:
        told = f"{earlier.why}; training-jobs promote {model.name} VERSION makes it certain again"
        print_hanging(console, Text.assemble(("note", "yellow"), "  "), Text(told))
    elif model.champion:
        told = f"training-jobs rollback leads to version {earlier.version}" if earlier.version else earlier.why
        print_hanging(console, Text.assemble(("note", "cyan"), "  "), Text(told))
    console.print()


def _table(model: RegisteredModel, versions: Sequence[Version]) -> Table:
    table = Table("version", "made (UTC)", "alias")
    table.add_column("metrics", no_wrap=True)
    table.add_column("decided")
    for version in versions:
        metrics = list(version.metrics.items())
        lines = [f"{name.removeprefix('validation:')} {float(value):.4g}" for name, value in metrics[:_METRICS]]
        more = [f"and {len(metrics) - _METRICS} more"] if len(metrics) > _METRICS else []
        table.add_row(
            Text(version.number),
            Text(f"{version.created:%Y-%m-%d %H:%M}"),
            Text("\n".join(model.aliases_of(version.number)), style="green"),
            Text("\n".join([*lines, *more])),
            Text("\n".join(_decided(version))),
        )
    return table


def _decided(version: Version) -> Iterator[str]:
    if version.gate is not None:
        yield f"{version.gate.alias}: {version.gate.words}"
    if version.moved is not None:
        at = f"{version.moved.at:%Y-%m-%d %H:%M}"
        from_ = f"version {version.moved.from_}" if version.moved.from_ else "no version"
        yield f"{version.moved.how} from {from_} by {version.moved.by}, {at} UTC"
    if version.gate is None and version.moved is None:
        yield "nothing is recorded"


def _lineage(model: RegisteredModel, version: Version) -> Iterator[tuple[str, str]]:
    run = model.runs.get(version.run_id)
    yield "run", f"{version.run_id}, {run['name']}, {run['status']}" if run else f"{version.run_id}, which is gone"
    yield "training job", version.training_job or "not recorded"
    if version.scheduled_time:
        yield "was due", version.scheduled_time
    for each in run["datasets"] if run else ():
        rows = f", {each['rows']} rows" if each["rows"] is not None else ""
        yield f"{each['context'] or each['name']} data", f"{each['uri']}{rows}, digest {each['digest']}"
    digests = version.digests
    if data := digests.get("data_digest"):
        yield "data digest", data[:_DIGITS]
    if bundle := digests.get("source_bundle_digest"):
        yield "source bundle", bundle[:_DIGITS]
    if run and (commit := run["tags"].get("mlflow.source.git.commit")):
        yield "commit", commit
    if image := version.told.get("training_image"):
        yield "image", str(image)
    yield "model", str(version.told.get("source") or "not recorded")
