"""Holds a run's data against the champion's before anything is trained, and says what has changed."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data import drift
from data.profile import Profile
from failure import TrainingError
from progress import say
from scheduled_job.registry import ChampionVersion

PROFILE_FILE = "data_profile.json"
"""Artifact of a run: what its training channel looked like."""
OFF, REFUSE = "off", "refuse"
_SHOWN = 20


@dataclass(frozen=True)
class DataChecks:
    """What was found beside the champion, of which `version` is the number; "" where nothing was compared.

    `findings` are sentences; `problem` says why nothing could be compared.
    """

    version: str = ""
    findings: tuple[str, ...] = ()
    problem: str = ""

    def __str__(self) -> str:
        """All of it in a line; "" where there is nothing to compare with."""
        if self.findings:
            more = f"; and {len(self.findings) - _SHOWN} more" if len(self.findings) > _SHOWN else ""
            return f"beside the champion, version {self.version}: {'; '.join(self.findings[:_SHOWN])}{more}"
        if self.version and not self.problem:
            return f"nothing has changed beside the champion, version {self.version}"
        return self.problem

    def report(self, how: str) -> None:
        """Print what was found, if anything was looked for.

        Raises:
            TrainingError: something has changed, and `how` is `refuse`.
        """
        if self.findings and how == REFUSE:
            raise TrainingError(
                f"data checks: {self}; correct the data, or set data_checks to advise to train on it nevertheless"
            )
        if told := str(self):
            say(f"data checks: {told}")


NOTHING_COMPARED = DataChecks()


def hold_against(client: Any, champion: ChampionVersion | None, profile: Profile) -> DataChecks:  # noqa: ANN401  # MlflowClient
    """Compare a profile with that of the champion's run; `champion` is None where there is none yet."""
    if champion is None:
        return NOTHING_COMPARED
    missing = DataChecks(
        champion.number, problem=f"the champion, version {champion.number}, has no profile of its data"
    )
    if PROFILE_FILE not in [each.path for each in client.list_artifacts(champion.run_id)]:
        return missing
    with tempfile.TemporaryDirectory() as directory:
        text = Path(client.download_artifacts(champion.run_id, PROFILE_FILE, directory)).read_text(encoding="utf-8")
    try:
        return DataChecks(champion.number, tuple(drift.findings(profile, Profile.from_json(text))))
    except ValueError:
        return missing
