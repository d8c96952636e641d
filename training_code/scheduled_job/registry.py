"""The registered model: one version for each invocation, and the alias that points at the one to use.

The Scheduler delivers at least once and MLflow registers whatever it is given, so the invocation decides: schedule and
scheduled time are tags of the model version, given in the request that creates it. Whoever finds itself with a greater
version of the same invocation takes its own back.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from .connection import if_there, may_pass, unless_it_exists
from .failure import TrainingError
from .job import TrainingJob
from .log import say
from .promotion import Champion, Decision, Gate, decide
from .tags import PROMOTION, TRAINING_JOB_NAME, job_tags, same_invocation

CHAMPION = "champion"
"""The alias of the version to use; it moves when a new version passes the gate, never back to an earlier one."""
CHALLENGER = "challenger"
"""The alias of the newest version that did not pass."""


@dataclass(frozen=True)
class StandingVersion:
    """The model version that stands for an invocation, and the training job that made it."""

    version: str
    training_job_name: str
    run_id: str = field(default="", compare=False)
    """The run that it was registered from."""


@dataclass(frozen=True)
class ChampionVersion:
    """The version to use: its number, where its model is, and the run that it comes from."""

    number: str
    source: str
    run_id: str


class Registry:
    """One registered model, as one training job uses it."""

    def __init__(self, client: Any, model_name: str, job: TrainingJob) -> None:  # noqa: ANN401  # MlflowClient
        self._client = client
        self._model_name = model_name
        self._job = job

    def settle(self) -> StandingVersion | None:
        """The version that stands for this job's invocation; duplicates of this job's own are taken back."""
        wanted = f"name = '{self._model_name}' and {same_invocation(self._job)}"
        found = self._client.search_model_versions(wanted)
        versions = sorted(
            (each for each in found if each.status != "FAILED_REGISTRATION"), key=lambda each: int(each.version)
        )
        for each in versions[1:]:
            if each.tags.get(TRAINING_JOB_NAME) == self._job.name:
                self._take_back(str(each.version))
                say(f"registering: took back version {each.version}, version {versions[0].version} came first")
        first = versions[0] if versions else None
        if first is None:
            return None
        name = first.tags.get(TRAINING_JOB_NAME, "unknown")
        return StandingVersion(str(first.version), name, str(first.run_id or ""))

    def _take_back(self, version: str) -> None:
        """Delete a version; another process that brings in the same job may have done so, or a try with no answer."""
        if_there(lambda: self._client.delete_model_version(self._model_name, version))

    def register(self, run_id: str, model_id: str, tags: Mapping[str, str], summary: str = "") -> StandingVersion:
        """Make the logged model a version of the registered model, unless there is one; returns the one that stands.

        `summary` is its description, in Markdown.
        """
        standing = self.settle()
        if standing is None:
            self._create_version(run_id, model_id, tags, summary)
            standing = self.settle()
        if standing is None:
            raise TrainingError(
                f"registered model {self._model_name}: the new version is gone again; run the job again"
            )
        return standing

    def link(self, version: str) -> None:
        """Say on the logged model which version it is; the one that stands, whatever an answer that got lost left."""
        from mlflow.utils.mlflow_tags import MLFLOW_MODEL_VERSIONS

        source = str(self._client.get_model_version(self._model_name, version).source or "")
        kind, _, model_id = source.rpartition("/")
        if kind == "models:":
            told = json.dumps([{"name": self._model_name, "version": version}])
            self._client.set_logged_model_tags(model_id, {MLFLOW_MODEL_VERSIONS: told})

    def champion(self) -> ChampionVersion | None:
        """The version that the alias names; None where there is none."""
        aliases = self._aliases()
        if CHAMPION not in aliases:
            return None
        version = self._client.get_model_version(self._model_name, aliases[CHAMPION])
        return ChampionVersion(str(version.version), str(version.source), str(version.run_id or ""))

    def promote(self, version: str, gate: Gate, metrics: Mapping[str, float], judged: Champion) -> None:
        """Give `version` the alias that it deserves, and say why: in its tag `promotion` and in its description.

        A decision is made once.

        An alias never goes back to an earlier version: a job that was quicker may have moved it, or move it meanwhile.
        """
        made = self._client.get_model_version(self._model_name, version)
        if PROMOTION in made.tags:
            return
        decision = decide(gate, metrics, self._champion_before(version, judged), judged)
        if decision.promoted and judged.version == version:
            decision = Decision(True, "it keeps all limits; a try that broke off gave it the alias and left no reason")
        alias = CHAMPION if decision.promoted else CHALLENGER
        earlier = self._decided(alias)
        if int(self._aliases().get(alias, 0)) < int(version):
            self._client.set_registered_model_alias(self._model_name, alias, version)
        self._describe(version, str(made.description or ""), f"**{alias.capitalize()}**: {decision.why}.")
        self._client.set_model_version_tag(self._model_name, version, PROMOTION, f"{alias}: {decision.why}")
        say(f"promotion: version {version} is {alias}: {decision.why}")
        self._leave_to_the_latest(alias, earlier)

    def _champion_before(self, version: str, judged: Champion) -> str | None:
        """The champion that `version` has to be held against.

        It is itself where a try that broke off before it came to the tag, or another process of the same job, was
        quicker: then it is the one that was judged, so that the decision is the same again.
        """
        present = self._aliases().get(CHAMPION)
        if present != version:
            return present
        return judged.version if judged.version not in ("", version) else None

    def _decided(self, alias: str) -> set[int]:
        """The versions that say of themselves that they got the alias, whether or not it is still there."""
        wanted = f"name = '{self._model_name}' and tags.{PROMOTION} LIKE '{alias}: %'"
        return {int(each.version) for each in self._client.search_model_versions(wanted)}

    def _leave_to_the_latest(self, alias: str, earlier: Collection[int]) -> None:
        """Give the alias back to a later version that got it while this job decided.

        Of several jobs at the same moment each writes its tag before it looks here, so that the last one sees all. From
        the `earlier` ones a person may have taken the alias since: it is not given back to them.
        """
        latest = max(self._decided(alias).difference(earlier), default=0)
        if int(self._aliases().get(alias, 0)) < latest:
            self._client.set_registered_model_alias(self._model_name, alias, str(latest))
            say(f"promotion: version {latest} is {alias}: it got it at the same moment, and comes later")

    def _describe(self, version: str, so_far: str, words: str) -> None:
        """Put the gate's words before a version's description; a role that may not do that leaves them to the tag."""
        from mlflow.exceptions import MlflowException

        if so_far.startswith(words):  # of a start that was killed before it came to the tag
            return
        try:
            self._client.update_model_version(self._model_name, version, f"{words}\n\n{so_far}".rstrip())
        except MlflowException as error:
            if may_pass(error):
                raise
            say(f"note: the version's description will not say why: MLflow refuses it ({error.error_code})")

    def _aliases(self) -> dict[str, str]:
        found = if_there(lambda: self._client.get_registered_model(self._model_name).aliases)
        return {name: str(number) for name, number in (found or {}).items()}

    def _create_version(self, run_id: str, model_id: str, tags: Mapping[str, str], summary: str) -> None:
        with unless_it_exists():
            self._client.create_registered_model(self._model_name)
        self._client.create_model_version(
            self._model_name,
            source=f"models:/{model_id}",
            run_id=run_id,
            tags=job_tags(self._job) | dict(tags),
            description=summary,
            model_id=model_id,
        )
