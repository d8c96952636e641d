"""Faults, each as somebody makes it on AWS, for as long as a block takes; what a block is given goes to `found`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from components.schedule_spec import ScheduleSpec
from operations.doctor.invocation import spec_of
from operations.jobs.missed_times import last_time
from rehearsal.invoking.deployed_schedule import DeployedSchedule
from tests.operations.doctor.whole_stack import BUCKET, WholeStack
from tests.operations.jobs.ending import end

How: TypeAlias = dict[str, Any]
Seed: TypeAlias = Callable[[WholeStack], AbstractContextManager[How]]


def content(key: str, body: bytes | None) -> Seed:
    """Another content of an object, or none."""

    def put(s3: Any, content: bytes | None) -> None:  # noqa: ANN401 - an untyped client
        if content is None:
            s3.delete_object(Bucket=BUCKET, Key=key)
        else:
            s3.put_object(Bucket=BUCKET, Key=key, Body=content)

    @contextmanager
    def seed(whole: WholeStack) -> Iterator[How]:
        s3 = whole.clients.s3
        is_there = bool(s3.list_objects_v2(Bucket=BUCKET, Prefix=key).get("Contents"))
        before = s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() if is_there else None
        put(s3, body)
        try:
            yield {}
        finally:
            put(s3, before)

    return seed


def trust(change: Callable[[dict[str, Any]], None], role: str = "execution") -> Seed:
    """A role's trust, changed by hand."""

    @contextmanager
    def seed(whole: WholeStack) -> Iterator[How]:
        iam, name = whole.clients.iam, f"{whole.deployed.job.training_job_name_prefix}-{role}"
        before: Any = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
        changed = json.loads(json.dumps(before))
        change(changed["Statement"][0])
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(changed))
        try:
            yield {}
        finally:
            iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(before))

    return seed


def policy(change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]], role: str = "scheduler") -> Seed:
    """The statements of a role's policy, changed by hand."""

    @contextmanager
    def seed(whole: WholeStack) -> Iterator[How]:
        iam, name = whole.clients.iam, f"{whole.deployed.job.training_job_name_prefix}-{role}"
        (policy,) = iam.list_role_policies(RoleName=name)["PolicyNames"]
        before: Any = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        changed = {**before, "Statement": change(json.loads(json.dumps(before["Statement"])))}
        iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(changed))
        try:
            yield {}
        finally:
            iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(before))

    return seed


def answered(operation: str, answer: Callable[[WholeStack], dict[str, Any]]) -> Seed:
    """Something that the embedded AWS cannot be brought to: an answer in its place."""

    @contextmanager
    def seed(whole: WholeStack) -> Iterator[How]:
        told = answer(whole)
        whole.aws.answers[operation] = lambda _: told
        yield {}

    return seed


def refused(operation: str, code: str) -> Seed:
    """A call that AWS refuses."""

    @contextmanager
    def seed(whole: WholeStack) -> Iterator[How]:
        whole.aws.refuse(operation, code)
        yield {}

    return seed


def by_hand(schedule: str = "", **members: Any) -> Seed:  # noqa: ANN401 - of UpdateSchedule
    """A schedule of the stack's group, changed by hand: the job's own, or the one of that name."""

    @contextmanager
    def seed(whole: WholeStack) -> Iterator[How]:
        name = schedule or whole.deployed.job.schedule_name
        was = whole.update(name, **members)
        try:
            yield {}
        finally:
            whole.update(name, **was)

    return seed


def sends(request: Callable[[dict[str, Any]], None]) -> Seed:
    """The schedule sends another request than the stack declares."""

    @contextmanager
    def seed(whole: WholeStack) -> Iterator[How]:
        sent = whole.deployed.job.request
        request(sent)
        with by_hand(Target={"Input": json.dumps(sent)})(whole):
            yield {}

    return seed


def declared(request: Callable[[dict[str, Any]], None]) -> Seed:
    """The stack declares, and has deployed, another request."""

    @contextmanager
    def seed(whole: WholeStack) -> Iterator[How]:
        with whole.redeclared(request) as outputs:
            yield {"outputs": outputs}

    return seed


