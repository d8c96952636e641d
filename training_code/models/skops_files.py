"""Writes and reads skops files without a second model in memory, array by array.

skops makes the whole file in memory before it writes it, and reads all arrays before it makes the first tree: a forest
of whole trees then takes three to four times its size. What is written here is what `skops.io.dump` writes, and what is
read is judged and made by skops itself; only when an array is in memory is otherwise (docs/adr/0026).

Uses parts of skops that are not public: its version is pinned, and tests compare what is written and read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy
import skops.io
from skops.io import _audit, _numpy, _sklearn, _utils
from skops.io._protocol import PROTOCOL
from skops.io.exceptions import UntrustedTypesFoundException

from failure import TrainingError


def dump(model: object, path: Path, trusted: Sequence[str]) -> None:
    """Write a model to a skops file, and see that it can be loaded with these types trusted.

    Raises:
        TrainingError: it has parts of other types, or of which skops has no notion.
    """
    with ZipFile(path, "w") as file:
        context = _utils.SaveContext(zip_file=file)
        state = _utils.get_state(model, context)
        state |= {"protocol": context.protocol, "_skops_version": skops.__version__}
        schema = json.dumps(state, indent=2)
        file.writestr("schema.json", schema)
        context.clear_memo()
    try:
        loading = _utils.LoadContext(src=_NoContent(), protocol=state["protocol"])
        _audit.audit_tree(_audit.get_tree(json.loads(schema), loading, trusted=list(trusted)), trusted=list(trusted))
    except UntrustedTypesFoundException as error:
        raise TrainingError(
            f"the model has parts that are not safe to load for whoever uses it: {error}; choose another estimator"
        ) from None


def load(model: Path, trusted: Sequence[str]) -> Any:  # noqa: ANN401  # whatever estimator was saved
    """The estimator in the directory of a model that MLflow has saved, of these types alone, array by array.

    MLflow itself would unpickle a pickle, trust every type that the model names, and import code that comes with it:
    whoever may register a version could have anything run with the role of the next job.

    Raises:
        TrainingError: it is none of scikit-learn's, not in the format of skops, or has parts of other types.
    """
    import yaml

    described = yaml.safe_load((model / "MLmodel").read_text(encoding="utf-8"))
    flavor = (described.get("flavors") or {}).get("sklearn")
    if flavor is None:
        raise TrainingError("it is not saved as one of scikit-learn's")
    if (kind := flavor.get("serialization_format", "pickle")) != "skops":
        raise TrainingError(f"it is saved as {kind}, which is not safe to load; allowed: skops, as this code saves it")
    # Of what the model says only the name: it is beside its description.
    file = model / Path(flavor["pickled_model"]).name
    try:
        with array_by_array():
            return skops.io.load(file, trusted=list(trusted))
    except UntrustedTypesFoundException as error:
        raise TrainingError(f"it has parts that are not safe to load: {error}") from None


@contextmanager
def array_by_array() -> Iterator[None]:
    """While in it, skops reads an array when it needs it, and keeps none that is in a tree already."""
    mapping = _audit.NODE_TYPE_MAPPING
    streamed = {("NdArrayNode", PROTOCOL): _Array, ("TreeNode", PROTOCOL): _Tree}
    before = {key: mapping[key] for key in streamed}
    mapping.update(streamed)
    try:
        yield
    finally:
        mapping.update(before)


class _NoContent:
    """A file of which only the names are wanted: types stand in the schema, whatever the arrays hold."""

    def read(self, _name: str) -> bytes:
        return b""


class _Array(_numpy.NdArrayNode):  # type: ignore[misc]  # skops has no types
    """An array that is read when it is needed."""

    def __init__(self, state: dict[str, Any], load_context: Any, trusted: Any = None) -> None:  # noqa: ANN401
        self._source, self._file = load_context.src, state.get("file", "")
        if state["type"] == "numpy":
            load_context = _utils.LoadContext(_NoContent(), load_context.protocol, load_context.memo)
        super().__init__(state, load_context, trusted)

    def _construct(self) -> Any:  # noqa: ANN401  # as skops has it
        if self.type != "numpy":
            return super()._construct()
        with self._source.open(self._file) as file:
            content = numpy.load(file, allow_pickle=False)
        if f"{self.module_name}.{self.class_name}" != "numpy.ndarray":
            content = _utils.gettype(self.module_name, self.class_name)(content)
        return content


class _Tree(_sklearn.TreeNode):  # type: ignore[misc]  # as above
    """A tree of scikit-learn, which copies the arrays that it is made from."""

    def _construct(self) -> Any:  # noqa: ANN401  # as skops has it
        tree = super()._construct()
        for node in _below(self.attrs):
            node._constructed = _audit.UNINITIALIZED
        return tree


def _below(node: Any) -> Iterator[Any]:  # noqa: ANN401  # a node of skops
    """A node and all nodes that it is made of."""
    yield node
    for child in node.children.values():
        parts = child if isinstance(child, list) else list(child.values()) if isinstance(child, dict) else [child]
        for part in parts:
            if isinstance(part, _audit.Node):
                yield from _below(part)
