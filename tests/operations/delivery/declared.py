"""What the committed stacks declare, once for all tests of the deploying role."""

from __future__ import annotations

from functools import cache
from typing import Final

from components.aws_names import AwsScope
from operations.delivery.deploy_policy import Deployed
from rehearsal.declaring.program import Declaration, OfflineMocks, declare
from rehearsal.permissions.permissions import AwsCall, Decision, judge
from rehearsal.permissions.policy_documents import PolicyDocument
from tests.operations.projects import ROOT

ACCOUNT: Final = "123456789012"
SCOPE: Final = AwsScope("aws", "us-east-1", ACCOUNT)
STACKS: Final = ("staging", "prod")
BUCKET: Final = {"staging": "ml-platform-staging-ml-bucket", "prod": "ml-platform-prod-ml-bucket"}


@cache
def declared(stack: str) -> Declaration:
    return declare(ROOT, stack, OfflineMocks(region=SCOPE.region, account_id=ACCOUNT), preview=True)


def deployed(stack: str, **options: object) -> Deployed:
    return Deployed(SCOPE, "scheduled-training", stack, **options)  # type: ignore[arg-type] # as the tests name them


def decide(call: AwsCall, statements: list[dict[str, object]]) -> Decision:
    """What IAM would answer a role with these statements."""
    return judge(call, [PolicyDocument.parse("deploying", {"Version": "2012-10-17", "Statement": statements})])
