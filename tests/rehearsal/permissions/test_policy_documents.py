"""What is no policy document, and why."""

from typing import Any

import pytest

from rehearsal.permissions.policy_documents import PolicyDocument, PolicyError
from tests.rehearsal.permissions.statements import allow, document


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "policy document p is not JSON: Expecting property name enclosed in double quotes"),
        ("[]", "policy document p is a list; allowed: a JSON object"),
        (
            '{"Statement": []}',
            "policy document p has version None; allowed: '2012-10-17' (the older one leaves policy variables as text)",
        ),
    ],
)
def test_what_is_no_policy_document_is_an_error(text: str, message: str) -> None:
    with pytest.raises(PolicyError) as raised:
        PolicyDocument.parse("p", text)

    assert str(raised.value).startswith(message)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (allow(Effect="allow"), "has Effect 'allow'; allowed: Allow, Deny"),
        (allow(Action=None), "needs exactly one of Action and NotAction"),
        (allow(NotAction="x"), "needs exactly one of Action and NotAction"),
        (allow(Resource=None), "needs exactly one of Resource and NotResource, or a Principal in a trust document"),
        (
            allow(Principal="*"),
            "has Principal and Resource; a trust document has the one, a permission the other",
        ),
        (
            allow(NotPrincipal="*"),
            "has NotPrincipal; judged here: Action, Condition, Effect, NotAction, NotResource, Principal, Resource, "
            "Sid",
        ),
        (allow(Action=[{}]), "holds a dict where a text, number or true/false belongs"),
    ],
)
def test_a_malformed_statement_is_an_error_that_names_it(statement: dict[str, Any], message: str) -> None:
    with pytest.raises(PolicyError) as raised:
        document(statement)

    assert str(raised.value) == f"statement CreateJobs of policy document permissions {message}"
