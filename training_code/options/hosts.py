"""Which hosts a training job runs on, and which of them this is. Knows nothing of what they do together."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from failure import Fault, RefusedError, shown

PORT = 8786
"""Where the first host's scheduler listens: Dask's own port. Inside the training cluster only."""
DASK_LOGGING = {"distributed": "critical", "distributed.client": "critical"}
"""What Dask may log, on every host: closing connections would end a good log with tracebacks. Losses are said by us.

The client has a level of its own, which that of all of Dask does not change.
"""


@dataclass(frozen=True)
class Hosts:
    """The hosts of one training job; `names` are sorted, as SageMaker gives them."""

    names: tuple[str, ...] = ()
    current: str = ""

    @property
    def are_several(self) -> bool:
        """Whether there is anything to share."""
        return len(self.names) > 1

    @property
    def leader(self) -> str:
        """The first host: it reads, grows, tracks, registers and saves."""
        return self.names[0]

    @property
    def workers(self) -> tuple[str, ...]:
        """Those that only grow."""
        return self.names[1:]

    @property
    def is_worker(self) -> bool:
        """Whether this host only grows."""
        return self.are_several and self.current != self.leader

    @property
    def address(self) -> str:
        """Where the scheduler is."""
        return f"tcp://{self.leader}:{PORT}"


def read(environ: Mapping[str, str]) -> Hosts:
    """From SM_HOSTS and SM_CURRENT_HOST.

    Raises:
        RefusedError: several hosts, and this is none of them; or a channel that gives each host only some rows.
    """
    found, faults = look(environ)
    if faults:
        raise RefusedError(faults)
    return found


def look(environ: Mapping[str, str]) -> tuple[Hosts, list[Fault]]:
    """The hosts, and all that is wrong with them."""
    names = tuple(sorted(json.loads(environ.get("SM_HOSTS") or "[]")))
    found = Hosts(names, environ.get("SM_CURRENT_HOST", ""))
    if not found.are_several:
        return found, []
    faults = []
    if found.current not in names:
        text = f"got {shown(found.current)}, allowed: one of SM_HOSTS ({', '.join(names)})"
        faults.append(Fault("environment variable", "SM_CURRENT_HOST", text))
    for name, channel in sorted(json.loads(environ.get("SM_INPUT_DATA_CONFIG") or "{}").items()):
        if channel.get("S3DistributionType", "FullyReplicated") != "FullyReplicated":
            text = (
                f"S3DataDistributionType is {channel['S3DistributionType']}, allowed with {len(names)} hosts: "
                f"FullyReplicated; the first host reads all rows and hands them on"
            )
            faults.append(Fault("channel", name, text))
    return found, faults
