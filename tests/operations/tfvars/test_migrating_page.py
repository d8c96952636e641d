"""docs/migrating.md: its table of variables is the command's, and what it names exists.

After a change of the table: `UPDATE_DOCS=1 python -m pytest tests/operations/tfvars/test_migrating_page.py`.
"""

import importlib.util
import os
import re
from pathlib import Path

import pytest

from components.aws_names import AwsScope, JobNames
from components.job_settings import TrainingJobSettings
from operations.tfvars.variables import VARIABLES

PROJECT = Path(__file__).parents[3]
FILE = PROJECT / "docs" / "migrating.md"
PAGE = FILE.read_text(encoding="utf-8")
NAMES = JobNames(AwsScope("aws", "us-east-1", "123456789012"), "breast-cancer-prod")
IMPORTED = re.findall(r"^\| `(aws:[^`]+)` \| `([^`]+)` \| [^`]+: `([^`]+)` \|$", PAGE, re.MULTILINE)
COMPONENT = (PROJECT / "components" / "scheduled_training_job.py").read_text(encoding="utf-8")
OUTPUTS = set(re.findall(r'^    "([a-z0-9_]+)": "', COMPONENT, re.MULTILINE))
CONTRACT = (PROJECT / "tests" / "components" / "test_upgrade_contract.py").read_text(encoding="utf-8")
CHILDREN = set(re.findall(r'^    f"\{COMPONENT\}\$(aws:.*::churn-.*)",$', CONTRACT, re.MULTILINE))
"""Read as texts: to import the component is to load all of the provider's types."""
STATED = {
    "scheduler.schedule_group": "using the `name`",
    "scheduler.schedule": "using the combination `group_name/name`",
    "sqs.queue": "using the queue `url`",
    "iam.role": "using the `name`",
    "iam.role_policy": "using the `role_name:role_policy_name`",
    "s3.bucket_objectv2": "Import using the `id`, which is the bucket name and the key together",
}
"""What the provider says of the ids of a type."""


def variables_table() -> str:
    rows = (
        f"| `{name}` | {f'`{each.setting}`' if each.is_carried else 'not carried over'} | {each.note} |"
        for name, each in VARIABLES.items()
    )
    return "\n".join(["| variable | here | what is different, or what to do |", "|---|---|---|", *rows])


def test_the_table_of_variables_is_the_commands() -> None:
    head, rest = PAGE.split("<!-- variables -->\n")
    page = f"{head}<!-- variables -->\n{variables_table()}\n<!-- end -->{rest.partition('<!-- end -->')[2]}"
    if os.environ.get("UPDATE_DOCS"):
        FILE.write_text(page, encoding="utf-8")

    assert FILE.read_text(encoding="utf-8") == page


@pytest.mark.parametrize("variable", [name for name, each in VARIABLES.items() if each.setting.count(".") == 1])
def test_a_setting_that_the_table_names_exists(variable: str) -> None:
    first = VARIABLES[variable].setting.partition(".")[0]

    assert first in {*TrainingJobSettings.model_fields, "training_jobs", "Pulumi"}


def test_every_output_that_the_page_names_exists() -> None:
    section = PAGE.partition("## Outputs")[2].partition("\n## ")[0]
    here = [line.rpartition(" | ")[2] for line in section.splitlines() if line.startswith("| `")]
    named = {name for cell in here for name in re.findall(r"`([a-z_0-9]+)`", cell)}

    assert len(here) > 10
    assert named <= OUTPUTS


def test_the_list_of_imports_has_every_resource_of_a_job() -> None:
    assert len(CHILDREN) == 8
    assert {f"{kind}::{name}".replace("breast-cancer", "churn") for kind, name, _ in IMPORTED} == CHILDREN


def test_the_ids_of_imports_are_the_names_on_aws() -> None:
    ids = {name.removeprefix("breast-cancer-"): identity for _, name, identity in IMPORTED}

    assert ids["group"] == NAMES.schedule_group_name
    assert ids["schedule"] == f"{NAMES.schedule_group_name}/{NAMES.schedule_name}"
    assert ids["dead-letters"].endswith(f"/{NAMES.scope.account_id}/{NAMES.dead_letter_queue_name}")
    assert ids["scheduler-role"] == NAMES.scheduler_role_name
    assert ids["execution-role"] == NAMES.execution_role_name
    assert ids["scheduler-policy"] == f"{NAMES.scheduler_role_name}:start-training-jobs"
    assert ids["execution-policy"] == f"{NAMES.execution_role_name}:training"


@pytest.mark.parametrize("module", STATED)
def test_ids_have_the_form_that_the_provider_states(module: str) -> None:
    specification = importlib.util.find_spec("pulumi_aws")
    assert specification is not None
    assert specification.submodule_search_locations is not None
    source = Path(specification.submodule_search_locations[0]) / f"{module.replace('.', '/')}.py"

    assert STATED[module] in source.read_text(encoding="utf-8")