@contextmanager
def dead_letter(whole: WholeStack) -> Iterator[How]:
    """An invocation that failed, as EventBridge Scheduler writes it."""
    sqs = whole.clients.sqs
    url = sqs.get_queue_url(QueueName=f"{whole.deployed.job.training_job_name_prefix}-dead-letters")["QueueUrl"]
    told = {"ERROR_CODE": "AccessDeniedException", "ERROR_MESSAGE": "not authorized to perform: iam:PassRole"}
    attributes: Any = {name: {"DataType": "String", "StringValue": text} for name, text in told.items()}
    sqs.send_message(QueueUrl=url, MessageBody="{}", MessageAttributes=attributes)
    try:
        yield {}
    finally:
        for message in sqs.receive_message(QueueUrl=url).get("Messages", []):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def run(status: str, secondary: str, **told: Any) -> Seed:  # noqa: ANN401 - members of DescribeTrainingJob
    """A training job, and what it came to."""

    @contextmanager
    def seed(whole: WholeStack) -> Iterator[How]:
        name = whole.deployed.create_job(environment={"TRACKING": "none"})
        whole.deployed.report(name, TrainingJobStatus=status, SecondaryStatus=secondary, **told)
        try:
            yield {}
        finally:
            end(whole.deployed, name)
            whole.clients.sagemaker.delete_training_job(TrainingJobName=name)

    return seed


def time_goes_by(days: int, schedule: str = "", *, with_run: bool = False) -> Seed:
    """The one schedule that is enabled was due since it was deployed; a training job came of it where told."""

    @contextmanager
    def seed(whole: WholeStack) -> Iterator[How]:
        # Not within minutes of a time that a schedule names: until a run may be called missed the one before counts.
        now = (datetime.now(UTC) + timedelta(days=days)).replace(hour=12, minute=30)
        job = whole.deployed.job
        states = {name: "ENABLED" if name == schedule else "DISABLED" for name in job.schedules}
        with whole.redeclared(states=states) as outputs:
            found = job.schedules[schedule]
            told = whole.clients.scheduler.get_schedule(GroupName=job.group_name, Name=found.schedule_name)
            due = last_time(_spec(DeployedSchedule.from_response(told)), now)
            assert due is not None
            name = whole.deployed.create_job(found, due.moment, {"TRACKING": "none"}) if with_run else ""
            try:
                yield {"now": now, "outputs": outputs}
            finally:
                if name:
                    end(whole.deployed, name)
                    whole.clients.sagemaker.delete_training_job(TrainingJobName=name)

    return seed


def _spec(schedule: DeployedSchedule) -> ScheduleSpec:
    spec = spec_of(schedule)
    assert spec is not None
    return spec


@contextmanager
def deleted_secret(whole: WholeStack) -> Iterator[How]:
    """Somebody has deleted the secret; it may be restored for some days."""
    secrets, arn = whole.clients.client("secretsmanager"), whole.around.secret
    secrets.delete_secret(SecretId=arn, RecoveryWindowInDays=7)
    try:
        yield {}
    finally:
        secrets.restore_secret(SecretId=arn)


@contextmanager
def unsubscribed(whole: WholeStack) -> Iterator[How]:
    """Whoever heard the alarms has left."""
    sns, topic = whole.clients.client("sns"), whole.deployed.job.alarm_topic_arn
    found = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    for each in found:
        sns.unsubscribe(SubscriptionArn=each["SubscriptionArn"])
    try:
        yield {}
    finally:
        for each in found:
            sns.subscribe(TopicArn=topic, Protocol=each["Protocol"], Endpoint=each["Endpoint"])


def group_of(stack: str) -> Seed:
    """The schedule group has been deployed by a stack of that name last."""

    @contextmanager
    def seed(whole: WholeStack) -> Iterator[How]:
        scheduler = whole.clients.scheduler
        arn = whole.deployed.job.scope.arn("scheduler", f"schedule-group/{whole.deployed.job.group_name}")
        scheduler.tag_resource(ResourceArn=arn, Tags=[{"Key": "stack", "Value": stack}])
        try:
            yield {}
        finally:
            scheduler.tag_resource(ResourceArn=arn, Tags=[{"Key": "stack", "Value": "prod"}])

    return seed


def image(uri: str, *, is_pushed: bool = False) -> Seed:
    """An image of one's own in a registry of the account, which the execution role may pull."""
    may_pull = {"Effect": "Allow", "Action": "ecr:*", "Resource": "*"}

    @contextmanager
    def seed(whole: WholeStack) -> Iterator[How]:
        ecr = whole.clients.client("ecr")
        if is_pushed:
            name, _, tag = uri.partition("/")[2].partition(":")
            manifest = {"schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json"}
            ecr.create_repository(repositoryName=name)
            ecr.put_image(repositoryName=name, imageTag=tag, imageManifest=json.dumps(manifest))
        with (
            policy(lambda statements: [*statements, may_pull], "execution")(whole),
            declared(lambda request: request["AlgorithmSpecification"].update(TrainingImage=uri))(whole) as how,
        ):
            yield how

    return seed
