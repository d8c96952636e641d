"""Whether AWS knows the caller, and is asked where the stack is, by a machine whose clock is right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from operations.doctor import kinds
from operations.doctor.facts import Facts, Refusal
from operations.doctor.finding import Finding

CLOCK_TOLERANCE: Final = timedelta(minutes=1)
"""Less than the five minutes for which AWS takes a signature, so that it is told before that.

Source: IAM User Guide, "Signing AWS API requests".
"""


def credentials(facts: Facts) -> Iterator[Finding]:
    """That there are any, and that AWS takes them."""
    if isinstance(facts.caller, Refusal):
        yield kinds.CREDENTIALS.finding("you", facts.caller.reason, facts.caller.cure)


def account(facts: Facts) -> Iterator[Finding]:
    """That they are of the account that the stack is in."""
    if isinstance(facts.caller, Refusal):
        return
    for owner in dict.fromkeys(each.job.scope.account_id for each in facts.jobs):
        if owner != facts.caller.account:
            yield kinds.ACCOUNT.finding(
                "credentials", f"you are {facts.caller.arn}, and stack {facts.stack} is in account {owner}"
            )


def region(facts: Facts) -> Iterator[Finding]:
    """That the region that is asked is the stack's."""
    for own in dict.fromkeys(each.job.scope.region for each in facts.jobs):
        if own != facts.region:
            yield kinds.REGION.finding("region", f"{facts.region} is asked, and stack {facts.stack} is in {own}")


def clock(facts: Facts) -> Iterator[Finding]:
    """That this machine's clock shows AWS's time."""
    if facts.clock is None:
        return
    apart = facts.clock.here - facts.clock.aws
    if abs(apart) > CLOCK_TOLERANCE:
        seconds = round(abs(apart).total_seconds())
        yield kinds.CLOCK.finding(
            "clock", f"this machine's clock is {seconds} s {'ahead of' if apart > timedelta(0) else 'behind'} AWS's"
        )
