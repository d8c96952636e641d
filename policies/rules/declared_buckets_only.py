"""SG10: an execution role uses the buckets of its training jobs only, and these read from no others."""

import re
from collections.abc import Iterator
from typing import Any

from documents import Document
from examples import BUCKET, allow, stack
from findings import Finding, property_path
from resources import NotApplicable, Resource
from rule import Config, Reference, Severity, StackJudgement, StackRule
from stack import Grants, ScheduledJob, Stack
from statements import Element, matches
from target_input import INPUT

_ARN = re.compile(r"arn:[a-z-]+:s3:::(?P<bucket>[^/]+)")
_DATED_CHANNEL = "DATED_CHANNEL_"
_URI = re.compile(r"s3://([^/\s\"]+)")
_REQUEST = {"OutputDataConfig": {"S3OutputPath": "s3://ml-platform-prod-ml-bucket/training-outputs/"}}


def _check(stack: Stack, config: Config) -> StackJudgement:
    found: list[tuple[Resource, Finding]] = []
    declared: dict[str, set[str]] = {}
    roles: dict[str, Grants] = {}
    for job in stack.jobs:
        if job.execution_role:
            urn = job.execution_role.role.urn
            roles[urn] = job.execution_role
            declared.setdefault(urn, set(config["buckets"])).update(_buckets_in(job.job.request))
    for urn, grants in roles.items():
        for document, element in _s3_resources(grants):
            bucket = _ARN.match(element.value)
            if bucket and bucket["bucket"] not in declared[urn]:
                fault = "the training job names no such bucket"
                cure = "take it out, or add the bucket to this rule's setting buckets"
                found.append((document.resource, Finding(element.path, fault, cure, element.value)))
    found += [each for job in stack.jobs for each in _channels(job, config["buckets"])]
    return found if roles else NotApplicable("the stack has no execution role of a scheduled training job")


def _channels(job: ScheduledJob, declared: list[str]) -> Iterator[tuple[Resource, Finding]]:
    """Find channels in buckets that the role's own policies do not name: a program declares a bucket in both."""
    grants = job.execution_role
    # A managed policy that this stack does not show may name any bucket.
    if grants is None or any(not attachment.policies for attachment in grants.attachments):
        return
    named = [found["bucket"] for _, element in _s3_resources(grants) if (found := _ARN.match(element.value))]
    channels = [(("InputDataConfig", index), each) for index, each in enumerate(job.job.objects("InputDataConfig"))]
    variables = job.job.request.get("Environment")
    # Where a job fetches data itself, it is told so in variables.
    channels += [
        (("Environment", name), {name: text})
        for name, text in (variables.items() if isinstance(variables, dict) else ())
        if name.startswith(_DATED_CHANNEL)
    ]
    for steps, channel in channels:
        path = property_path(INPUT, *steps)
        for bucket in sorted(_buckets_in(channel) - set(declared)):
            if not any(matches(each, bucket) for each in named):
                fault = "the channel reads from a bucket that is not declared for the execution role"
                cure = "declare it (data_buckets), so that the role's policy names its prefix, or read from another"
                yield job.job.schedule, Finding(path, fault, cure, bucket)


def _s3_resources(grants: Grants) -> Iterator[tuple[Document, Element]]:
    for document in grants.documents:
        for statement in document.statements:
            for element in statement.resources if statement.allows else ():
                yield document, element


def _buckets_in(value: Any) -> set[str]:  # noqa: ANN401 -- any JSON
    if isinstance(value, dict):
        return set().union(*map(_buckets_in, value.values()))
    if isinstance(value, list):
        return set().union(*map(_buckets_in, value))
    return set(_URI.findall(value)) if isinstance(value, str) else set()


RULE = StackRule(
    id="SG10",
    name="declared-buckets",
    title="Only the job's own buckets",
    description="The execution role may use only the buckets that its training job names, and the job's channels only "
    "those that the role's policies name.",
    cure="Take the bucket out of the policy or the channel, or declare it: for the role, or in the policy pack's "
    "configuration.",
    url="https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
    severity=Severity.HIGH,
    reference=Reference("AWS Well-Architected Framework", "SEC03-BP02"),
    check=_check,
    config={
        "buckets": {
            "type": "array",
            "items": {"type": "string", "minLength": 3},
            "default": [],
            "description": "names of further buckets that execution roles may use",
        }
    },
    good=stack(_REQUEST, execution=(allow("s3:PutObject", f"{BUCKET}/training-outputs/*"),)),
    bad=stack(_REQUEST, execution=(allow("s3:PutObject", "arn:aws:s3:::somebody-elses-bucket/training-outputs/*"),)),
)
