"""Judge a stack offline, as a first preview sees it: settings, requests, permissions, policies. No server runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from components.aws_names import AwsScope
from rehearsal.declaring.artifact_store_stand_ins import stand_in_notes
from rehearsal.declaring.program import Declaration, OfflineMocks, answer_invoke, declare
from rehearsal.declaring.property_values import UNKNOWN
from rehearsal.declaring.stack_configuration import StackConfiguration, read_stack_configuration
from rehearsal.invoking.deployed_schedule import DeployedSchedule
from rehearsal.judging.judgement import (
    DEFAULT_GROUP,
    SCHEDULE_TYPE,
    Fault,
    alarm_faults,
    declared_schedules,
    due_faults,
    permission_faults,
    request_faults,
    sample_request,
)
from rehearsal.judging.policy_answers import Violation
from rehearsal.judging.policy_messages import PolicyDescription, read_line
from rehearsal.judging.policy_pack import PolicyPack, policy_configuration_file
from rehearsal.judging.remediations import Remediation
from rehearsal.permissions.role_documents import declared_roles

ROLE_TYPE: Final = "aws:iam/role:Role"
POLICY_PACK: Final = "policies"
"""The policy pack's directory in a project."""


@dataclass(frozen=True)
class StackCheck:
    """What was judged, and what was found."""

    declaration: Declaration
    """With what policies at level `remediate` have changed in it."""
    schedules: tuple[DeployedSchedule, ...]
    policies: tuple[str, ...]
    """Names of the policies that judged."""
    faults: tuple[Fault, ...]
    descriptions: tuple[PolicyDescription, ...] = ()
    """What the pack says of those policies."""
    remediations: tuple[Remediation, ...] = ()
    """What policies have changed in the declared resources."""
    is_configured: bool = True
    """Whether the pack has a configuration for the stack; without one its rules are those of prod."""

    @property
    def training_jobs(self) -> int:
        """How many jobs its schedules start: those of one schedule group are a job's, but in the default group."""
        return len({each.arn if each.group_name == DEFAULT_GROUP else each.group_name for each in self.schedules})

    @property
    def notes(self) -> tuple[str, ...]:
        """What the program says besides, and what stands in for what a preview asks AWS."""
        return (*self.declaration.messages, *stand_in_notes(self.declaration.invokes), *self._of_the_pack())

    def _of_the_pack(self) -> Iterator[str]:
        name = self.declaration.stack
        if not self.is_configured and any(fault.mandatory and fault.kind == "policy" for fault in self.faults):
            yield (
                f"{POLICY_PACK}/{name}.json is missing, so the policies judge stack {name} as they judge prod; for one "
                f"like staging: cp {POLICY_PACK}/staging.json {POLICY_PACK}/{name}.json"
            )

    @property
    def passed(self) -> bool:
        """Whether `pulumi up` and the first invocation would go through."""
        return not any(fault.mandatory for fault in self.faults)


def check_stack(project_dir: Path, stack: str) -> StackCheck:
    """Declare a stack as at a first preview and judge everything that is known then.

    Raises:
        SettingsError, StackConfigurationError, PolicyPackError, PolicyConfigurationError: nothing could be judged;
            the message says why.
    """
    configuration = read_stack_configuration(project_dir, stack)
    pack_dir = project_dir / POLICY_PACK
    # The pack needs as long to start as the program to run: both at once.
    levels = policy_configuration_file(pack_dir, stack)
    with PolicyPack(pack_dir, configuration, preview=True, policy_configuration=levels) as pack:
        declared = declare(project_dir, stack, _offline(configuration), preview=True)
        remedied = pack.remediate(declared)
        declaration = remedied.declaration
        schedules = tuple(declared_schedules(declaration.resources, _scope(configuration)))
        now = datetime.now(UTC).replace(microsecond=0)
        faults = [fault for schedule in schedules for fault in due_faults(schedule, now)]
        faults += [fault for schedule in schedules for fault in _schedule_faults(schedule, declaration)]
        faults += alarm_faults(declaration.resources, _scope(configuration), declared_roles(declaration.resources))
        violations = (*remedied.violations, *pack.judge(declaration))
        faults += [_policy_fault(violation) for violation in violations]
        faults += [fault for remediation in remedied.remediations for fault in _remediated(remediation)]
        faults = [_with_urn(fault, declaration) for fault in faults]
        described, remediations = pack.described, remedied.remediations
        is_configured = levels is not None
        return StackCheck(
            declaration, schedules, pack.policies, tuple(faults), described, remediations, is_configured=is_configured
        )


