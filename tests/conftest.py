"""What all tests share."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

# How long one example takes, or drawing it, says something about the machine's other work, not about the code. What
# needs more than this many examples says so itself.
settings.register_profile("project", deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("project")


if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler.loadfile import LoadFileScheduling

RECURSION_LIMIT = sys.getrecursionlimit()
TESTS = Path(__file__).parent
DEPLOYED_ONCE = ("deployed: DeployedStack", "whole: WholeStack")
"""How tests take a stack that is deployed once for all of them, which takes a process ten seconds."""


if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    # A shell's background job ignores Ctrl-C, and so would everything that tests start and interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection(session: pytest.Session) -> None:
    """Look for no garbage while tests are loaded: there is next to none, and it took a sixth of the fast tier.

    skops looks through every loaded module as it loads. Once pulumi_aws is loaded, that would load each of its
    services, which takes as long as the whole fast tier; so skops comes first, in each process that runs slow tests.
    The fast ones do without it.
    """
    gc.disable()
    option = session.config.getoption
    if not option("numprocesses", None) and "not slow" not in option("markexpr"):
        import skops.io  # noqa: F401


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Half as many workers again as there are cores: a slow test waits for its servers and jobs a third of its time."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return (3 * cores + 1) // 2


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    """With a worker for each file, let those files that share a deployed stack have the same one: it is there once."""
    from xdist.scheduler.loadfile import LoadFileScheduling

    if config.getoption("dist") != "loadfile":
        return None

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return _unit_of(super()._split_scope(nodeid))

    return Scheduling(config, log)


@cache
def _unit_of(file: str) -> str:
    """What has to stay with one worker: a file, or all that take the same stack."""
    text = (TESTS.parent / file).read_text()
    return next((stack for stack in DEPLOYED_ONCE if stack in text), file)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of several workers let none be left alone with a long file at the end: the files of whole rehearsals come first.

    Then the other files with slow tests. The fast ones, whose order tells nobody anything, fill what is left.
    """
    if not hasattr(config, "workerinput"):
        return
    first = {item.path: 2 for item in items}
    first |= {item.path: 1 for item in items if item.get_closest_marker("slow")}
    first |= {path: 0 for path, when in first.items() if when == 1 and _rehearses(path)}
    items.sort(key=lambda item: first[item.path])


def _rehearses(path: Path) -> bool:
    """Whether the slow tests of a file are mostly whole rehearsals."""
    return path.parent == TESTS or path.is_relative_to(TESTS / "operations")


def pytest_collection_finish() -> None:
    """Leave what is loaded out of every search for garbage from here on: it stays until the end."""
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True)
def _process_as_before() -> Iterator[None]:
    """A program that a test runs may change how its end is shown and when garbage is collected, as ours does."""
    hook = sys.excepthook
    sys.setrecursionlimit(RECURSION_LIMIT)  # which jsonata raises as it is loaded
    yield
    sys.excepthook = hook
    gc.enable()


@pytest.fixture(autouse=True)
def _tracking_uri_as_before() -> Iterator[None]:
    """A tracker sets MLflow's address for its whole process; other tests, of whichever room, have servers of their own.

    MLflow keeps a variable of the same value, which is again what a fixture for several tests has made it.
    """
    before = os.environ.get("MLFLOW_TRACKING_URI")
    yield
    if "mlflow" in sys.modules:
        sys.modules["mlflow"].set_tracking_uri(None)
        if before is not None:
            os.environ["MLFLOW_TRACKING_URI"] = before
    if clients := sys.modules.get("mlflow.store.artifact.s3_artifact_repo"):
        clients._cached_get_s3_client.cache_clear()  # whose key has no endpoint: another test has another server
