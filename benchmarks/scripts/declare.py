"""A program's whole process: `python declare.py PROJECT CONFIGURATION`.

What the language host does with a program, with the SDK's test monitor in place of the engine, which answers at once.
CONFIGURATION is a file with the stack's settings as JSON, as the engine hands them over.
"""

import asyncio
import contextvars
import json
import os
import runpy
import sys
from typing import Any

import pulumi
from pulumi.runtime import mocks, settings, stack

ANSWERS = {
    "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": "123456789012"},
    "aws:index/getPartition:getPartition": {"partition": "aws"},
}


class AtOnce(mocks.Mocks):
    """Answers with what was asked."""

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        return ANSWERS[args.token], []

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        return f"{args.name}-id", {**args.inputs, "arn": f"arn:{args.name}", "url": f"url:{args.name}"}


def main(project: str, configuration: str) -> None:
    """Run the program of `project`."""
    with open(configuration, encoding="utf-8") as file:  # noqa: PTH123 - nothing is imported that a program might not
        pulumi.runtime.set_all_config(json.load(file), [])
    os.chdir(project)
    sys.path[0] = project
    with asyncio.Runner() as runner:
        runner.get_loop()
        mocks.set_mocks(AtOnce(), project="scheduled-training", stack="prod", preview=True)
        settings.ROOT.set(None)  # `set_mocks` makes a root stack; `run_in_stack` makes the real one
        runner.run(stack.run_in_stack(lambda: _run(project)), context=contextvars.copy_context())


def _run(project: str) -> None:
    runpy.run_path(project, run_name="__main__")


if __name__ == "__main__":
    main(*sys.argv[1:])
