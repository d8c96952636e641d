"""Reads a .tfvars or .tfvars.json file: names and plain values, whatever they are for."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any, Final

from rehearsal.errors import RehearsalError

_NUMBER: Final = re.compile(r"\$\{-?\d+(\.\d+)?[eE][+-]?\d+\}")


class TfvarsError(RehearsalError):
    """The file cannot be read, or has what no such file may have; the message says where."""


def read_tfvars(path: Path) -> dict[str, Any]:
    """The variables of a file.

    Raises:
        TfvarsError: there is no such file, it is neither HCL nor JSON, or a value is not plain.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise TfvarsError(f"there is no file {path}; name a .tfvars or .tfvars.json file") from None
    except OSError as error:
        raise TfvarsError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise TfvarsError(f"{path} is not UTF-8, as Terraform's files are; save it so") from None
    return _of_json(text, path) if path.suffix == ".json" else _of_hcl(text, path)


def _of_json(text: str, path: Path) -> dict[str, Any]:
    try:
        values = json.loads(text, object_pairs_hook=lambda pairs: _once(pairs, path))
    except json.JSONDecodeError as error:
        raise TfvarsError(f"{path}, line {error.lineno}: is no JSON: {error.msg}") from None
    except RecursionError:
        raise TfvarsError(f"{path} is nested too deeply to be read") from None
    if not isinstance(values, dict):
        raise TfvarsError(f"{path} is no JSON object with a member for each variable")
    values.pop("//", None)  # a comment, as Terraform takes it in JSON
    return values


def _once(pairs: list[tuple[str, Any]], path: Path) -> dict[str, Any]:
    _refuse_repeated([name for name, _ in pairs], path)
    return dict(pairs)


def _of_hcl(text: str, path: Path) -> dict[str, Any]:
    import hcl2
    from hcl2.rules.base import AttributeRule
    from lark.exceptions import LarkError, UnexpectedInput

    options = hcl2.SerializationOptions(with_comments=False, preserve_heredocs=False)
    try:
        body = hcl2.parses(text)
        values = hcl2.serialize(body, serialization_options=options)
    except UnexpectedInput as error:
        raise TfvarsError(f"{path}, line {error.line}, column {error.column}: is not what HCL has there") from None
    except (LarkError, RecursionError, ValueError, RuntimeError) as error:
        raise TfvarsError(f"{path} cannot be read as HCL: {type(error).__name__}") from None
    attributes = [each for each in body.body.children if isinstance(each, AttributeRule)]
    _refuse_repeated([str(each.identifier.serialize()) for each in attributes], path)
    if blocks := sorted(set(values) - {str(each.identifier.serialize()) for each in attributes}):
        raise TfvarsError(f"{path} has blocks ({', '.join(blocks)}); allowed in a .tfvars file: name = value")
    return {name: _plain(value, f"{path}: {name}") for name, value in values.items()}


def _refuse_repeated(names: list[str], path: Path) -> None:
    if repeated := sorted(name for name, count in Counter(names).items() if count > 1):
        raise TfvarsError(f"{path} says more than once: {', '.join(repeated)}; keep one of each")


def _plain(value: Any, where: str) -> Any:  # noqa: ANN401 - any value of HCL
    """A value as the parser gives it, in plain words: texts come with their quotation marks, expressions without."""
    if isinstance(value, dict):
        return {_text(str(name), where): _plain(part, f"{where}.{name}") for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part, f"{where}[{place}]") for place, part in enumerate(value)]
    if not isinstance(value, str):
        return value
    if _NUMBER.fullmatch(value):
        return float(value[2:-1])
    if not value.startswith('"'):
        raise TfvarsError(f"{where}: is an expression; allowed in a .tfvars file: values, written out")
    return _text(value, where)


def _text(quoted: str, where: str) -> str:
    from hcl2.utils import process_escape_sequences

    if not quoted.startswith('"'):
        return quoted
    text = quoted[1:-1]
    if re.search(r"(?<!\$)\$\{|(?<!%)%\{", text):
        raise TfvarsError(f"{where}: has a template in it; allowed in a .tfvars file: values, written out")
    return str(process_escape_sequences(text)).replace("$${", "${").replace("%%{", "%{")
