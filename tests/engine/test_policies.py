"""The pack's verdicts through the real engine, on somebody else's program: what stops it and what a person reads."""

import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from rehearsal.declaring.program import OfflineMocks, declare
from rehearsal.declaring.stack_configuration import read_stack_configuration
from rehearsal.judging.policy_pack import PolicyPack
from tests.engine.pulumi_cli import ROOT, Engine, Project, Run, Violation, violations_in

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
PACK = ROOT / "policies"
PASSWORD = "hunter2-in-plain-text"
URN = "urn:pulumi:prod::foreign::aws:"
KNOWN_AT_PREVIEW = "The training job and the policy documents must be known at preview: an unknown switches rules off."


@dataclass(frozen=True)
class Refused:
    """A preview that the policies refuse."""

    project: Project
    run: Run


@pytest.fixture(scope="module")
def pack(folder: Path) -> Path:
    """The pack beside the program, as another project has it."""
    copy = folder / "foreign" / "policies"
    shutil.copytree(PACK, copy, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    return copy


@pytest.fixture(scope="module")
def foreign(engine: Engine, folder: Path) -> Project:
    project = engine.project(folder / "foreign", source=HERE / "foreign_program")
    assert project.pulumi("stack", "init", "prod").exit_code == 0
    return project


@pytest.fixture(scope="module")
def refused(foreign: Project, pack: Path) -> Refused:
    return Refused(foreign, foreign.operate("preview", "prod", "--policy-pack", str(pack)))


@pytest.fixture(scope="module")
def advised(refused: Refused, pack: Path, folder: Path) -> Run:
    levels = folder / "advisory.json"
    levels.write_text(json.dumps({"all": "advisory"}))
    arguments = ["--policy-pack", str(pack), "--policy-pack-config", str(levels)]
    return refused.project.operate("preview", "prod", *arguments)


@pytest.fixture(scope="module")
def remediated(advised: Run, foreign: Project, pack: Path, folder: Path) -> Run:
    levels = folder / "remediate.json"
    levels.write_text(json.dumps({"all": "advisory", "SG20-few-retries": "remediate"}))
    return foreign.operate("preview", "prod", "--policy-pack", str(pack), "--policy-pack-config", str(levels))


def judged_offline(project: Project, pack: Path, policy_configuration: Path | None = None) -> set[Violation]:
    """The same program's violations by the rehearsal's client of the pack."""
    configuration = read_stack_configuration(project.directory, "prod")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "excepthook", sys.excepthook)  # the program sets its own, here in this process
        declaration = declare(project.directory, "prod", lambda region: OfflineMocks(region=region), preview=True)
    with PolicyPack(pack, configuration, preview=True, policy_configuration=policy_configuration) as started:
        remedied = started.remediate(declaration)
        found_by_us = (*remedied.violations, *started.judge(remedied.declaration))
        return {Violation(found.policy, found.enforcement, found.urn, found.message) for found in found_by_us}


def test_a_mandatory_violation_stops_the_preview_without_a_traceback(refused: Refused) -> None:
    assert refused.run.exit_code == 1
    assert "error: preview failed" in refused.run.output
    assert "Traceback" not in refused.run.output


def test_every_finding_is_one_line_under_its_rule_and_resource(refused: Refused) -> None:
    assert (
        "        - [mandatory] [severity: high]  SG15-spot-checkpoint  (aws:scheduler:Schedule: spot)\n"
        "          A managed spot job must have a checkpoint location: its capacity is taken away at will.\n"
        "          target.input.CheckpointConfig.S3Uri is missing: managed spot training without a checkpoint location "
        "starts again from nothing after every interruption. Cure: set CheckpointConfig.S3Uri to an s3:// prefix of "
        "this job.\n"
    ) in refused.run.stdout
    for found in refused.run.violations:
        _description, finding = found.message.split("\n")
        assert refused.run.stdout.count(f"          {finding}\n") >= 1


def test_the_same_violations_as_advice_let_the_preview_pass(refused: Refused, advised: Run) -> None:
    assert advised.exit_code == 0, advised.output
    assert {(found.policy, found.urn, found.message) for found in advised.violations} == {
        (found.policy, found.urn, found.message) for found in refused.run.violations
    }
    assert {found.level for found in advised.violations} == {"advisory"}


