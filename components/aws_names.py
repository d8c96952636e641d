"""The names and ARNs of one job's resources, built from known values so that a first preview knows them all.

Reading an ARN from a resource's output would make it unknown until that resource exists, and one unknown inside the
target input hides all of it from the policies. Names are therefore chosen here, and ARNs follow from them.
Source of the ARN forms: AWS Service Authorization Reference.
"""

from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import Field

_PARTITIONS: Final = {
    "cn-": ("aws-cn", "amazonaws.com.cn"),
    "eu-isoe-": ("aws-iso-e", "cloud.adc-e.uk"),
    "eusc-": ("aws-eusc", "amazonaws.eu"),
    "us-gov-": ("aws-us-gov", "amazonaws.com"),
    "us-iso-": ("aws-iso", "c2s.ic.gov"),
    "us-isob-": ("aws-iso-b", "sc2s.sgov.gov"),
    "us-isof-": ("aws-iso-f", "csp.hci.ic.gov"),
}
"""How regions begin -> their partition, and how the host names there end. Source: botocore's partitions.json."""
_ELSEWHERE: Final = ("aws", "amazonaws.com")

KmsKeyArn = Annotated[str, Field(max_length=2048, pattern=r"^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$")]
"""A customer-managed key, by its own name: an alias can come to mean another."""

EXECUTION_ID_LENGTH = 36
"""Characters of `<aws.scheduler.execution-id>` once it is filled in: a UUID."""

TRAINING_JOB_NAME_MAX_LENGTH = 63
TRAINING_JOB_NAME_PREFIX = r"[a-zA-Z0-9][a-zA-Z0-9-]*"
"""What a training job name may start with."""

PREFIX_MAX_LENGTH = TRAINING_JOB_NAME_MAX_LENGTH - EXECUTION_ID_LENGTH - 1
"""Characters that remain for the literal part of a training job name (26): name = prefix + "-" + execution id."""


SCHEDULE_NAME_MAX_LENGTH = 64
"""Source: EventBridge Scheduler API, CreateSchedule, Name."""

FURTHER_SCHEDULE_NAME_MAX_LENGTH = SCHEDULE_NAME_MAX_LENGTH - PREFIX_MAX_LENGTH - 1
"""Characters that remain for what tells a job's further schedules apart (37): name = prefix + "." + its own."""


REGION: Final = r"^[a-z]{2,}(-[a-z]+)+-[0-9]$"
"""What the name of a region looks like."""


def partition_of(region: str) -> str:
    """The partition that a region is in: no ARN of one is known in another."""
    return _partition(region)[0]


def dns_suffix_of(region: str) -> str:
    """How the host names of AWS's services in a region end."""
    return _partition(region)[1]


def _partition(region: str) -> tuple[str, str]:
    return next((partition for start, partition in _PARTITIONS.items() if region.startswith(start)), _ELSEWHERE)


@dataclass(frozen=True)
class AwsScope:
    """Where a stack lives: partition (`aws`, `aws-cn`, …), region and 12-digit account id."""

    partition: str
    region: str
    account_id: str

    def arn(self, service: str, resource: str, *, regional: bool = True) -> str:
        """The ARN of `resource` of `service` in this scope; global services (IAM) have no region in theirs."""
        region = self.region if regional else ""
        return f"arn:{self.partition}:{service}:{region}:{self.account_id}:{resource}"

    def kms_via(self, service: str) -> str:
        """What `kms:ViaService` says of a call that a service of this region makes.

        Source: AWS KMS Developer Guide, "kms:ViaService". Unproven in the isolated partitions and the European one.
        """
        return f"{service}.{self.region}.amazonaws.com{'.cn' if self.partition == 'aws-cn' else ''}"


@dataclass(frozen=True)
class JobNames:
    """Physical names and ARNs of everything that belongs to one job; all derive from its training job name prefix."""

    scope: AwsScope
    prefix: str

    @property
    def schedule_group_name(self) -> str:
        """The group holds this job's schedules only: the scheduler role's trust is pinned to it."""
        return self.prefix

    @property
    def schedule_group_arn(self) -> str:
        return self.scope.arn("scheduler", f"schedule-group/{self.schedule_group_name}")

    @property
    def schedule_name(self) -> str:
        return self.prefix

    @property
    def schedule_arn(self) -> str:
        return self.scope.arn("scheduler", f"schedule/{self.schedule_group_name}/{self.schedule_name}")

    def further_schedule_name(self, name: str) -> str:
        """Of a further schedule; with a dot, which no job's name has, so that it is never that of another job."""
        return f"{self.schedule_name}.{name}"

    def further_schedule_arn(self, name: str) -> str:
        return f"{self.schedule_arn}.{name}"

    @property
    def dead_letter_queue_name(self) -> str:
        return f"{self.prefix}-dead-letters"

    @property
    def dead_letter_queue_arn(self) -> str:
        return self.scope.arn("sqs", self.dead_letter_queue_name)

    @property
    def scheduler_role_name(self) -> str:
        return f"{self.prefix}-scheduler"

    @property
    def scheduler_role_arn(self) -> str:
        return self.scope.arn("iam", f"role/{self.scheduler_role_name}", regional=False)

    @property
    def execution_role_name(self) -> str:
        return f"{self.prefix}-execution"

    @property
    def execution_role_arn(self) -> str:
        return self.scope.arn("iam", f"role/{self.execution_role_name}", regional=False)

    @property
    def training_job_arn_pattern(self) -> str:
        """Every training job of this job's schedules, and no other: the ARN pattern that permissions are scoped to."""
        return self.scope.arn("sagemaker", f"training-job/{self.prefix}-*")

    @property
    def target_arn(self) -> str:
        """EventBridge Scheduler's universal target for SageMaker's CreateTrainingJob."""
        return f"arn:{self.scope.partition}:scheduler:::aws-sdk:sagemaker:createTrainingJob"
