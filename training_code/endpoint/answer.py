"""What the model said, as JSON or CSV."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from endpoint.request_body import CSV, JSON


def encode(prediction: dict[str, Any], accept: str) -> tuple[str, str]:
    """The answer and its content type, the first of those accepted that is written here.

    Raises:
        ValueError: when none is.
    """
    kinds = [each.split(";", 1)[0].strip().lower() for each in (accept or "*/*").split(",")]
    for kind in kinds:
        if kind in (JSON, "application/*", "*/*"):
            return json.dumps({"predictions": _objects(prediction)}), JSON
        if kind in (CSV, "text/*"):
            return _lines(prediction), CSV
    raise ValueError(f"accept {accept!r} is not written here; accept {JSON} or {CSV}")


def _lines(prediction: dict[str, Any]) -> str:
    firsts = prediction["values"] if "values" in prediction else prediction["labels"]
    others = prediction.get("probabilities") or [[]] * len(firsts)
    text = io.StringIO()
    rows = ([first, *other] for first, other in zip(firsts, others, strict=True))
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _objects(prediction: dict[str, Any]) -> list[dict[str, Any]]:
    if "values" in prediction:
        return [{"value": value} for value in prediction["values"]]
    if "probabilities" not in prediction:
        return [{"label": label} for label in prediction["labels"]]
    names = [str(each) for each in prediction["classes"]]
    pairs = zip(prediction["labels"], prediction["probabilities"], strict=True)
    return [{"label": label, "probabilities": dict(zip(names, row, strict=True))} for label, row in pairs]
