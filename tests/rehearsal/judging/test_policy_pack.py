import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.declaring.program import Declaration, OfflineMocks, declare
from rehearsal.declaring.stack_configuration import StackConfiguration, read_stack_configuration
from rehearsal.judging.policy_answers import Violation
from rehearsal.judging.policy_configuration import PolicyConfigurationError
from rehearsal.judging.policy_pack import PolicyPack, PolicyPackError, policy_configuration_file
from rehearsal.local_servers.kept_servers import process_identity

FIXTURES = Path(__file__).parents[1] / "fixtures"
CHILD = "urn:pulumi:staging::fixture::fixture:index:Job$"


@pytest.fixture(scope="module")
def declaration() -> Declaration:
    return declare(FIXTURES / "project", "staging", lambda region: OfflineMocks(region=region), preview=True)


@pytest.fixture(scope="module")
def configuration() -> StackConfiguration:
    return read_stack_configuration(FIXTURES / "project", "staging")


@pytest.fixture
def pack_dir(tmp_path: Path) -> Path:
    (tmp_path / "PulumiPolicy.yaml").write_text("runtime: python\n")
    return tmp_path


@pytest.fixture(scope="module")
def pack(configuration: StackConfiguration) -> Iterator[PolicyPack]:
    with PolicyPack(FIXTURES / "pack", configuration, preview=True) as started:
        yield started


def configured(folder: Path, values: object) -> Path:
    path = folder / "configuration.json"
    path.write_text(json.dumps(values))
    return path


def test_a_folder_without_a_pack_is_reported(tmp_path: Path, configuration: StackConfiguration) -> None:
    with pytest.raises(PolicyPackError) as refused:
        PolicyPack(tmp_path, configuration, preview=True)
    assert str(refused.value) == f"there is no policy pack in {tmp_path}: PulumiPolicy.yaml is missing"


def test_the_configuration_of_a_stack_is_found_beside_the_pack(tmp_path: Path) -> None:
    assert policy_configuration_file(tmp_path, "prod") is None
    (tmp_path / "prod.json").write_text("{}")
    assert policy_configuration_file(tmp_path, "prod") == tmp_path / "prod.json"


@pytest.mark.slow
def test_a_good_declaration_has_only_the_advisory_violations(pack: PolicyPack, declaration: Declaration) -> None:
    root = "urn:pulumi:staging::fixture::pulumi:pulumi:Stack::fixture-staging"
    unknown = "can't run policy 'documents-are-known' from policy pack 'fixture-pack@v0.0.1' during preview: "
    assert pack.judge(declaration) == (
        # An unknown value switches a mandatory policy off, as with the engine.
        Violation(
            policy="documents-are-known",
            enforcement="advisory",
            message=f"{unknown}string value at .policy can't be known during preview",
            urn=f"{CHILD}aws:iam/rolePolicy:RolePolicy::scheduler-policy",
            description="Documents are known.",
            pack="fixture-pack",
        ),
        Violation(
            policy="one-schedule",
            enforcement="advisory",
            message="One schedule.\n1 schedule in staging of fixture",
            urn=f"{CHILD}aws:scheduler/schedule:Schedule::schedule",
            description="One schedule.",
            pack="fixture-pack",
        ),
        Violation(
            policy="one-schedule",
            enforcement="advisory",
            message="One schedule.\ndry run: true; proxies: None",
            urn=root,
            description="One schedule.",
            pack="fixture-pack",
        ),
    )


@pytest.mark.slow
def test_configuration_reaches_the_policies(
    tmp_path: Path, configuration: StackConfiguration, declaration: Declaration
) -> None:
    path = configured(
        tmp_path, {"all": "disabled", "names-are-short": {"enforcementLevel": "mandatory", "maximum": 22}}
    )
    with PolicyPack(FIXTURES / "pack", configuration, preview=True, policy_configuration=path) as pack:
        violations = pack.judge(declaration)
        assert pack.policies == ("names-are-short",)
    # A program registers its resources side by side, in no order.
    assert sorted((found.message, found.stops_an_update) for found in violations) == [
        ("Names are short.\nforest-staging-dead-letters is longer than 22", True),
        ("Names are short.\nforest-staging-execution is longer than 22", True),
        ("Names are short.\nforest-staging-scheduler is longer than 22", True),
    ]


