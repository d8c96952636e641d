"""Run a Pulumi program without the Pulumi engine and see every resource that it declares.

The SDK's own test monitor stands in for the engine, so `__main__.py` runs unchanged. At a preview, what only the cloud
could know (ids, ARNs and URLs that are not inputs) is unknown, exactly as at the first `pulumi preview`.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import gc
import logging
import os
import runpy
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from google.protobuf import empty_pb2
from pulumi.runtime import mocks as pulumi_mocks
from pulumi.runtime import set_all_config
from pulumi.runtime.proto import engine_pb2
from pulumi.runtime.settings import configure
from pulumi.runtime.stack import run_in_stack

from components.aws_names import dns_suffix_of, partition_of
from components.package_building import INDEX_PROXY, UNCOMPILED
from rehearsal.declaring.artifact_store_stand_ins import Invoked
from rehearsal.declaring.recording_monitor import InputsOf, RecordingMonitor, RegisteredResource, UnknownInvokeError
from rehearsal.declaring.stack_configuration import StackConfiguration, read_stack_configuration
from rehearsal.sealed_environment import ACCOUNT_ID, NO_ENDPOINT, sealed_environment

__all__ = ["Declaration", "OfflineMocks", "RegisteredResource", "UnknownInvokeError", "answer_invoke", "declare"]


@dataclass(frozen=True)
class Declaration:
    """What a program declares for one stack; `configuration` are the `namespace:key` texts that it was run with.

    `messages` are what it told the engine to show, `invokes` the provider functions that it called.
    """

    project: str
    stack: str
    preview: bool
    configuration: Mapping[str, str]
    resources: tuple[RegisteredResource, ...]
    exports: Mapping[str, Any]
    messages: tuple[str, ...] = ()
    invokes: tuple[Invoked, ...] = ()


class _Engine(pulumi_mocks.MockEngine):
    """Keeps what a program logs, which the engine would show."""

    def __init__(self, on_message: Callable[[str], None] | None) -> None:
        super().__init__(logging.getLogger("pulumi"))
        self.messages: list[str] = []
        self._on_message = on_message

    def Log(self, request: engine_pb2.LogRequest) -> empty_pb2.Empty:  # noqa: N802 - the protocol's name
        """Keep a message; what is for debugging is not shown."""
        if request.severity != engine_pb2.DEBUG:
            self.messages.append(request.message)
            if self._on_message:
                self._on_message(request.message)
        return empty_pb2.Empty()


class OfflineMocks(pulumi_mocks.Mocks):
    """Answers for a preview: no server, no credentials.

    `region` is the stack's `aws:region`, `account_id` the account that it is taken to be of.
    """

    def __init__(self, *, region: str, account_id: str = ACCOUNT_ID) -> None:
        self.region = region
        self.account_id = account_id

    def call(self, args: pulumi_mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        """Answer a provider function; raises UnknownInvokeError for one that is not known here."""
        return answer_invoke(args.token, account_id=self.account_id, region=self.region), []

    def new_resource(self, args: pulumi_mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        """Answer without an id and with the inputs only; a preview does not even ask."""
        return None, dict(args.inputs)


def answer_invoke(token: str, *, account_id: str, region: str) -> dict[str, Any]:
    """Answer the provider functions whose results follow from account and region.

    Raises UnknownInvokeError naming any other.
    """
    partition, suffix = partition_of(region), dns_suffix_of(region)
    answers: dict[str, dict[str, Any]] = {
        "aws:index/getCallerIdentity:getCallerIdentity": {
            "accountId": account_id,
            "arn": f"arn:{partition}:iam::{account_id}:root",
            "id": account_id,
            "userId": account_id,
        },
        "aws:index/getPartition:getPartition": {
            "partition": partition,
            "dnsSuffix": suffix,
            "reverseDnsPrefix": ".".join(reversed(suffix.split("."))),
            "id": partition,
        },
        "aws:index/getRegion:getRegion": {
            "name": region,
            "region": region,
            "id": region,
            "description": region,
            "endpoint": f"ec2.{region}.{suffix}",
        },
    }
    if token not in answers:
        raise UnknownInvokeError(
            f"the program calls the provider function {token}, which cannot be answered offline; "
            f"answered are {', '.join(sorted(answers))}: add its answer to rehearsal/declaring/program.py"
        )
    return answers[token]


def declare(  # noqa: PLR0913 - a program, and all that stands around it
    project_dir: Path,
    stack: str,
    mocks: pulumi_mocks.Mocks | Callable[[str], pulumi_mocks.Mocks],
    *,
    preview: bool,
    inputs_of: InputsOf | None = None,
    on_message: Callable[[str], None] | None = None,
    with_values: Mapping[str, str] | None = None,
) -> Declaration:
    """Run the program of the Pulumi project in `project_dir` for `stack` and collect what it declares.

    `mocks` creates the resources (not at a preview) and answers provider functions; a callable is given the stack's
    `aws:region` and returns the mocks (`lambda region: OfflineMocks(region=region)`). `inputs_of` may replace the
    inputs of a resource, given its URN, before anything is made of them. `on_message` hears what the program logs, at
    once. `with_values` (`namespace:key` -> the engine's text) are laid over the stack's configuration. While the
    program runs, the working directory is the program's, as under the engine, and the environment is sealed: call this
    from one thread at a time.

    Raises StackConfigurationError for the project's files; whatever the program raises, SystemExit included, comes
    through as it is.
    """
    configuration = read_stack_configuration(project_dir.resolve(), stack)
    configuration = replace(configuration, values={**configuration.values, **(with_values or {})})
    if not isinstance(mocks, pulumi_mocks.Mocks):
        mocks = mocks(configuration.values.get("aws:region", "us-east-1"))
    bucket = configuration.values.get(f"{configuration.project}:bucket")
    monitor = RecordingMonitor(mocks, preview=preview, inputs_of=inputs_of, bucket=bucket)

    # A context of its own: pulumi keeps its settings in context variables, and nothing of this run must stay behind.
    engine = _Engine(on_message)
    contextvars.Context().run(_run_program, configuration, monitor, engine, preview=preview)
    return Declaration(
        project=configuration.project,
        stack=stack,
        preview=preview,
        configuration=configuration.values,
        resources=monitor.resources_in_order(),
        exports=monitor.exports,
        messages=tuple(engine.messages),
        invokes=tuple(monitor.invokes),
    )


def _run_program(
    configuration: StackConfiguration, monitor: RecordingMonitor, engine: _Engine, *, preview: bool
) -> None:
    set_all_config(dict(configuration.values), [])
    # What `pulumi.runtime.set_mocks` does, but for the root stack: that is made by `run_in_stack`, as under the engine.
    configure(
        pulumi_mocks.MockSettings(  # type: ignore[no-untyped-call] # pulumi's mocks are not typed
            monitor=monitor,
            engine=engine,
            project=configuration.project,
            stack=configuration.stack,
            dry_run=preview,
            organization="organization",
            root_directory=str(configuration.project_dir),
            callbacks=None,
            # Those below are not set by `set_mocks`, which leaves the leftovers of an earlier run that failed.
            outputs=set(),
            lock=threading.Lock(),
            package_refs={},
            base_providers_by_ref={},
        )
    )

    def program() -> None:
        # The directory, not its `__main__.py`: so the program's own modules are found beside it.
        runpy.run_path(str(configuration.program_dir), run_name="__main__")

    region = configuration.values.get("aws:region", "us-east-1")
    with (
        contextlib.chdir(configuration.program_dir),
        _sealed(region),
        _process_kept(),
        warnings.catch_warnings(),
        asyncio.Runner() as runner,
    ):
        # The SDK warns of its own deprecated classes as it loads them, whether a program uses them or not.
        warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"pulumi_aws\.")
        # A program that fails leaves futures that nobody awaits; asyncio would print each of them.
        runner.get_loop().set_exception_handler(lambda _loop, _context: None)
        runner.run(run_in_stack(program))


@contextlib.contextmanager
def _process_kept() -> Iterator[None]:
    """A program owns its process under the engine: how its end is shown, and when garbage is collected. Here not."""
    hook, collects = sys.excepthook, gc.isenabled()
    try:
        yield
    finally:
        sys.excepthook = hook
        if collects:
            gc.enable()


@contextlib.contextmanager
def _sealed(region: str) -> Iterator[None]:
    """The sealed environment: `PULUMI_CONFIG` of the caller is no setting of the stack, and no call leaves."""
    before = dict(os.environ)
    sealed = sealed_environment(before, region=region, endpoint_url=NO_ENDPOINT) | {UNCOMPILED: "yes"}
    if proxy := before.get("HTTPS_PROXY") or before.get("https_proxy"):
        sealed[INDEX_PROXY] = proxy
    _set_environment(sealed)
    try:
        yield
    finally:
        _set_environment(before)


def _set_environment(variables: Mapping[str, str]) -> None:
    for name in set(os.environ) - set(variables):
        del os.environ[name]
    os.environ.update(variables)
