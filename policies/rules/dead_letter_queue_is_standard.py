"""SG19: a dead-letter queue of the stack is a standard queue, also while its ARN is unknown."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from examples import resource, schedule
from findings import UNKNOWN, Finding
from resources import NotApplicable, Resource
from rule import Config, Example, Reference, Severity, StackJudgement, StackRule
from stack import Stack
from target_input import SCHEDULE, training_schedule

_QUEUE = "aws:sqs/queue:Queue"


def _check(stack: Stack, _config: Config) -> StackJudgement:
    queues = {queue.urn: queue for queue in stack.of_type(_QUEUE)}
    made_here = [
        (schedule, [queues[urn] for urn in sorted(schedule.depends_on.get("target", ())) if urn in queues])
        for schedule in stack.of_type(SCHEDULE)
        if _has_unknown_queue(schedule)
    ]
    if not any(found for _schedule, found in made_here):
        return NotApplicable("no schedule has a dead-letter queue of this stack whose ARN is unknown")
    return [(schedule, finding) for schedule, found in made_here for finding in _faults(found)]


def _has_unknown_queue(schedule: Resource) -> bool:
    target = training_schedule(schedule)
    if isinstance(target, NotApplicable):
        return False
    config = target.get("deadLetterConfig")
    return config is UNKNOWN or (isinstance(config, dict) and config.get("arn") is UNKNOWN)


def _faults(queues: Sequence[Resource]) -> Iterator[Finding]:
    # Of several queues that the target is made from, any may be the one.
    if queues and all(queue.properties.get("fifoQueue") is True for queue in queues):
        fault = "EventBridge Scheduler delivers dead letters to standard SQS queues only, and this queue is FIFO"
        yield Finding("target.deadLetterConfig.arn", fault, "take fifoQueue out of the queue", UNKNOWN)


def _example(**queue: object) -> Example:
    dead_letters = resource(_QUEUE, {"name": "dead-letters", **queue}, "dead-letters")
    (made_from,) = schedule({"deadLetterConfig": {"arn": UNKNOWN}}).resources
    return Example((dead_letters, replace(made_from, depends_on={"target": frozenset({dead_letters.urn})})))


RULE = StackRule(
    id="SG19",
    name="standard-dead-letter-queue",
    title="A dead-letter queue of the stack is a standard queue",
    description="A schedule must not send failed invocations to a FIFO queue, whose ARN is unknown until it is made.",
    cure="Take fifoQueue out of the queue that target.deadLetterConfig.arn refers to.",
    url="https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html",
    severity=Severity.MEDIUM,
    reference=Reference("AWS Well-Architected Framework", "REL04-BP02"),
    check=_check,
    good=_example(),
    bad=_example(fifoQueue=True),
)
