"""Asks what a job came to: its newest training jobs, and whether the champion among their versions is the gate's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from operations.doctor.asking.training_code import NotAskedError
from operations.doctor.facts import Asked, Champion
from operations.doctor.finding import Unseen
from operations.jobs.history import SUCCESS, History
from operations.jobs.history_asking import read_history
from operations.jobs.model_versions import StandingVersion, standing_versions
from operations.places import Place

_NEWEST: Final = 20
"""So many training jobs are looked at: schedules of one job share its prefix, and a backfill takes up places."""
_CHAMPION, _CHALLENGER = "champion", "challenger"
"""Aliases, and how what the gate said of a version begins. Source: training_code/scheduled_job/registry.py."""


@dataclass(frozen=True)
class Past:
    """What a job came to lately."""

    runs: Asked[History]
    champion: Asked[Champion | None] = None


def ask_past(project_dir: Path, place: Place, prefix: str) -> Past:
    """The newest training jobs of a name prefix, and the champion among their versions."""
    history = read_history(place.sagemaker, prefix, _NEWEST)
    try:
        return Past(history, _ask_champion(project_dir, place, history))
    except NotAskedError as error:
        return Past(history, Unseen(f"the versions of {prefix}", str(error)))


def _ask_champion(project_dir: Path, place: Place, history: History) -> Champion | None:
    completed = [run for run in history.runs if run.status == SUCCESS]
    versions = standing_versions(project_dir, place, completed)
    if versions.notes:
        raise NotAskedError("; ".join(versions.notes))
    return champion_of(versions.of_jobs.values())


def champion_of(versions: Iterable[StandingVersion]) -> Champion | None:
    """Where the alias of a job's model is, and where the gate put it; None where these versions do not tell.

    Another job may register in the same model, and the champion may be its version, or older than these.
    """
    by_model: dict[str, list[StandingVersion]] = {}
    for version in versions:
        by_model.setdefault(version.model, []).append(version)
    found = [told for of_one in by_model.values() if (told := _of_model(of_one)) is not None]
    return next((each for each in found if each.is_moved), found[0] if found else None)


def _of_model(versions: Iterable[StandingVersion]) -> Champion | None:
    versions = sorted(versions, key=lambda each: int(each.version))
    holder = next((each for each in versions if _CHAMPION in each.aliases), None)
    if holder is None:
        return None
    chosen = next((each for each in reversed(versions) if each.promotion.startswith(f"{_CHAMPION}:")), None)
    if holder.promotion.startswith(f"{_CHALLENGER}:"):
        return Champion(holder.model, holder.version, chosen.version if chosen else "")
    if chosen is not None and int(holder.version) < int(chosen.version):
        return Champion(holder.model, holder.version, chosen.version)
    return Champion(holder.model, holder.version, holder.version)
