"""SG19: invocations that fail go to a standard, encrypted queue."""

from collections.abc import Mapping

from examples import schedule
from findings import MISSING, UNKNOWN, Finding
from resources import NotApplicable, Resource
from rule import Config, Judgement, Reference, Remedy, ResourceRule, Severity
from target_input import SCHEDULE, training_schedule

_QUEUE = "aws:sqs/queue:Queue"
_ENCRYPTED = "sqsManagedSseEnabled"


def _subject(resource: Resource) -> Resource | NotApplicable:
    target = training_schedule(resource) if resource.type == SCHEDULE else None
    return target if isinstance(target, NotApplicable) else resource


def _check(resource: Resource, _config: Config) -> Judgement:
    if resource.type == SCHEDULE:
        return _dead_letters(resource)
    if _is_open(resource):
        fault = "messages of this queue are not encrypted at rest"
        return [Finding(_ENCRYPTED, fault, "set it to true, or set kmsMasterKeyId", value=False)]
    return []


def _dead_letters(resource: Resource) -> Judgement:
    path = "target.deadLetterConfig.arn"
    target = resource.properties["target"]
    config = target.get("deadLetterConfig") if isinstance(target, Mapping) else UNKNOWN
    arn = config.get("arn", MISSING) if isinstance(config, Mapping) else (config or MISSING)
    if arn is MISSING:
        fault = "an invocation that fails for good leaves no trace"
        return [Finding(path, fault, "set it to the ARN of a standard SQS queue", MISSING)]
    if isinstance(arn, str) and (":sqs:" not in arn or arn.endswith(".fifo")):
        fault = "EventBridge Scheduler delivers dead letters to standard SQS queues only"
        return [Finding(path, fault, "use a standard queue", arn)]
    if arn is UNKNOWN:
        # The queue itself, when it is made in this stack, is judged where it is declared.
        return NotApplicable("the dead-letter queue's ARN is unknown at preview; it is judged when it is known")
    return []


def _is_open(queue: Resource) -> bool:
    # Left unset, SQS encrypts with its own key.
    return queue.properties.get(_ENCRYPTED) is False and not queue.properties.get("kmsMasterKeyId")


def _remedy(resource: Resource, _config: Config) -> Remedy:
    return {(_ENCRYPTED,): True} if resource.type == _QUEUE and _is_open(resource) else {}


RULE = ResourceRule(
    id="SG19",
    name="dead-letter-queue",
    title="Dead letters are kept in a standard, encrypted queue",
    description="A schedule must send failed invocations to a standard SQS queue, and queues must be encrypted.",
    cure="Set target.deadLetterConfig.arn to a standard queue's ARN, and sqsManagedSseEnabled on the queue.",
    url="https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html",
    severity=Severity.MEDIUM,
    reference=Reference("AWS Foundational Security Best Practices", "SQS.1"),
    types=frozenset({SCHEDULE, _QUEUE}),
    subject=_subject,
    check=_check,
    remedy=_remedy,
    good=schedule({"deadLetterConfig": {"arn": "arn:aws:sqs:us-east-1:123456789012:breast-cancer-prod-dead-letters"}}),
    bad=schedule(),
)
