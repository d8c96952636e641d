"""SG17: the execution role can read, write and list the checkpoint location."""

import re
from collections.abc import Iterable, Iterator

from examples import BUCKET, allow, stack
from findings import Finding
from resources import NotApplicable, Resource
from rule import Config, Reference, Severity, StackJudgement, StackRule
from stack import Grants, ScheduledJob, Stack
from statements import Statement, matches
from target_input import INPUT

_URI = re.compile(r"s3://(?P<bucket>[^/]+)/?(?P<prefix>.*)")


def _check(stack: Stack, _config: Config) -> StackJudgement:
    jobs = [job for job in stack.jobs if job.execution_role and _location(job)]
    if not jobs:
        return NotApplicable("no job with checkpoints has its execution role in this stack")
    seen = [job for job in jobs if job.execution_role and not _unseen(job.execution_role)]
    if not seen:
        return NotApplicable("the execution role has managed policies that this stack does not show")
    found = [found for job in seen for found in _faults(job)]
    if found or len(seen) == len(jobs):
        return found
    unseen = ", ".join(job.job.schedule.name for job in jobs if job not in seen)
    return NotApplicable(
        f"not judged: {unseen}, whose execution role has managed policies that this stack does not show"
    )


def _location(job: ScheduledJob) -> re.Match[str] | None:
    uri = job.job.member("CheckpointConfig", "S3Uri")
    return _URI.fullmatch(uri) if isinstance(uri, str) else None


def _unseen(grants: Grants) -> bool:
    return any(not attachment.policies for attachment in grants.attachments)


def _faults(job: ScheduledJob) -> Iterator[tuple[Resource, Finding]]:
    location, grants = _location(job), job.execution_role
    if location is None or grants is None:
        return
    # One object of the location stands for all; what the Scheduler fills in stays as it is.
    prefix = location["prefix"].rstrip("/")
    key = f"{prefix}/checkpoint".lstrip("/")
    listed = (prefix, f"{prefix}/", key)
    statements = [statement for document in grants.documents for statement in document.statements]
    missing = [
        action
        for action, name in (("s3:GetObject", f"/{key}"), ("s3:PutObject", f"/{key}"), ("s3:ListBucket", ""))
        if not _allowed(statements, action, f"arn:aws:s3:::{location['bucket']}{name}", listed)
    ]
    if missing:
        fault = f"the execution role may not {', '.join(missing)} there, so checkpoints fail when they are needed"
        cure = f"allow {', '.join(missing)} on this location in the execution role's policy"
        yield job.job.schedule, Finding(f"{INPUT}.CheckpointConfig.S3Uri", fault, cure)


def _allowed(statements: Iterable[Statement], action: str, arn: str, listed: tuple[str, ...]) -> bool:
    about = [statement for statement in statements if statement.names(action) and _covers(statement, arn)]
    # A Deny with a condition may be about other requests.
    if any(not statement.allows and not statement.conditions for statement in about):
        return False
    for statement in about:
        prefix = statement.bound("s3:prefix", "stringequals", "stringlike")
        if statement.allows and (
            prefix is None or any(matches(value, asked) for value in prefix.values for asked in listed)
        ):
            return True
    return False


def _covers(statement: Statement, arn: str) -> bool:
    # A partition other than aws is the same bucket.
    patterns = [re.sub(r"^arn:[a-z-]+:", "arn:aws:", resource.value) for resource in statement.resources]
    return any(matches(pattern, arn) for pattern in patterns)


_REQUEST = {"CheckpointConfig": {"S3Uri": "s3://ml-platform-prod-ml-bucket/checkpoints/breast-cancer-prod/"}}
_OBJECTS = f"{BUCKET}/checkpoints/breast-cancer-prod/*"
_LIST = allow("s3:ListBucket", BUCKET, {"StringLike": {"s3:prefix": ["checkpoints/breast-cancer-prod/*"]}})
RULE = StackRule(
    id="SG17",
    name="checkpoints-reachable",
    title="The execution role reaches the checkpoints",
    description="The execution role must be able to read, write and list the job's checkpoint location.",
    cure="Allow s3:GetObject and s3:PutObject on the checkpoint prefix, and s3:ListBucket for it.",
    url="https://docs.aws.amazon.com/sagemaker/latest/dg/model-checkpoints.html",
    severity=Severity.MEDIUM,
    reference=Reference("AWS Well-Architected Framework", "REL11-BP03"),
    check=_check,
    good=stack(_REQUEST, execution=(allow(["s3:GetObject", "s3:PutObject"], _OBJECTS), _LIST)),
    bad=stack(_REQUEST, execution=(allow(["s3:GetObject"], _OBJECTS), _LIST)),
)
