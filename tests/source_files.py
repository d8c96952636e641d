"""The modules of each room, and what each imports, as its text says it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PROJECT_DIRECTORY = Path(__file__).parents[1]


@dataclass(frozen=True)
class Import:
    """One import statement's module, as far as the text says it."""

    room: str
    file: str
    line: int
    module: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.module}"


def files_of(room: str) -> list[Path]:
    single = PROJECT_DIRECTORY / f"{room}.py"
    files = [single] if single.exists() else sorted((PROJECT_DIRECTORY / room).rglob("*.py"))
    return [
        file for file in files if not any(part.startswith(".") for part in file.relative_to(PROJECT_DIRECTORY).parts)
    ]


def modules_named(node: ast.AST, package: str) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1]) if node.level else ""
        module = ".".join(part for part in (base, node.module) if part)
        yield module
        yield from (f"{module}.{alias.name}" for alias in node.names)  # `from components import aws_names`
    elif isinstance(node, ast.Call) and isinstance(node.args[0] if node.args else None, ast.Constant):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in {"import_module", "__import__"}:
            yield str(node.args[0].value)  # type: ignore[attr-defined] # a Constant, as seen above


@cache
def trees_of(room: str) -> list[tuple[Path, list[ast.AST]]]:
    return [(file, list(ast.walk(ast.parse(file.read_text())))) for file in files_of(room)]


@cache
def imports_of(room: str) -> list[Import]:
    found = []
    for file, nodes in trees_of(room):
        relative = file.relative_to(PROJECT_DIRECTORY)
        package = ".".join(relative.parent.parts)
        found += [
            Import(room, str(relative), getattr(node, "lineno", 0), module)
            for node in nodes
            for module in modules_named(node, package)
        ]
    return found