def _offline(configuration: StackConfiguration) -> Callable[[str], OfflineMocks]:
    return lambda region: OfflineMocks(region=region, account_id=configuration.account_id)


def _scope(configuration: StackConfiguration) -> AwsScope:
    region, account = configuration.values.get("aws:region", "us-east-1"), configuration.account_id
    answer = answer_invoke("aws:index/getPartition:getPartition", account_id=account, region=region)
    return AwsScope(answer["partition"], region, account)


def _schedule_faults(schedule: DeployedSchedule, declaration: Declaration) -> list[Fault]:
    if UNKNOWN in schedule.target_input:
        return []  # there is nothing to judge, which is what the policy of known job specs reports
    try:
        request = sample_request(schedule)
    except ValueError as error:
        return [Fault("request", schedule.name, str(error), path="target.input")]
    store = artifact_store_of(declaration.exports, schedule)
    roles = declared_roles(declaration.resources)
    return [
        *request_faults(schedule, request),
        *permission_faults(schedule, request, roles, object_uris={}, artifact_store=store),
    ]


def artifact_store_of(exports: Mapping[str, Any], schedule: DeployedSchedule) -> str | None:
    """Where the job's MLflow client writes artifacts, as the stack exports it."""
    return _exported(exports, schedule).get("artifact_store")


def data_uris_of(exports: Mapping[str, Any], schedule: DeployedSchedule) -> Mapping[str, str]:
    """Where the data of each channel lies, by its name, as the stack exports it: a manifest does not say so itself."""
    return _exported(exports, schedule).get("channels") or {}


def _exported(exports: Mapping[str, Any], schedule: DeployedSchedule) -> Mapping[str, Any]:
    for job in (export for export in exports.values() if isinstance(export, Mapping)):
        for each in (job, *job.get("further_schedules", {}).values()):
            if each.get("schedule_name") == schedule.name:
                found: Mapping[str, Any] = each
                return found
    return {}


def _policy_fault(violation: Violation) -> Fault:
    # The engine's text is the policy's description, and then the finding in a line of its own.
    line = violation.message.removeprefix(f"{violation.description}\n")
    message = read_line(line)
    return Fault(
        "policy",
        violation.urn.rpartition("::")[2],
        line,
        violation.stops_an_update,
        rule=violation.policy,
        path=message.path,
        value=message.value,
        what=message.fault,
        cure=message.cure,
        urn=violation.urn,
    )


def _remediated(remediation: Remediation) -> Iterator[Fault]:
    """Names only: the values may be secret."""
    what, cure = "changed by the policy, and deployed so", "declare it so in the program"
    for change in remediation.changes:
        yield Fault(
            "remediated",
            remediation.urn.rpartition("::")[2],
            f"{change.name}: {what}. Cure: {cure}.",
            mandatory=False,
            rule=remediation.policy,
            path=change.name,
            what=what,
            cure=cure,
            urn=remediation.urn,
        )


def _with_urn(fault: Fault, declaration: Declaration) -> Fault:
    """Faults of requests and permissions name a schedule or a role as AWS will: find the resource of that name."""
    if fault.urn:
        return fault
    kind = SCHEDULE_TYPE if fault.kind in {"request", "schedule"} else ROLE_TYPE
    name = fault.subject.rpartition("/")[2]
    urns = (found.urn for found in declaration.resources if found.type == kind and found.inputs.get("name") == name)
    return replace(fault, urn=next(urns, ""))
