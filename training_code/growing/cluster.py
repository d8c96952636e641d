"""The first host of several: a Dask scheduler, a worker of its own, and joblib's way to all of them.

The only module that knows Dask, and it imports it late: a job of one host neither starts nor imports it. The other
hosts are in `cluster_worker`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import joblib
from sklearn.base import BaseEstimator

from data.tables import Table
from failure import RefusedError, TrainingError
from growing import forest
from growing.forest import AfterBatch
from options import hosts, sharing
from options.hosts import Hosts
from options.hyperparameters import Hyperparameters
from progress import say

PATIENCE_SECONDS = 120.0
"""How long the first host waits for the others before it grows with those that came."""
_MANY = 1000
"""Workers that may die under one task before Dask gives it up: a task is never to blame here."""


@dataclass(frozen=True)
class Cluster:
    """What the first host has of the others. Without a client there is one host, and nothing of Dask."""

    hosts: Hosts = field(default_factory=Hosts)
    client: Any = None
    patience_seconds: float = PATIENCE_SECONDS

    def require_shareable(self, settings: Hyperparameters) -> None:
        """Refuse what the other hosts could not help with, before anything is read or claimed.

        Raises:
            RefusedError: the estimator has nothing to share, or an accelerator grows it on one host.
        """
        if self.client is not None and (faults := sharing.faults(settings, self.hosts)):
            raise RefusedError(faults)

    def growing(self, settings: Hyperparameters) -> AbstractContextManager[object]:
        """While in it, joblib's tasks go to all hosts' cores.

        Raises:
            TrainingError: as `require_shareable`.
        """
        if self.client is None:
            return nullcontext()
        self.require_shareable(settings)
        self.wait()
        cores = self.client.ncores()
        say(f"growing on {len(cores)} of {len(self.hosts.names)} hosts with {sum(cores.values())} cores")
        return joblib.parallel_config("dask", client=self.client)  # type: ignore[no-any-return]  # it has no types

    def grow(
        self, settings: Hyperparameters, table: Table, grown: BaseEstimator | None, after_batch: AfterBatch
    ) -> BaseEstimator:
        """`forest.grow` with all hosts' cores: the same trees.

        If the others are lost in a way that Dask cannot mend, this host grows on by itself from the last batch.
        """
        latest = grown

        def keep(batch: BaseEstimator) -> None:
            nonlocal latest
            latest = batch
            after_batch(batch)

        try:
            with self.growing(settings):
                return forest.grow(settings, table, grown, keep)
        except Exception as error:
            if self.client is None or not is_loss(error):
                raise
            say(f"going on without the other hosts: {type(error).__name__}: {error}")
            return forest.grow(settings, table, latest, after_batch)

    def missing(self) -> list[str]:
        """The other hosts that have no worker now."""
        present = {str(each["name"]).partition("#")[0] for each in self.client.scheduler_info(-1)["workers"].values()}
        return [name for name in self.hosts.workers if name not in present]

    def wait(self) -> None:
        """Until all hosts have a worker, or patience ends; then the log says who is missing."""
        end = time.monotonic() + self.patience_seconds
        while (missing := self.missing()) and time.monotonic() < end:
            time.sleep(0.2)
        if missing:
            say(f"going on without {', '.join(missing)}: no worker in {self.patience_seconds:.0f} s")


ALONE = Cluster()
"""One host."""


def is_loss(error: BaseException) -> bool:
    """Whether growing failed because of hosts or the network between them, not because of data or settings."""
    module = type(error).__module__.partition(".")[0]
    return module in ("distributed", "dask") or isinstance(error, TimeoutError | CancelledError)


@contextmanager
def led(found: Hosts, n_jobs: int = -1, patience_seconds: float = PATIENCE_SECONDS) -> Iterator[Cluster]:
    """Be the first host: a scheduler for the others as long as this lasts. When it ends, so do they.

    It starts before anything is read: a worker that finds no scheduler cannot know that there was nothing to train.

    Raises:
        TrainingError: Dask is not installed, or the scheduler cannot listen.
    """
    if not found.are_several:
        with _left_alone("dask"):
            yield ALONE
        return
    try:
        import dask

        dask.config.set({"logging": hosts.DASK_LOGGING})
        from distributed import LocalCluster
    except ImportError as error:
        raise TrainingError(
            f"{len(found.names)} hosts need Dask, which is not installed ({error}); deploy the job anew with its "
            f"instance_count, which adds requirements-cluster.txt to what it installs"
        ) from error
    dask.config.set({"distributed.scheduler.allowed-failures": _MANY, "distributed.admin.tick.limit": "1h"})
    try:
        local = LocalCluster(  # type: ignore[no-untyped-call]  # it has no types
            name=found.current,
            n_workers=1,
            # In this process: its cores cannot be lost without the job, so there is always one worker.
            processes=False,
            threads_per_worker=int(joblib.effective_n_jobs(n_jobs)),
            host=found.current,
            scheduler_port=hosts.PORT,
            protocol="tcp",
            dashboard_address=None,
            worker_dashboard_address=None,
            memory_limit=0,
        )
    except (OSError, RuntimeError) as error:
        raise TrainingError(
            f"host {found.current} cannot listen on port {hosts.PORT} for the other hosts: {error.__cause__ or error}; "
            f"leave that port to the job"
        ) from error
    with local, _client(local) as client:
        say(f"host {found.current} leads {len(found.workers)} more: {', '.join(found.workers)}")
        cluster = Cluster(found, client, patience_seconds)
        yield cluster
        # A host that comes later would find nobody, and fail the job.
        cluster.wait()


@contextmanager
def _left_alone(package: str) -> Iterator[None]:
    """While in it nobody imports a package: skops, to name scikit-learn's estimators, imports all that it could use."""
    if package in sys.modules:
        yield
        return
    sys.modules[package] = None  # type: ignore[assignment]  # as Python documents it; its stub does not
    try:
        yield
    finally:
        del sys.modules[package]


def _client(local: Any) -> Any:  # noqa: ANN401  # Dask's own, which are not imported for a type
    from distributed import Client

    class ScatterOnce(Client):
        """Brings an array to every worker, once in a job.

        joblib hands on what each fit makes of the table, an equal array each time, and to one worker: if that one were
        lost, the array would be as well.
        """

        def scatter(self, data: Any, *args: Any, **how: Any) -> Any:  # noqa: ANN401  # whatever joblib hands on
            return self._once(data) if how.get("asynchronous") else super().scatter(data, *args, **how)  # type: ignore[no-untyped-call]

        async def _once(self, data: Any) -> Any:  # noqa: ANN401
            sent = self.__dict__.setdefault("_sent_arrays", {})
            key = joblib.hash(data)
            if key not in sent:
                sent[key] = await super().scatter(data, broadcast=True, hash=False, asynchronous=True)  # type: ignore[no-untyped-call]
            return sent[key]

    return ScatterOnce(local, set_as_default=False)  # type: ignore[no-untyped-call]
