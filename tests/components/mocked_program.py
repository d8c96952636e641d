"""Run by the Python of another environment: a Pulumi program under the SDK's mocks; writes what it registers as JSON.

python mocked_program.py REGION      in the program's directory
"""

import asyncio
import json
import logging
import runpy
import sys
from typing import Any

import pulumi

# Beside this file, which is no module of the environment that runs it.
from event_loops import own_event_loop
from pulumi.runtime import mocks, stack
from pulumi.runtime.settings import configure

REGION = sys.argv[1]
registered = []


class Cloud(mocks.Mocks):
    """Answers as AWS does at a preview."""

    def call(self, args: mocks.MockCallArgs) -> dict:
        return {
            "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": "123456789012"},
            "aws:index/getPartition:getPartition": {"partition": "aws"},
            "aws:index/getRegion:getRegion": {"region": REGION, "name": REGION},
        }[args.token]

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict]:
        registered.append({"type": args.typ, "name": args.name, "inputs": args.inputs})
        return None, args.inputs


class Monitor(mocks.MockMonitor):
    """Pulumi's, whose threads close the event loops that they open."""

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802, ANN401 - the protocol's name and types
        with own_event_loop():
            return super().RegisterResource(request)

    def Invoke(self, request: Any) -> Any:  # noqa: N802, ANN401 - as above
        with own_event_loop():
            return super().Invoke(request)


def plain(value: object) -> object:
    return {"asset": value.path} if isinstance(value, pulumi.FileAsset) else repr(value)


if __name__ == "__main__":
    monitor = Monitor(Cloud())
    engine = mocks.MockEngine(logging.getLogger("pulumi"))
    configure(
        mocks.MockSettings(
            monitor=monitor,
            engine=engine,
            project="churn",
            stack="dev",
            dry_run=True,
            organization=None,
            monitor_features=set(monitor.GetDeploymentInfo(None).supportedFeatures),
        )
    )
    try:
        asyncio.run(stack.run_in_stack(lambda: runpy.run_path("__main__.py", run_name="__main__") and None))
    except pulumi.RunError as error:
        sys.exit(str(error))
    import scheduled_training

    json.dump({"package": scheduled_training.__file__, "registered": registered}, sys.stdout, default=plain)
