"""The project's own program, declared offline: when it looks for garbage, and when it sends what it declares."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import yaml
from pulumi.runtime import mocks as pulumi_mocks

from rehearsal.declaring.program import OfflineMocks, declare
from tests.operations.projects import copy_project


def test_the_projects_program_does_not_look_for_garbage_in_what_it_declares() -> None:
    collecting = []

    class Watching(OfflineMocks):
        def new_resource(self, args: pulumi_mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
            collecting.append(gc.isenabled())
            return super().new_resource(args)

    declare(Path(__file__).parents[3], "staging", lambda region: Watching(region=region), preview=False)

    assert set(collecting) == {False}


def test_the_projects_program_has_the_first_jobs_sent_while_it_declares_the_others(tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project")
    path = project / "Pulumi.staging.yaml"
    values = yaml.safe_load(path.read_text())
    jobs = values["config"]["scheduled-training:training_jobs"]
    (job,) = jobs.values()
    values["config"]["scheduled-training:training_jobs"] = {f"job-{number:02}": job for number in range(30)}
    path.write_text(yaml.safe_dump(values))
    sent = []

    class Watching(OfflineMocks):
        def new_resource(self, args: pulumi_mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
            sent.append(args.name)
            return super().new_resource(args)

    declaration = declare(project, "staging", lambda region: Watching(region=region), preview=False)

    assert sent.index("job-00-group") < sent.index("job-29")
    assert sorted(declaration.exports) == sorted(values["config"]["scheduled-training:training_jobs"])
