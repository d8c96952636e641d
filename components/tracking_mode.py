"""Whether a job tracks at all: a mapping says where, and the word `none` that it tracks nowhere."""

from collections.abc import Iterator
from typing import Annotated, Any, Final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from .aws_names import PREFIX_MAX_LENGTH
from .promotion_spec import PromotionSpec
from .script_mode import ENVIRONMENT_VALUE_MAX_LENGTH
from .tracking_spec import TrackingSpec

NONE: Final = "none"
AFTERWARDS: Final = "afterwards"
"""What a job is told that has an MLflow and cannot reach it: to leave its record in its output."""
DELIVERIES: Final = "deliveries"
"""Where a job without MLflow leaves word of what it delivered: below its output, in a prefix of its own."""


class NoneInWords:
    """Makes None of the word `none`, and of nothing else: an empty setting is one that was forgotten."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401
        return core_schema.no_info_before_validator_function(_none_in_words, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        told = handler(schema)
        told["anyOf"] = [{"const": NONE} if part == {"type": "null"} else part for part in told.get("anyOf", [])]
        return told


def _none_in_words(value: object) -> object:
    if value == NONE:
        return None
    if value is None or isinstance(value, str):
        raise ValueError(
            "allowed: a mapping that says where to track (tracking_uri: https://mlflow.example.com), or the word "
            f"{NONE} for a model that goes to S3 alone"
        )
    return value


Tracking = Annotated[TrackingSpec | None, NoneInWords()]


def deliveries_prefix(output: str, prefix: str) -> str:
    """Where the jobs of a training job name prefix leave word of what they delivered, below their output."""
    return f"{output}{prefix}/{DELIVERIES}/"


def untracked_problems(promotion: PromotionSpec, output: str, *, is_shipped: bool) -> Iterator[str]:
    """What is wrong with a job that tracks nowhere; `output` is where its model goes."""
    for name in ("minimum_metrics", "maximum_metrics", "margin"):
        if getattr(promotion, name):
            yield (
                f"promotion.{name}: got {getattr(promotion, name)}; allowed with tracking none: nothing, because there "
                "is no registered model whose champion could change; remove it, or say in tracking where to track"
            )
    room = ENVIRONMENT_VALUE_MAX_LENGTH - len(deliveries_prefix("", "x" * PREFIX_MAX_LENGTH))
    if is_shipped and len(output) > room:
        yield (
            f"output.s3_path: got {len(output)} characters; allowed with tracking none: {room}, because a variable "
            "tells the job where to leave word of what it delivered; choose a shorter prefix"
        )
