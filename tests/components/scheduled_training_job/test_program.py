"""What `__main__.py` declares and exports for the stacks."""

import json
import runpy
from pathlib import Path

import pytest
import yaml
from pulumi.runtime import set_all_config

from tests.components.scheduled_training_job.declaring import COMPONENT, Declare, request_of

PROJECT_DIRECTORY = Path(__file__).parents[3]


@pytest.mark.parametrize("stack", ["staging", "prod"])
def test_the_program_declares_and_exports_one_component_for_each_job_of_its_stack(
    declare: Declare, stack: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = yaml.safe_load((PROJECT_DIRECTORY / f"Pulumi.{stack}.yaml").read_text())["config"]
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
    monkeypatch.delenv("PULUMI_CONFIG", raising=False)

    def run_main() -> None:
        set_all_config(texts, [])
        runpy.run_path(str(PROJECT_DIRECTORY / "__main__.py"), run_name="__main__")

    declared = declare(run_main, stack=stack, preview=True)

    component = declared.one(COMPONENT)
    assert component.name == "breast-cancer"
    assert declared.outputs[declared.one("pulumi:pulumi:Stack").urn] == {
        "breast-cancer": declared.outputs[component.urn]
    }
    assert {tag["Key"]: tag["Value"] for tag in request_of(declared)["Tags"]} == {
        **config["scheduled-training:tags"],
        "project": "scheduled-training",
        "stack": stack,
        "training-job": "breast-cancer",
    }
