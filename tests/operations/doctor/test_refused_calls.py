"""AWS refuses one call, all of them, or breaks off: what could not be looked at is said, and nothing is found in it."""

from __future__ import annotations

import pytest
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, NoCredentialsError
from botocore.parsers import ResponseParserError

from operations.doctor.diagnosis import findings, unseen
from tests.operations.doctor import seeds
from tests.operations.doctor.whole_stack import WholeStack

pytestmark = pytest.mark.slow
WHO = "GetCallerIdentity"


def test_a_call_that_is_refused_is_named_with_its_cure_and_is_no_finding(whole: WholeStack) -> None:
    assert whole.found() == []
    for operation in sorted(whole.aws.called - {WHO}):
        whole.aws.reset()
        whole.aws.refuse(operation, "AccessDeniedException")
        facts = whole.facts()

        assert findings(facts) == [], operation
        reasons = [each.reason for each in unseen(facts)]
        assert reasons, operation
        for reason in reasons:
            assert reason.startswith(f"{operation}: AccessDeniedException: not you; ask for that permission"), operation


@pytest.mark.parametrize(
    ("code", "cure"),
    [
        ("ThrottlingException", "AWS was asked too often, and went on refusing: try again later"),
        ("ExpiredTokenException", "your credentials have expired: sign in"),
    ],
)
def test_when_aws_refuses_everything_but_who_asks_nothing_is_found_and_the_cure_is_said(
    whole: WholeStack, code: str, cure: str
) -> None:
    whole.found()
    for operation in whole.aws.called - {WHO}:
        whole.aws.refuse(operation, code, "no")
    facts = whole.facts()

    assert findings(facts) == []
    assert {cure in each.reason for each in unseen(facts)} == {True}


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="https://ecr.nowhere"),
        ConnectionClosedError(endpoint_url="https://ecr.nowhere"),
        ResponseParserError("an answer that is cut"),
    ],
    ids=["no network", "broken off", "cut"],
)
def test_a_service_that_breaks_off_could_not_be_looked_at(whole: WholeStack, error: Exception) -> None:
    def broken(_: object) -> dict[str, object]:
        raise error

    whole.aws.answers["DescribeSecret"] = broken
    facts = whole.facts()

    assert findings(facts) == []
    (told,) = unseen(facts)
    assert told.what == f"secret {whole.around.secret}"
    assert told.reason.startswith(str(error).rstrip("."))


def test_without_credentials_that_is_the_one_thing_that_is_said(whole: WholeStack) -> None:
    def broken(_: object) -> dict[str, object]:
        raise NoCredentialsError

    whole.aws.answers[WHO] = broken
    (found,) = whole.found()

    assert found.check == "credentials"
    assert found.what == "AWS cannot be asked: Unable to locate credentials"
    assert found.cure.startswith("AWS does not know you: sign in, for example with aws sso login"), "and is said once"


def test_a_trust_that_cannot_be_judged_here_is_said_and_is_no_finding(whole: WholeStack) -> None:
    def odd(statement: dict[str, object]) -> None:
        statement["Condition"] = {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}

    with seeds.trust(odd)(whole):
        facts = whole.facts()

    assert findings(facts) == []
    assert [each.what for each in unseen(facts)] == ["role breast-cancer-prod-execution"]
