"""What mypy reads of the SDK of AWS: all that the code names, so that nothing of it is without types."""

import ast
import tomllib
from collections.abc import Iterator

from tests.source_files import PROJECT_DIRECTORY, trees_of

CHECKED_ROOMS = ("__main__", "settings", "components", "provider", "reference", "rehearsal", "operations", "benchmarks")
OF_THE_ROOT = {"pulumi_aws", "_inputs", "_utilities", "outputs", "provider"}
"""What the SDK's root is made of, whichever services the code names."""


def test_mypy_reads_what_the_code_names_of_the_sdk_and_no_more() -> None:
    mypy = tomllib.loads((PROJECT_DIRECTORY / "pyproject.toml").read_text())["tool"]["mypy"]
    (read,) = (each["module"] for each in mypy["overrides"] if each.get("follow_imports") == "normal")
    modules = {name.removeprefix("pulumi_aws.").removesuffix(".*") for name in read}

    named = {node.attr for nodes in trees() if any(map(imports_the_sdk, nodes)) for node in nodes if is_of_aws(node)}
    assert modules - OF_THE_ROOT == named


def test_the_code_names_them_through_the_root_of_the_sdk_alone() -> None:
    """Else there would be more places to look for them in."""
    nodes = [node for tree in trees() for node in tree]
    plain = {(each.name, each.asname) for node in nodes if isinstance(node, ast.Import) for each in node.names}
    from_there = {
        (node.module or "", each.name) for node in nodes if isinstance(node, ast.ImportFrom) for each in node.names
    }
    named = {names for names in plain | from_there if names[0].startswith("pulumi_aws")}

    assert named == {("pulumi_aws", "aws"), ("pulumi_aws", "_utilities")}


def imports_the_sdk(node: ast.AST) -> bool:
    return isinstance(node, ast.Import) and any(each.name == "pulumi_aws" for each in node.names)


def is_of_aws(node: ast.AST) -> bool:
    """Whether it is the `aws.iam` of an `aws.iam.Role`, or an `aws.get_region`."""
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "aws"
        and node.attr.islower()
        and not node.attr.startswith("_")
    )


def trees() -> Iterator[list[ast.AST]]:
    return (list(found) for room in CHECKED_ROOMS for _, found in trees_of(room))