def test_the_engine_and_the_rehearsal_judge_alike(refused: Refused, pack: Path) -> None:
    assert refused.run.violations == judged_offline(refused.project, pack)


def test_the_engine_and_the_rehearsal_judge_alike_with_a_configuration(
    advised: Run, foreign: Project, pack: Path, folder: Path
) -> None:
    assert advised.violations == judged_offline(foreign, pack, folder / "advisory.json")


def test_what_is_put_right_is_planned_so_and_no_violation(
    remediated: Run, advised: Run, foreign: Project, pack: Path, folder: Path
) -> None:
    planned = {urn.rpartition("::")[2]: inputs for urn, inputs in remediated.inputs.items() if "Schedule::" in urn}

    assert remediated.exit_code == 0, remediated.output
    assert {name: inputs["target"]["retryPolicy"] for name, inputs in planned.items()} == {
        name: {"maximumRetryAttempts": 3} for name in ("secret", "spot", "unknown")
    }
    others = {found for found in advised.violations if found.policy != "SG20-few-retries"}
    assert remediated.violations == others
    assert remediated.violations == judged_offline(foreign, pack, folder / "remediate.json")
    assert PASSWORD not in remediated.output + json.dumps(remediated.events)


def test_a_target_input_that_is_unknown_is_a_mandatory_violation(refused: Refused) -> None:
    message = (
        "target.input is unknown: no rule can judge it, and an unknown never passes. Cure: build it from values that "
        "are known before the deployment, such as account id, region and names."
    )
    assert (
        Violation(
            policy="SG01-known-at-preview",
            level="mandatory",
            urn=f"{URN}scheduler/schedule:Schedule::unknown",
            message=f"{KNOWN_AT_PREVIEW}\n{message}",
        )
        in refused.run.violations
    )
    assert "can't run policy" not in refused.run.output


def test_a_secret_is_judged_and_never_shown(refused: Refused, advised: Run) -> None:
    judged = {found.policy for found in refused.run.violations if found.urn.endswith("::secret")}

    assert "SG24-no-secrets" in judged
    for run in (refused.run, advised):
        assert PASSWORD not in run.output
        assert PASSWORD not in json.dumps(run.events)


def test_the_exported_state_of_a_deployment_without_policies_is_refused(
    advised: Run, foreign: Project, pack: Path
) -> None:
    assert foreign.operate("up", "prod", "--yes", "--skip-preview").exit_code == 0
    exported = foreign.pulumi("stack", "export", "--stack", "prod", "--file", "state.json")
    analyzed = foreign.pulumi("policy", "analyze", "--file", "state.json", "--policy-pack", str(pack), "--json")
    reported = violations_in(json.loads(line) for line in analyzed.stdout.splitlines())

    assert exported.exit_code == 0, exported.output
    assert analyzed.exit_code != 0
    assert "error: one or more mandatory policy violations were found" in analyzed.stderr
    assert PASSWORD not in analyzed.output + (foreign.directory / "state.json").read_text()
    before = {found for found in advised.violations if found.urn.endswith(("::spot", "::wildcard"))}
    now = {found for found in reported if found.urn.endswith(("::spot", "::wildcard"))}
    assert {(found.policy, found.message) for found in now} == {(found.policy, found.message) for found in before}
    # What was unknown is known now. The state's secrets were decrypted to be judged: the passphrase was there.
    policies = {
        name: {found.policy for found in reported if found.urn.endswith(name)} for name in ("unknown", "secret")
    }
    assert "SG01-known-at-preview" not in policies["unknown"]
    assert "SG24-no-secrets" in policies["secret"]


def test_a_policy_on_the_whole_stack_stops_our_program_without_a_traceback(engine: Engine, folder: Path) -> None:
    project = engine.project(folder / "stopped")
    shutil.copytree(HERE / "stopping_pack", project.directory / "stopping_pack")
    assert project.pulumi("stack", "init", "staging").exit_code == 0
    run = project.operate("preview", "staging", "--policy-pack", "stopping_pack")

    assert run.exit_code == 1
    assert [(found.policy, found.message) for found in run.violations] == [
        ("no-stack", "Stacks are refused.\nthis stack is refused")
    ]
    assert "Traceback" not in run.output
    assert "KeyboardInterrupt" not in run.output
