"""Files of Terraform variables: read as Terraform reads them, and what is wrong told by its place."""

from pathlib import Path
from typing import Any

import pytest

from operations.tfvars.draft import Variables
from operations.tfvars.file import TfvarsError, read_tfvars

HCL = """\
# a comment
text   = "a \\"quoted\\" word, $${literal}"
number = 5
part   = 1.5
small  = 1e-3
yes    = true
none   = null
list   = ["a", "b",]
map    = {
  name         = "x"
  "with blank" = 2
}
lines = <<-EOT
  one
  two
EOT
"""
VALUES = {
    "text": 'a "quoted" word, ${literal}',
    "number": 5,
    "part": 1.5,
    "small": 0.001,
    "yes": True,
    "none": None,
    "list": ["a", "b"],
    "map": {"name": "x", "with blank": 2},
    "lines": "one\ntwo",
}


def read(directory: Path, text: str, name: str = "x.tfvars") -> dict[str, Any]:
    (directory / name).write_text(text)
    return read_tfvars(directory / name)


def test_values_of_every_kind_are_read(tmp_path: Path) -> None:
    assert read(tmp_path, HCL) == VALUES


def test_a_mark_of_byte_order_at_the_beginning_is_none_of_the_text(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufeffa = 1\r\n") == {"a": 1}
    assert read(tmp_path, '\ufeff{"a": 1}', "x.tfvars.json") == {"a": 1}


def test_a_comment_in_json_is_no_variable(tmp_path: Path) -> None:
    assert read(tmp_path, '{"//": "a comment", "a": 1}', "x.tfvars.json") == {"a": 1}


def test_values_are_converted_as_terraform_converts_them() -> None:
    given = Variables({"count": "2", "large": "1.5e3", "flag": "true", "off": "false", "text": 5, "yes": True})

    assert given.of("count", (int, float)) == 2
    assert given.of("large", (int, float)) == 1500
    assert given.of("flag", bool) is True
    assert given.of("off", bool) is False
    assert given.of("text", str) == "5"
    assert given.of("yes", str) == "true"


@pytest.mark.parametrize(("name", "kind"), [("words", (int, float)), ("words", bool), ("list", str), ("flag", int)])
def test_what_terraform_cannot_convert_is_refused(name: str, kind: type) -> None:
    with pytest.raises(TfvarsError, match=f"{name}: got a value of another type"):
        Variables({"words": "two", "list": [], "flag": True}).of(name, kind)


def test_json_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, '{"a": {"b": [1, null]}}', "x.tfvars.json") == {"a": {"b": [1, None]}}


@pytest.mark.parametrize(
    ("text", "name", "told"),
    [
        ("a = [1,", "x.tfvars", ", line 1, column 8: is not what HCL has there"),
        ("a = 1\nb c", "x.tfvars", ", line 2, column 4: is not what HCL has there"),
        ("a = 1\na = 2", "x.tfvars", " says more than once: a; keep one of each"),
        ('variable "a" {\n}\n', "x.tfvars", " has blocks (variable); allowed in a .tfvars file: name = value"),
        ("a = var.b", "x.tfvars", ": a: is an expression; allowed in a .tfvars file: values, written out"),
        ('a = { b = ["x${c}"] }', "x.tfvars", ": a.b[0]: has a template in it; allowed in a .tfvars file: values"),
        ("{", "x.tfvars.json", ", line 1: is no JSON: Expecting property name enclosed in double quotes"),
        ('{"a": 1, "a": 2}', "x.tfvars.json", " says more than once: a; keep one of each"),
        ("[]", "x.tfvars.json", " is no JSON object with a member for each variable"),
    ],
)
def test_what_is_wrong_is_told_by_its_place(tmp_path: Path, text: str, name: str, told: str) -> None:
    with pytest.raises(TfvarsError) as refused:
        read(tmp_path, text, name)

    assert str(refused.value).startswith(f"{tmp_path / name}{told}")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(TfvarsError, match="there is no file"):
        read_tfvars(tmp_path / "x.tfvars")
