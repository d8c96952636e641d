"""What a dead letter says, in plain words: what happened to the invocation, and what cures it.

Codes: SageMaker API, CreateTrainingJob and "Common Errors"; EventBridge Scheduler User Guide (its own code). AWS
does not document how the messages are worded: those that are told apart here were seen in public reports, and another
wording of the same code falls back to what the code says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from operations.schedules.dead_letter import DeadLetter


@dataclass(frozen=True)
class Cause:
    """Why an invocation failed."""

    what: str
    cure: str
    is_the_request: bool = False
    """Whether the request itself is at fault, so that the same one would be refused again."""


_UP: Final = "run pulumi up -s {stack}"
_REDRIVE: Final = "then redrive"
_ANEW: Final = (
    "correct the setting and {up}; the letter holds the old request, so fire the time anew instead: training-jobs "
    "backfill{options} --schedule {schedule} --from {due} --to {due}"
)
_AWS_FAULT: Final = Cause("AWS had a fault of its own and did not create the job", "redrive")
_THROTTLED: Final = Cause(
    "SageMaker was asked too often at that minute, and the retries came too soon as well",
    "redrive; if it comes again, let the schedules of this account start at other minutes or in a flexible_time_window",
)
_DENIED: Final = Cause(
    "the scheduler role was not allowed to do something that starting the job takes",
    f"{_UP}, which restores the role's policy, {_REDRIVE}; if it comes again, look for a deny of the organisation or a "
    "permissions boundary",
)
_INVALID: Final = Cause("SageMaker refused a value of the request", _ANEW, is_the_request=True)
_NOT_THERE: Final = Cause(
    "something that the request names does not exist: a role, an image, a key or an experiment",
    f"{_UP} if it is the stack's, or make it again, {_REDRIVE}",
)
_BY_MESSAGE: Final = (
    (
        "AccessDenied",
        r"explicit deny|service control polic|permissions boundary",
        Cause(
            "a policy above the role denies the call: of the organisation, or a permissions boundary",
            f"have it allow what the message names, {_REDRIVE}",
        ),
    ),
    (
        "AccessDenied",
        r"iam:PassRole",
        Cause(
            "the scheduler role may not pass the execution role to SageMaker",
            f"{_UP}, which restores the scheduler role's policy, {_REDRIVE}",
        ),
    ),
    (
        "*",
        r"\bassume(?!d-role)",
        Cause(
            "a role cannot be assumed: it is gone, or its trust policy does not name the service",
            f"{_UP}, which restores roles and trust, {_REDRIVE}",
        ),
    ),
    (
        "Validation",
        r"No S3 objects found|\bbucket\b",
        Cause(
            "there was no data where a channel looks for it, or the bucket is in another region",
            f"put the data where the message says, {_REDRIVE}",
        ),
    ),
    (
        "Validation",
        r"\bimage\b|repositor|\becr\b",
        Cause(
            "the training image is not there, or cannot be pulled from this region",
            f"push it again, or have its repository let the execution role pull, {_REDRIVE}",
        ),
    ),
    (
        "Validation",
        r"subnet|security group|vpc",
        Cause(
            "SageMaker does not take the subnets or security groups: gone, of another VPC, or without a domain-name in "
            "the DHCP options",
            f"mend the VPC, {_REDRIVE}; with other subnets, correct network and {_UP}",
        ),
    ),
    (
        "Validation",
        r"\bkms\b|\bkey\b.*(disabled|not exist|cannot be found)",
        Cause("a KMS key is disabled, gone, or not usable by the role", f"enable the key, {_REDRIVE}"),
    ),
    (
        "ResourceLimit",
        r"not available in this region",
        Cause("the region does not have the instance type", _ANEW, is_the_request=True),
    ),
)
_BY_CODE: Final = {
    "AccessDenied": _DENIED,
    "NotAuthorized": _DENIED,
    "UnauthorizedOperation": _DENIED,
    "Validation": _INVALID,
    "InvalidParameterValue": _INVALID,
    "ResourceLimit": Cause(
        "the account's quota for this instance type, or for jobs at the same time, is used up or 0",
        f"ask for a higher quota (Service Quotas, Amazon SageMaker), or wait until other jobs have ended, {_REDRIVE}",
    ),
    "ResourceInUse": Cause("a training job of that name exists already", "look at it: training-jobs status{options}"),
    "ResourceNotFound": _NOT_THERE,
    "Throttling": _THROTTLED,
    "TooManyRequests": _THROTTLED,
    "RequestLimit": _THROTTLED,
    "InternalServerError": _AWS_FAULT,
    "InternalServer": _AWS_FAULT,
    "InternalFailure": _AWS_FAULT,
    "ServiceUnavailable": _AWS_FAULT,
}
_UNKNOWN: Final = Cause("it failed in a way that is not known here", f"mend that, {_REDRIVE}")
_NO_LETTER: Final = Cause("it has no error code: somebody else may have sent it", "look at it, and delete it by hand")


def cause_of(letter: DeadLetter, stack: str, options: str = "") -> Cause:
    """What happened, and its cure; `options` are those of the command line that a person has to repeat."""
    if not letter.error_code:
        return _NO_LETTER
    code = _plain(letter.error_code)
    found = next(
        (
            cause
            for of, pattern, cause in _BY_MESSAGE
            if of in {"*", code} and re.search(pattern, letter.error_message, re.IGNORECASE)
        ),
        _BY_CODE.get(code, _UNKNOWN),
    )
    up = _UP.format(stack=stack)
    named = {"stack": stack, "up": up, "options": options, "schedule": letter.schedule, "due": letter.scheduled_time}
    return Cause(found.what, found.cure.format(**named), found.is_the_request)


def _plain(code: str) -> str:
    """`SageMaker.ResourceLimitExceededException` and `ResourceLimitExceeded` are the same."""
    return code.rpartition(".")[2].removesuffix("Exception").removesuffix("Exceeded")
