"""The other hosts of a training job of several: each a toolkit process with a tree, a log and an address of its own.

Every 127.x.y.z is this machine: each job takes a network of its own, so that jobs can be rehearsed at the same time.
"""

import os
import threading
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from rehearsal.container.channel_data import download_channels
from rehearsal.container.cluster import host_count
from rehearsal.container.environment import ContainerPlatform
from rehearsal.container.files import HOST, ContainerFiles, Request
from rehearsal.container.packages import put_stand_ins
from rehearsal.container.process import Limits, ProcessOutcome, run_process
from rehearsal.container.training_logs import LogStream

_JOIN_SECONDS: Final = 0.2


def host_names(request: Request) -> tuple[str, ...]:
    """The hosts in order: addresses of this machine, for `algo-1` and so on do not resolve here."""
    count = host_count(request)
    if count == 1:
        return (HOST,)
    high, low = divmod(zlib.crc32(f"{request['TrainingJobName']} {os.getpid()}".encode()) % (250 * 250), 250)
    return tuple(f"127.{high + 1}.{low + 1}.{number}" for number in range(1, count + 1))


def cores_of(index: int, count: int) -> list[str]:
    """The cores that are a host's share, as the toolkit's one argument; none where there is nothing to share."""
    if count == 1 or not hasattr(os, "sched_getaffinity"):
        return []
    cores = sorted(os.sched_getaffinity(0))
    mine = cores[index::count] or [cores[index % len(cores)]]
    return [",".join(map(str, mine))]


def hosts_difference(names: Sequence[str]) -> str:
    """What of the hosts is otherwise than on AWS."""
    hosts = "container's host is" if len(names) == 1 else f"{len(names)} hosts share this machine's cores and are"
    return f"the {hosts} {', '.join(names)}, not algo-1"


@dataclass
class OtherHosts:
    """Runs the hosts after the first beside it; leaving the context ends them."""

    request: Request
    leader: ContainerFiles
    all_names: Sequence[str]
    platform: ContainerPlatform
    command: Sequence[str]
    variables: Callable[[ContainerFiles], dict[str, str]]
    limits: Limits
    outcomes: dict[int, ProcessOutcome] = field(default_factory=dict)
    _threads: list[threading.Thread] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        prepared = [(self._tree(number), number) for number in range(2, len(self.all_names) + 1)]
        for files, number in prepared:
            files.write_configuration(self.request, self.all_names, self.all_names[number - 1])
            download_channels(self.platform.clients.s3, self.request, files, number - 1)
            put_stand_ins(self.request, files, self.platform.container_environment, lambda _: None)
            stream = LogStream(self.platform.clients.logs, self.request["TrainingJobName"], f"algo-{number}")
            thread = threading.Thread(target=self._run, args=(number, files, stream), name=f"host algo-{number}")
            self._threads.append(thread)
        # Not before all are ready: where one is refused, nobody would end those that run already.
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _tree(self, number: int) -> ContainerFiles:
        return ContainerFiles(self.leader.base.parents[1] / f"algo-{number}" / Path("opt", "ml"))

    def _run(self, number: int, files: ContainerFiles, stream: LogStream) -> None:
        try:
            self.outcomes[number] = run_process(
                [*self.command, *cores_of(number - 1, len(self.all_names))],
                environment=self.variables(files),
                directory=files.base,
                on_line=lambda line: (stream.write(line), None)[1],
                limits=replace(self.limits, stop_requested=self._stop),
            )
        finally:
            stream.flush()

    def wait(self, *, leader_failed: bool) -> None:
        """Until all have ended; at once where the job has failed already or is to stop."""
        while any(thread.is_alive() for thread in self._threads):
            if leader_failed or self.limits.stop_requested.is_set():
                self._stop.set()
            self._threads[0].join(_JOIN_SECONDS)
            self._threads = [thread for thread in self._threads if thread.is_alive()]

    def with_leader(self, outcome: ProcessOutcome, files: ContainerFiles) -> tuple[ProcessOutcome, ContainerFiles]:
        """The outcome that is the job's and the tree with its reason: one failed host fails the job, as on AWS."""
        if outcome.exit_code == 0:
            for number, other in sorted(self.outcomes.items()):
                if other.exit_code != 0:
                    return other, self._tree(number)
        return outcome, files
