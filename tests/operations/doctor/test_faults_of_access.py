"""Each fault alone: who asks, where, and with which clock. A healthy stack has none."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from operations.doctor.diagnosis import findings, unseen
from operations.doctor.facts import Caller, Clock, Facts, Refusal
from operations.doctor.finding import Unseen
from tests.operations.doctor.healthy import ACCOUNT, HEALTHY, NOW, only_finding, with_job


def test_a_healthy_stack_has_no_finding_and_all_of_it_was_seen() -> None:
    assert findings(HEALTHY) == []
    assert unseen(HEALTHY) == []


def test_expired_credentials_are_the_only_thing_that_is_told() -> None:
    refused = "AWS refused GetCallerIdentity: ExpiredToken: The security token included in the request is expired"
    facts = Facts("prod", "us-east-1", NOW, Refusal(refused), HEALTHY.clock)

    found = only_finding(facts)

    assert (found.check, found.what, found.blocks) == ("credentials", refused, True)
    assert "aws sso login" in found.cure


def test_credentials_of_another_account_are_told_with_both_accounts() -> None:
    arn = "arn:aws:iam::999999999999:user/somebody"

    found = only_finding(replace(HEALTHY, caller=Caller("999999999999", arn)))

    assert (found.check, found.blocks) == ("account", True)
    assert found.what == f"you are {arn}, and stack prod is in account {ACCOUNT}"


def test_another_region_is_told_with_both_regions() -> None:
    job = replace(HEALTHY.jobs[0], schedules={})

    found = only_finding(Facts("prod", "eu-west-1", NOW, HEALTHY.caller, jobs=(job,)))

    assert (found.check, found.blocks) == ("region", True)
    assert found.what == "eu-west-1 is asked, and stack prod is in us-east-1"


def test_a_clock_that_is_behind_is_told_by_how_much() -> None:
    found = only_finding(replace(HEALTHY, clock=Clock(NOW - timedelta(seconds=90), NOW)))

    assert (found.check, found.blocks) == ("clock", False)
    assert found.what == "this machine's clock is 90 s behind AWS's"


def test_what_could_not_be_looked_at_is_told_once_and_is_no_finding() -> None:
    unknown = Unseen("training jobs", "ListTrainingJobs: AccessDenied: no")
    facts = replace(with_job(runs=unknown, dead_letters=unknown), buckets={"a": Unseen("bucket a", "HeadBucket: 403")})

    assert findings(facts) == []
    assert unseen(facts) == [unknown, Unseen("bucket a", "HeadBucket: 403")]
