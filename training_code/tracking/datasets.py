"""What a run was trained on and judged by, as MLflow describes datasets: plain values, a part of the record."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from data.dataset import Dataset
from data.tables import Table
from options.environment import Environment
from options.estimators import REGRESSION
from options.hyperparameters import SPLITS, Hyperparameters
from scheduled_job.delivery import VALIDATION

HELD_OUT = "held out from training"
"""Name of the rows that judge where there is no channel of their own."""

_DIGITS = 16
"""Of a digest; MLflow takes up to 36 characters, and shows them all."""
_LONGEST_SCHEMA = 65_535
"""Characters that every server since MLflow 3.0 takes. Source: MLflow, `utils/validation.py`."""
_TYPES = {"b": "boolean", "i": "long", "u": "long", "f": "double"}
"""MLflow's name for a kind of numpy's; everything else is text."""


def describe(data: Dataset, settings: Hyperparameters, env: Environment) -> list[dict[str, str]]:
    """The datasets of a run: name, digest, source_type, source, schema and profile as MLflow keeps them, and context.

    The digest is over the digest of the channel's files and all that is shown here: MLflow keeps the first dataset of
    an experiment with a name and a digest, and shows it for all others. A schema that is too long for MLflow is "".
    """
    if not data.digests:
        return []
    judges = "validation" if "validation" in data.digests else "training"
    split = {}
    if judges == "training":
        names = ("validation_fraction", "random_state", *SPLITS)
        split["hold_out"] = {name: value for name in names if (value := getattr(settings, name)) is not None}
    name = "validation" if judges == "validation" else HELD_OUT
    parts = (("training", "training", data.training, "training"), (name, judges, data.validation, VALIDATION))
    return [_described(*part, data, split, env) for part in parts]


def _described(  # noqa: PLR0913, PLR0917  # one for each thing that is shown
    name: str, channel: str, table: Table, context: str, data: Dataset, split: Mapping[str, object], env: Environment
) -> dict[str, str]:
    columns = _columns(table, data)
    rows = len(table.target)
    schema = json.dumps({"mlflow_colspec": columns})
    shown = _source(channel, env) | {
        "schema": schema if len(schema) <= _LONGEST_SCHEMA else "",
        "profile": json.dumps({"num_rows": rows, "num_elements": rows * len(columns), **split}),
    }
    facts = [data.digests[channel], name, sorted(shown.items())]
    digest = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:_DIGITS]
    return {"name": name, "digest": digest, "context": context} | shown


def _source(channel: str, env: Environment) -> dict[str, str]:
    """Where a channel comes from: its S3 URI, or of a job that was not told one its directory."""
    if uri := env.channel_uris.get(channel):
        return {"source_type": "s3", "source": json.dumps({"uri": uri})}
    directory: Path | None = env.training_channel if channel == "training" else env.validation_channel
    return {"source_type": "local", "source": json.dumps({"uri": str(directory)})}


def _columns(table: Table, data: Dataset) -> list[dict[str, object]]:
    """The columns that were read, with MLflow's types: features, target, and the weight where rows have one."""
    from mlflow.types.schema import ColSpec, Schema

    wanted = data.wanted
    if wanted is None:
        return []
    types = dict.fromkeys(wanted.features, "double")
    types |= dict.fromkeys(wanted.booleans & types.keys(), "boolean") | dict.fromkeys(wanted.words, "string")
    types |= dict.fromkeys(wanted.dates, "string")
    columns = [ColSpec(kind, name, required=not data.takes_missing) for name, kind in types.items()]
    kind = "double" if wanted.task == REGRESSION else _TYPES.get(table.target.dtype.kind, "string")
    columns.append(ColSpec(kind, wanted.target))
    if wanted.weight and table.weights is not None:
        columns.append(ColSpec("double", wanted.weight))
    return list(Schema([*columns]).to_dict())
