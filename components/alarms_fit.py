"""What alarms need of a job, and what does not go together."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from .alarm_spec import Alarms
from .fitting import judged
from .shown_names import shown_name
from .training_job_fields import TrainingJobFields

_OF_A_TOPIC_OF_ITS_OWN: Final = ("email", "https", "chat")


def alarm_problems(spec: TrainingJobFields) -> Iterator[str]:
    """A sentence each, which begins with its setting."""
    if spec.alarms and spec.alarms.enabled:
        rules = (_topic_problems, _chat_problems, _budget_problems)
        yield from judged(*(partial(rule, spec.alarms) for rule in rules), partial(_metric_problems, spec, spec.alarms))


def _topic_problems(alarms: Alarms) -> Iterator[str]:
    if alarms.topic_arn:
        yield from (
            f"alarms.{name} is not allowed with alarms.topic_arn, whose subscriptions are your own; remove one of them"
            for name in _OF_A_TOPIC_OF_ITS_OWN
            if getattr(alarms, name) and not (name == "email" and alarms.budget_in_usd)
        )


def _chat_problems(alarms: Alarms) -> Iterator[str]:
    if alarms.chat is not None and not (alarms.chat.slack or alarms.chat.teams):
        yield "alarms.chat: got neither slack nor teams; allowed: one of them or both; remove it, or set one"


def _budget_problems(alarms: Alarms) -> Iterator[str]:
    if alarms.budget_in_usd and not alarms.email:
        yield (
            f"alarms.budget_in_usd: got {alarms.budget_in_usd} without alarms.email; allowed: with addresses, because "
            "AWS Budgets writes to these; set alarms.email"
        )


def _metric_problems(spec: TrainingJobFields, alarms: Alarms) -> Iterator[str]:
    known = ", ".join(map(shown_name, sorted(spec.metric_definitions))) or "none, as metric_definitions is empty"
    for setting in ("minimum_metrics", "maximum_metrics"):
        for name in getattr(alarms, setting):
            if name not in spec.metric_definitions:
                yield (
                    f"alarms.{setting}.{shown_name(name)}: is no metric of the job; allowed: those of "
                    f"metric_definitions ({known}), because SageMaker reports these; define it, or remove it"
                )


def metric_limits(spec: TrainingJobFields, alarms: Alarms) -> tuple[dict[str, float], dict[str, float]]:
    """The least and the most that metrics may be: those of the alarms, else those of the promotion.

    Of the promotion's only what SageMaker reports, that is what `metric_definitions` name.
    """
    if alarms.minimum_metrics or alarms.maximum_metrics:
        return dict(alarms.minimum_metrics), dict(alarms.maximum_metrics)
    minimum, maximum = spec.promotion.minimum_metrics, spec.promotion.maximum_metrics
    reported = spec.metric_definitions
    return (
        {name: limit for name, limit in minimum.items() if name in reported},
        {name: limit for name, limit in maximum.items() if name in reported},
    )
