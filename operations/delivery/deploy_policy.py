"""The policy of the role that deploys a stack: what the provider calls for what the program declares, and no more.

Pure: resources in, statements out. A type that has no row is an error that names it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from components.aws_names import AwsScope
from components.iam_policies import allow
from components.statement_union import Statement
from operations.delivery.function_rows import function_row
from operations.delivery.grants import Boundary, Grant, Inputs, Phase, Tagged, UnnamedResourceError
from operations.delivery.job_rows import role_arn
from operations.delivery.resource_rows import ROWS
from operations.delivery.state_access import StateBackend, state_statements, via_s3
from rehearsal.declaring.artifact_store_stand_ins import Invoked
from rehearsal.declaring.recording_monitor import RegisteredResource
from rehearsal.errors import RehearsalError

_WITHOUT_CLOUD: Final = ("pulumi:providers:", "pulumi:pulumi:")
_OWN_TAGS: Final = ("project", "stack")
_ROLE_TYPE: Final = "aws:iam/role:Role"


class DeployPolicyError(RehearsalError):
    """No policy can be made of what is declared; the message names each resource with its cure."""


@dataclass(frozen=True)
class Deployed:
    """What the policy is for.

    `phases` are those in which the role works: only reading for a preview. `bucket_keys` are KMS keys of the team's
    buckets. `job_prefixes` are what the names of jobs begin with, where the policy is to be for any job of the stack
    and not for those of today only.
    """

    scope: AwsScope
    project: str
    stack: str
    phases: Collection[Phase] = tuple(Phase)
    state: StateBackend | None = None
    bucket_keys: Sequence[str] = ()
    job_prefixes: Sequence[str] = ()


def deploy_statements(
    resources: Iterable[RegisteredResource], deployed: Deployed, invokes: Iterable[Invoked] = ()
) -> list[Statement]:
    """The statements for all that is declared, and for the provider functions that were called for it.

    Raises:
        DeployPolicyError: a resource's type has no row, or its name is not known.
    """
    # A program registers its resources side by side, in no order; the policy is the same each time.
    ordered = sorted(resources, key=lambda each: each.urn)
    declared = [each for each in ordered if each.custom and not each.type.startswith(_WITHOUT_CLOUD)]
    boundaries = _boundaries(declared, deployed.scope)
    found: defaultdict[_Kind, _Allowed] = defaultdict(_Allowed)
    faults: list[str] = []
    for resource in declared:
        try:
            for grant, arn in _granted(resource, deployed):
                boundary = boundaries.get(arn, "") if grant.boundary is not Boundary.IGNORED else ""
                if grant.boundary is Boundary.SET and not boundary:
                    continue
                kind = _Kind(grant.sid, grant.passed_to, boundary, grant.tagged, _tags(grant, resource.inputs))
                found[kind].add(grant.actions, _any_job(arn, deployed))
        except (DeployPolicyError, UnnamedResourceError) as error:
            faults.append(f"  {resource.urn}: {error}")
    for invoked in invokes:
        for grant in function_row(invoked.token, invoked.arguments):
            kind = _Kind(grant.sid, grant.passed_to, "", grant.tagged, ())
            found[kind].add(grant.actions, grant.arn(invoked.arguments, deployed.scope))
    if faults:
        raise DeployPolicyError("\n".join(["no policy can be made for the role that deploys the stack:", *faults]))
    return _numbered(
        [
            # It takes no resource. AWS needs no permission for it, and says no where a policy denies the rest.
            allow("KnowTheCaller", ["sts:GetCallerIdentity"], "*"),
            *(kind.statement(allowed) for kind, allowed in found.items()),
            *_bucket_keys(deployed),
            *state_statements(deployed.state, deployed.scope, deployed.project, deployed.stack, deployed.phases),
        ]
    )


@dataclass(frozen=True)
class _Kind:
    """What makes a statement one of its own: its name and its condition."""

    sid: str
    passed_to: str
    boundary: str
    tagged: Tagged
    tags: tuple[tuple[str, str], ...]

    def statement(self, allowed: _Allowed) -> Statement:
        arns = sorted(allowed.arns)
        return allow(self.sid, sorted(allowed.actions), "*" if arns == ["*"] else arns, self._condition())

    def _condition(self) -> dict[str, dict[str, str]] | None:
        passed = {"iam:PassedToService": self.passed_to, "iam:PermissionsBoundary": self.boundary}
        equal = {key: value for key, value in passed.items() if value}
        has = {f"aws:ResourceTag/{key}": value for key, value in self.tags}
        if self.tagged is Tagged.RESOURCE:
            equal |= has
        if self.tagged is Tagged.REQUEST:
            gets = {f"aws:RequestTag/{key}": value for key, value in self.tags}
            return {"StringEquals": equal | gets, "StringEqualsIfExists": has}
        return {"StringEquals": equal} if equal else None


@dataclass
class _Allowed:
    actions: set[str] = field(default_factory=set)
    arns: set[str] = field(default_factory=set)

    def add(self, actions: Iterable[str], arn: str) -> None:
        self.actions |= {*actions}
        self.arns.add(arn)


def _granted(resource: RegisteredResource, deployed: Deployed) -> Iterator[tuple[Grant, str]]:
    row = ROWS.get(resource.type)
    if row is None:
        raise DeployPolicyError(
            f"there is no row for the type {resource.type}: add one to operations/delivery/resource_rows.py; there are "
            f"rows for {', '.join(sorted(ROWS))}"
        )
    is_retained = resource.request.retainOnDelete
    for grant in row:
        if grant.phase in deployed.phases and not (is_retained and grant.phase is Phase.DELETE):
            yield grant, grant.arn(resource.inputs, deployed.scope)


def _tags(grant: Grant, inputs: Inputs) -> tuple[tuple[str, str], ...]:
    """The tags by which a stack's own resources are known, where a grant is narrowed by them.

    Raises:
        UnnamedResourceError: the resource has not both of them.
    """
    if grant.tagged is Tagged.NOT:
        return ()
    tags = inputs.get("tags") or {}
    if missing := [key for key in _OWN_TAGS if not isinstance(tags.get(key), str)]:
        raise UnnamedResourceError(f"its tags lack {' and '.join(missing)}, by which the role knows it; give it these")
    return tuple((key, tags[key]) for key in _OWN_TAGS)


def _boundaries(declared: Iterable[RegisteredResource], scope: AwsScope) -> dict[str, str]:
    """ARN of a role -> its permissions boundary, of those that have one."""
    return {
        role_arn(str(each.inputs.get("name")), scope): str(each.inputs["permissionsBoundary"])
        for each in declared
        if each.type == _ROLE_TYPE and each.inputs.get("permissionsBoundary")
    }


def _any_job(arn: str, deployed: Deployed) -> str:
    """The same for any job of the stack, where that is asked for; a bucket keeps its name."""
    if not deployed.job_prefixes or arn == "*":
        return arn
    kept, slash, rest = arn.partition("/") if arn.split(":")[2] == "s3" else ("", "", arn)
    prefixes = "|".join(re.escape(prefix) for prefix in sorted(deployed.job_prefixes, key=len, reverse=True))
    whole = rf"(?<![A-Za-z0-9-])(?:{prefixes})(?![A-Za-z0-9])"
    return f"{kept}{slash}{re.sub(whole, f'*-{deployed.stack.lower()}', rest)}"


def _bucket_keys(deployed: Deployed) -> Iterator[Statement]:
    """The keys that the team's buckets encrypt with by themselves, by way of S3 only."""
    if deployed.bucket_keys:
        writes = ["kms:GenerateDataKey"] if Phase.CHANGE in deployed.phases else []
        yield allow("UseBucketKeys", ["kms:Decrypt", *writes], list(deployed.bucket_keys), via_s3(deployed.scope))


def _numbered(statements: Iterable[Statement]) -> list[Statement]:
    """With a number where two statements have one name: IAM takes each name once."""
    seen: Counter[str] = Counter()
    numbered = []
    for statement in statements:
        seen[statement["Sid"]] += 1
        number = seen[statement["Sid"]]
        numbered.append(statement | ({"Sid": f"{statement['Sid']}{number}"} if number > 1 else {}))
    return numbered
