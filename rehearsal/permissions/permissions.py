"""Judge one AWS call against IAM policy documents, conditions included.

The embedded AWS ignores conditions and PassRole, so the documents that were deployed are evaluated here, as IAM does
it: an explicit Deny wins, an Allow is needed, everything else is denied implicitly. What this cannot judge (an
operator, an element, a policy variable) is an error that names it; nothing is allowed by being skipped.

Why our own: no maintained Python library evaluates identity policies with conditions offline. policy_sentry, parliament
and cloudsplaining lint or write documents and never decide a call; moto's evaluation has no conditions; the one good
evaluator, @cloud-copilot/iam-simulate, is TypeScript and needs Node. Looked for in November 2026.

Source: IAM User Guide, "Policy evaluation logic" and "IAM JSON policy element reference".
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rehearsal.permissions.policy_conditions import Context, condition_misses, resolved
from rehearsal.permissions.policy_documents import PolicyDocument, Statement
from rehearsal.permissions.wildcards import arn_matches, text_matches


@dataclass(frozen=True)
class AwsCall:
    """One call that a role will make, with all that IAM will know about it.

    `resource` is the ARN it acts on (`*` where the action has none). `context` holds the condition keys of the call: a
    string for a single-valued key, a tuple for a multivalued one; a key missing here is absent from the request.
    `purpose` says to a person why the call is made. `service_principal` is who makes an `sts:AssumeRole`.
    """

    action: str
    resource: str
    purpose: str
    context: Context = field(default_factory=dict)
    service_principal: str | None = None


@dataclass(frozen=True)
class Decision:
    """What IAM would answer: `reason` is one sentence, `statement_sid` the statement that decided, if one did."""

    allowed: bool
    reason: str
    statement_sid: str | None = None


def judge(call: AwsCall, documents: Sequence[PolicyDocument]) -> Decision:
    """Decide `call` by the permission documents of the role that makes it.

    Raises:
        PolicyError: a document uses something that cannot be judged here.

    """
    return _decide(call, documents, resource_matters=True)


def judge_trust(call: AwsCall, document: PolicyDocument) -> Decision:
    """Decide whether `document`, a role's trust, lets `call.service_principal` assume that role.

    Raises:
        PolicyError: the document uses something that cannot be judged here.

    """
    return _decide(call, [document], resource_matters=False)


def _decide(call: AwsCall, documents: Sequence[PolicyDocument], *, resource_matters: bool) -> Decision:
    near_misses: list[str] = []
    allowing: list[tuple[PolicyDocument, Statement]] = []
    for document in documents:
        for statement in document.statements:
            misses = list(_misses(call, statement, resource_matters=resource_matters))
            if not misses and statement.effect == "Deny":
                reason = f"explicitly denied by {statement.named(document.name)}"
                return Decision(allowed=False, reason=reason, statement_sid=statement.sid)
            if not misses:
                allowing.append((document, statement))
            elif statement.effect == "Allow" and _action_matches(call, statement):
                near_misses.append(f"{statement.named(document.name)} does not apply: {'; '.join(misses)}")
    if allowing:
        document, statement = allowing[0]
        reason = f"allowed by {statement.named(document.name)}"
        return Decision(allowed=True, reason=reason, statement_sid=statement.sid)
    detail = "; ".join(near_misses) or f"no statement allows {call.action}"
    return Decision(allowed=False, reason=f"not allowed: {detail}")


def _misses(call: AwsCall, statement: Statement, *, resource_matters: bool) -> Iterator[str]:
    """Yield why `statement` does not apply to `call`; nothing when it does."""
    if not _action_matches(call, statement):
        yield f"its actions do not include {call.action}"
        return
    if resource_matters:
        yield from _resource_misses(call, statement)
    else:
        yield from _principal_misses(call, statement)
    yield from condition_misses(statement.condition, call.context)


def _action_matches(call: AwsCall, statement: Statement) -> bool:
    listed = any(text_matches(pattern.lower(), call.action.lower()) for pattern in statement.actions)
    return listed != statement.actions_excluded


def _resource_misses(call: AwsCall, statement: Statement) -> Iterator[str]:
    patterns = [resolved(pattern, call.context) for pattern in statement.resources]
    listed = any(arn_matches(pattern, call.resource) for pattern in patterns)
    if listed == statement.resources_excluded:
        element = "NotResource" if statement.resources_excluded else "Resource"
        yield f"its {element} is {', '.join(statement.resources) or 'missing'}"


def _principal_misses(call: AwsCall, statement: Statement) -> Iterator[str]:
    principal = call.service_principal or "nobody"
    if principal not in statement.service_principals and not statement.any_principal:
        yield f"its Principal is {', '.join(statement.service_principals) or 'no service'}, not {principal}"
