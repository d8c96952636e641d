"""The embedded AWS, asked as AWS is: what it lacks is answered at the client's edge, and anything can be refused there.

It lacks SimulatePrincipalPolicy, which our evaluator answers from the deployed documents; SageMaker's quotas, and its
tracking servers, which are values that a test may change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.awsrequest import AWSResponse

from rehearsal.aws_clients import AwsClients
from rehearsal.permissions.permissions import AwsCall, judge
from rehearsal.permissions.policy_documents import PolicyDocument

SERVER: Final = {"TrackingServerStatus": "Created", "IsActive": "Active", "MlflowVersion": "3.0"}
ON_DEMAND, SPOT = "ml.m5.xlarge for training job usage", "ml.m5.xlarge for spot training job usage"
REFUSED: Final = 400
Answer = Callable[[Mapping[str, Any]], dict[str, Any]]
"""What an operation answers to what it is asked."""


class RefusedError(Exception):
    """An answer that is an error: code and message."""


@dataclass
class AskedAws:
    """Makes clients of the embedded AWS; `answers` of an operation stand before its own."""

    clients: AwsClients
    store: str
    """Where the tracking server keeps its artifacts."""
    answers: dict[str, Answer] = field(default_factory=dict)
    called: set[str] = field(default_factory=set)
    """Operations."""
    documents: dict[str, list[PolicyDocument]] = field(default_factory=dict)
    """Of roles, as they were when they were simulated first; to be forgotten before they are looked at anew."""

    def __post_init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """All is well, and nothing has been asked."""
        self.called.clear()
        self.answers = {
            "SimulatePrincipalPolicy": self._simulated,
            "ListServiceQuotas": lambda _: {
                "Quotas": [{"QuotaName": each, "Value": 2.0} for each in (ON_DEMAND, SPOT)]
            },
            "ListAWSDefaultServiceQuotas": lambda _: {"Quotas": []},
            "DescribeMlflowTrackingServer": lambda _: {**SERVER, "ArtifactStoreUri": self.store},
        }

    def refuse(self, operation: str, code: str, message: str = "not you") -> None:
        """Answer an operation with an error from now on."""
        self.answers[operation] = lambda _: _refused(code, message)

    def client(self, service: str) -> Any:  # noqa: ANN401 - as boto3's clients
        """A client of a service, with what stands at its edge."""
        client = self.clients.client(service)
        client.meta.events.register("before-parameter-build", _remember)
        client.meta.events.register("before-call", self._answer)
        return client

    def _answer(self, model: Any, context: dict[str, Any], **_: object) -> Any:  # noqa: ANN401 - botocore's own
        self.called.add(model.name)
        if model.name not in self.answers:
            return None
        try:
            status, told = 200, self.answers[model.name](context["asked"])
        except RefusedError as error:
            status, told = REFUSED, {"Error": dict(zip(("Code", "Message"), error.args, strict=True))}
        return AWSResponse("", status, {}, None), {"ResponseMetadata": {"HTTPStatusCode": status}, **told}

    def _simulated(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        name = asked["PolicySourceArn"].rpartition("/")[2]
        if name not in self.documents:
            self.documents[name] = self._documents(name)
        documents = self.documents[name]
        context = {
            each["ContextKeyName"]: tuple(values) if each["ContextKeyType"].endswith("List") else values[0]
            for each in asked["ContextEntries"]
            for values in [each["ContextKeyValues"]]
        }
        return {
            "EvaluationResults": [
                {"EvalActionName": action, "EvalDecision": "allowed" if is_allowed else "implicitDeny"}
                for action in asked["ActionNames"]
                for is_allowed in [judge(AwsCall(action, asked["ResourceArns"][0], "", context), documents).allowed]
            ],
            "IsTruncated": False,
        }

    def _documents(self, role: str) -> list[PolicyDocument]:
        iam = self.clients.iam
        names = iam.list_role_policies(RoleName=role)["PolicyNames"]
        texts: list[Any] = [iam.get_role_policy(RoleName=role, PolicyName=each)["PolicyDocument"] for each in names]
        return [PolicyDocument.parse(role, text) for text in texts]


def _remember(params: Mapping[str, Any], context: dict[str, Any], **_: object) -> None:
    context["asked"] = params


def _refused(code: str, message: str) -> dict[str, Any]:
    raise RefusedError(code, message)
