"""Values as a request has them."""

from typing import Any


def without_none(**values: Any) -> dict[str, Any]:  # noqa: ANN401 - the API's values are of many types
    """The fields that have a value: the API refuses null."""
    return {key: value for key, value in values.items() if value is not None}