@pytest.mark.slow
def test_configuration_that_does_not_fit_the_pack_is_reported(
    tmp_path: Path, configuration: StackConfiguration
) -> None:
    path = configured(tmp_path, {"names-are-shrot": "disabled"})
    with (
        PolicyPack(FIXTURES / "pack", configuration, preview=True, policy_configuration=path) as pack,
        pytest.raises(PolicyConfigurationError) as refused,
    ):
        pack.wait_until_ready()
    assert str(refused.value) == (
        "configuration of the policy pack fixture-pack: the pack has no policy names-are-shrot; it has "
        "documents-are-known, fails, names-are-short, one-schedule"
    )


@pytest.mark.slow
def test_a_policy_that_raises_is_reported_with_the_resource(
    tmp_path: Path, configuration: StackConfiguration, declaration: Declaration
) -> None:
    path = configured(tmp_path, {"fails": {"on": "aws:sqs/queue:Queue"}})
    with (
        PolicyPack(FIXTURES / "pack", configuration, preview=True, policy_configuration=path) as pack,
        pytest.raises(PolicyPackError) as failed,
    ):
        pack.judge(declaration)
    assert str(failed.value).startswith(
        f"the policy pack {FIXTURES / 'pack'} failed while judging {CHILD}aws:sqs/queue:Queue::dead-letters: "
        "Exception calling application: this policy is broken"
    )


@pytest.mark.slow
def test_a_pack_that_does_not_start_is_reported_with_what_it_printed(
    pack_dir: Path, configuration: StackConfiguration
) -> None:
    (pack_dir / "__main__.py").write_text("raise LookupError('no rules here')\n")
    with PolicyPack(pack_dir, configuration, preview=True) as pack, pytest.raises(PolicyPackError) as failed:
        pack.wait_until_ready()
    assert str(failed.value).startswith(f"the policy pack {pack_dir} did not start (exit code 1):\n")
    assert str(failed.value).endswith("LookupError: no rules here")


@pytest.mark.slow
def test_a_pack_that_prints_before_its_port_is_reported(pack_dir: Path, configuration: StackConfiguration) -> None:
    (pack_dir / "__main__.py").write_text("print('hello')\n")
    with PolicyPack(pack_dir, configuration, preview=True) as pack, pytest.raises(PolicyPackError) as failed:
        pack.wait_until_ready()
    assert str(failed.value) == (
        f"the policy pack {pack_dir} printed 'hello' where the engine expects its port: a pack must print nothing to "
        "standard output as it loads"
    )


@pytest.mark.slow
def test_the_pack_dies_with_the_process_that_started_it(pack_dir: Path) -> None:
    (pack_dir / "__main__.py").write_text("import time\ntime.sleep(600)\n")
    starter = (
        "import sys, os, pathlib\n"
        "from rehearsal.judging.policy_pack import PolicyPack\n"
        "from rehearsal.declaring.stack_configuration import StackConfiguration\n"
        "here = pathlib.Path(sys.argv[1])\n"
        "pack = PolicyPack(here, StackConfiguration('p', 's', here, here, {}), preview=True)\n"
        "print(pack.process_id, flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", starter, str(pack_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    ) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        assert process_identity(pid) is not None
        pidfd = os.pidfd_open(pid)
        process.send_signal(signal.SIGKILL)
    try:
        assert select.select([pidfd], [], [], 120)[0], "the pack still runs"
    finally:
        os.close(pidfd)


def test_a_configuration_that_no_variable_of_the_environment_holds_is_reported(
    configuration: StackConfiguration,
) -> None:
    too_long = replace(configuration, values={"fixture:message": "x" * 131_057})
    with pytest.raises(PolicyPackError) as refused:
        PolicyPack(FIXTURES / "pack", too_long, preview=True)
    assert str(refused.value) == (
        "the stack's configuration is 131080 characters of JSON; Pulumi hands it to programs and policy packs in one "
        "environment variable, which holds 131057 at most on Linux: spread the training jobs over several stacks"
    )
