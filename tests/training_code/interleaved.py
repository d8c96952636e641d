"""Something that happens at a chosen moment of what another process does: before a call of a client, or after it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Interleaved:
    """A client of MLflow to which something happens once: right before its first call of `method`, or right after.

    With a `number`, at that call. What happens may use the same client: nothing more happens to it.
    """

    def __init__(
        self,
        client: Any,  # noqa: ANN401  # MlflowClient, which is not imported for a type
        method: str,
        meanwhile: Callable[[], object],
        *,
        number: int = 1,
        after: bool = False,
    ) -> None:
        self._client = client
        self._method = method
        self._meanwhile = meanwhile
        self._calls_left = number
        self._after = after

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        called = getattr(self._client, name)
        if name != self._method or not callable(called):
            return called

        def call(*arguments: Any, **more: Any) -> Any:  # noqa: ANN401
            self._calls_left -= 1
            is_now = self._calls_left == 0
            if is_now and not self._after:
                self._meanwhile()
            answer = called(*arguments, **more)
            if is_now and self._after:
                self._meanwhile()
            return answer

        return call
