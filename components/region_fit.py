"""What a job names that has to be in the stack's own region, or in its partition at least.

Sources: IAM User Guide, "Amazon Resource Names (ARNs)" (partitions know nothing of each other); AWS KMS Developer
Guide, "Using multi-Region keys" (a key is used by the ARN that it has in the region); SageMaker API, ResourceConfig
(TrainingPlanArn) and ModelPackageConfig; CloudWatch API, PutMetricAlarm. Secrets, functions and MLflow are reached by
their ARN, which may be of another region.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from .aws_names import partition_of
from .ecr_images import image_region_fault
from .fitting import judged
from .image_fit import image_region_problems
from .mlflow_names import app_region_problems
from .setting_problems import Problem
from .training_job_spec import TrainingJobSpec


def placement_problems(spec: TrainingJobSpec, region: str) -> Iterator[Problem]:
    """All that is elsewhere and must not be."""
    yield from judged(
        partial(_image_problems, spec, region),
        partial(_rule_image_problems, spec, region),
        *(partial(_arn_problems, spec, region, arns) for arns in _ARNS),
        partial(_app_problems, spec, region),
    )


def arn_fault(arn: str, what: str, region: str, *, is_regional: bool = True) -> str | None:
    """Why an ARN cannot be used by a stack of the region, as a sentence; None for a good one.

    `what` it is of; `is_regional` says that one of another region is of no use.
    """
    _, partition, _, its_region, *_ = arn.split(":", 4)
    if is_regional and its_region != region:
        return f"got {arn!r}; allowed: {what} of the stack's region, {region}"
    if partition != (own := partition_of(region)):
        return (
            f"got {arn!r}; allowed: {what} of the stack's partition, {own}, because nothing of {partition} is known "
            "there"
        )
    return None


@dataclass(frozen=True)
class _Arns:
    """Settings that hold ARNs of one kind, with what they hold."""

    what: str
    of: Callable[[TrainingJobSpec], Iterable[tuple[str, str | None]]]
    is_regional: bool = True


_ARNS: Final = (
    _Arns("a key", lambda spec: [("output.kms_key_arn", spec.output.kms_key_arn)]),
    _Arns("a key", lambda spec: [("resources.volume_kms_key_arn", spec.resources.volume_kms_key_arn)]),
    _Arns(
        "a key", lambda spec: ((f"secrets.{name}.kms_key_arn", each.kms_key_arn) for name, each in spec.secrets.items())
    ),
    _Arns(
        "a key", lambda spec: ((f"data_kms_key_arns.{place}", arn) for place, arn in enumerate(spec.data_kms_key_arns))
    ),
    _Arns("a key", lambda spec: [("alarms.kms_key_arn", spec.alarms.kms_key_arn if spec.alarms else None)]),
    _Arns("a topic", lambda spec: [("alarms.topic_arn", spec.alarms.topic_arn if spec.alarms else None)]),
    _Arns("a training plan", lambda spec: [("resources.training_plan_arn", spec.resources.training_plan_arn)]),
    _Arns(
        "a training plan",
        lambda spec: (
            (f"resources.instance_preferences.{place}.training_plan_arn", each.training_plan_arn)
            for place, each in enumerate(spec.resources.instance_preferences)
        ),
    ),
    _Arns(
        "a model package group",
        lambda spec: [
            (
                "model_package_config.group_arn",
                spec.model_package_config.group_arn if spec.model_package_config else None,
            )
        ],
    ),
    _Arns("a secret", lambda spec: ((f"secrets.{name}.arn", each.arn) for name, each in spec.secrets.items()), False),
    _Arns(
        "a secret", lambda spec: [("tracking.secret_arn", spec.tracking.secret_arn if spec.tracking else None)], False
    ),
    _Arns(
        "a function",
        lambda spec: [
            (
                "training_image.repository_credentials_provider_arn",
                spec.training_image.repository_credentials_provider_arn,
            )
        ],
        False,
    ),
    _Arns("a role", lambda spec: [("execution_role_arn", spec.execution_role_arn)], False),
    _Arns("a policy", lambda spec: [("permissions_boundary_arn", spec.permissions_boundary_arn)], False),
    _Arns(
        "an MLflow",
        lambda spec: [("mlflow_config.resource_arn", spec.mlflow_config.resource_arn if spec.mlflow_config else None)],
        False,
    ),
    _Arns(
        "a model package",
        lambda spec: [
            (
                "model_package_config.source_arn",
                spec.model_package_config.source_arn if spec.model_package_config else None,
            )
        ],
        False,
    ),
)


def _arn_problems(spec: TrainingJobSpec, region: str, arns: _Arns) -> Iterator[Problem]:
    for setting, arn in arns.of(spec):
        if arn and (fault := arn_fault(arn, arns.what, region, is_regional=arns.is_regional)):
            yield Problem.at(setting, fault)


def _image_problems(spec: TrainingJobSpec, region: str) -> Iterator[Problem]:
    yield from (Problem.at(setting, text) for setting, text in image_region_problems(spec.training_image, region))


def _rule_image_problems(spec: TrainingJobSpec, region: str) -> Iterator[Problem]:
    for name, holder in {"debugger": spec.debugger, "profiler": spec.profiler}.items():
        for rule, each in holder.rules.items() if holder else ():
            if fault := image_region_fault(each.image, region):
                yield Problem((name, "rules", rule, "image"), fault)


def _app_problems(spec: TrainingJobSpec, region: str) -> Iterator[Problem]:
    for text in app_region_problems(spec.tracking.app if spec.tracking else None, region):
        yield Problem(("tracking", "app"), text)
