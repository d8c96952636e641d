"""Asks IAM for a role, and what it may do: of AWS's own policy simulator, or of our evaluator in a rehearsal.

The simulator knows all policies of the role, its permissions boundary and the organization's SCPs; not the policies of
buckets and keys, which it takes for roles of none. Trust it does not judge: that is done here in both places.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from operations.doctor.asking.answers import asked, code_of
from operations.doctor.facts import Asked, Denial, Role
from rehearsal.permissions.permissions import AwsCall, judge, judge_trust
from rehearsal.permissions.policy_documents import PolicyDocument

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

_NUMERIC: Final = frozenset({"sagemaker:MaxRuntimeInSeconds", "sagemaker:KeepAlivePeriod"})
_BOOLEAN: Final = frozenset(
    {
        "sagemaker:EnableRemoteDebug",
        "sagemaker:NetworkIsolation",
        "sagemaker:InterContainerTrafficEncryption",
        "kms:GrantIsForAWSResource",
    }
)
"""Condition keys that are no texts. Source: Service Authorization Reference."""


def ask_role(iam: IAMClient, arn: str, calls: Sequence[AwsCall], *, simulate: bool) -> Role | None:
    """What a role may not do of the calls that an invocation makes; None where there is no such role."""
    from botocore.exceptions import ClientError

    name = arn.rpartition("/")[2]
    try:
        told: Any = iam.get_role(RoleName=name)["Role"]
    except ClientError as error:
        if code_of(error) in {"NoSuchEntity", "NoSuchEntityException"}:
            return None
        raise
    trust = PolicyDocument.parse(f"{name} (trust)", told["AssumeRolePolicyDocument"])
    assumed = [call for call in calls if call.service_principal]
    decisions = [(call, judge_trust(call, trust)) for call in assumed]
    denied = tuple(Denial(call, decision.reason) for call, decision in decisions if not decision.allowed)
    return Role(denied, _permissions(iam, arn, [call for call in calls if not call.service_principal], simulate))


def _permissions(iam: IAMClient, arn: str, calls: Sequence[AwsCall], simulate: bool) -> Asked[tuple[Denial, ...]]:
    """Apart from the trust, so that who may read a role and not simulate is told of its trust."""
    judged = _simulated if simulate else _evaluated
    return asked(f"the permissions of {arn.rpartition('/')[2]}", lambda: tuple(judged(iam, arn, calls)))


def _evaluated(iam: IAMClient, arn: str, calls: Sequence[AwsCall]) -> Iterator[Denial]:
    name = arn.rpartition("/")[2]
    pages = iam.get_paginator("list_role_policies").paginate(RoleName=name)
    names = [policy for page in pages for policy in page["PolicyNames"]]
    policies: list[Any] = [iam.get_role_policy(RoleName=name, PolicyName=each)["PolicyDocument"] for each in names]
    documents = [PolicyDocument.parse(f"{name}/{each}", text) for each, text in zip(names, policies, strict=True)]
    for call in calls:
        decision = judge(call, documents)
        if not decision.allowed:
            yield Denial(call, decision.reason)


def _simulated(iam: IAMClient, arn: str, calls: Sequence[AwsCall]) -> Iterator[Denial]:
    """One question for all actions on one resource in one context."""
    groups: dict[tuple[str, str], list[AwsCall]] = {}
    for call in calls:
        groups.setdefault((call.resource, repr(sorted(call.context.items()))), []).append(call)
    for (resource, _), group in groups.items():
        pages = iam.get_paginator("simulate_principal_policy").paginate(
            PolicySourceArn=arn,
            ActionNames=list(dict.fromkeys(call.action for call in group)),
            ResourceArns=[resource],
            ContextEntries=[_context_entry(*each) for each in sorted(group[0].context.items())],
        )
        results: dict[str, Any] = {each["EvalActionName"]: each for page in pages for each in page["EvaluationResults"]}
        for call in group:
            result = results.get(call.action)
            if result is not None and result["EvalDecision"] != "allowed":
                yield Denial(call, _reason(result))


def _context_entry(name: str, value: str | tuple[str, ...]) -> Any:  # noqa: ANN401 - boto3's own shape
    values = [value] if isinstance(value, str) else list(value)
    kind = "numeric" if name in _NUMERIC else "boolean" if name in _BOOLEAN else "string"
    return {
        "ContextKeyName": name,
        "ContextKeyValues": values,
        "ContextKeyType": kind if isinstance(value, str) else f"{kind}List",
    }


def _reason(result: Mapping[str, Any]) -> str:
    """Who denies it, as far as the simulator tells."""
    if result.get("OrganizationsDecisionDetail", {}).get("AllowedByOrganizations") is False:
        return "an SCP of the organization denies it"
    if result.get("PermissionsBoundaryDecisionDetail", {}).get("AllowedByPermissionsBoundary") is False:
        return "the role's permissions boundary does not allow it"
    if result["EvalDecision"] == "explicitDeny":
        denying = ", ".join(each.get("SourcePolicyId", "") for each in result.get("MatchedStatements", []))
        return f"explicitly denied by {denying or 'a policy'}"
    return "no policy of the role allows it"
