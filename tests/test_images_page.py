"""docs/images.md: what it shows is taken, the role may do what that needs and no more, and its table is the code's."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from components.aws_names import AwsScope, JobNames
from components.execution_role_policy import WILDCARD_REASONS, execution_permissions
from components.iam_policies import policy_document
from components.source_bundle import SourceBundle
from components.training_images import Framework, framework_image, versions_of
from components.training_job_request import create_training_job_request
from rehearsal.permissions.permissions import AwsCall, judge
from rehearsal.permissions.policy_documents import PolicyDocument
from rehearsal.permissions.role_calls import execution_role_calls
from rehearsal.requests.request_check import check_request
from settings import TrainingJobSettings, parse_settings
from tests.stack_values import STAGING

PAGE = (Path(__file__).parents[1] / "docs" / "images.md").read_text(encoding="utf-8")
SCOPE = AwsScope("aws", "us-east-1", "123456789012")
NAMES = JobNames(SCOPE, "breast-cancer-staging")
OWN = {"directory": "own_code"}
SHOWN = [yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)]
FURTHER = [
    {"training_image": {"framework": "xgboost", "version": "3.2-0"}},
    {"training_image": {"framework": "huggingface", "version": "5.3"}, "resources": {"instance_type": "ml.g5.xlarge"}},
    {"training_image": {"framework": "tensorflow", "version": "2.21"}},
]
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:registry-credentials"
PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")


def settings_of(shown: dict[str, Any]) -> TrainingJobSettings:
    job = STAGING["training_jobs"]["breast-cancer"]
    job = {name: value for name, value in job.items() if name not in {"hyperparameters", "accelerator"}}
    values = {**STAGING, "training_jobs": {"breast-cancer": job | {"source": OWN} | shown}}
    return parse_settings(values, "staging", "us-east-1").training_jobs["breast-cancer"]


def request_of(shown: dict[str, Any]) -> dict[str, Any]:
    request = create_training_job_request(settings_of(shown), NAMES, SourceBundle(b"", "0"), {})
    return request | {"TrainingJobName": "breast-cancer-staging-0"}


def role_of(shown: dict[str, Any]) -> PolicyDocument:
    return PolicyDocument.parse("role", policy_document(execution_permissions(settings_of(shown), NAMES)))


@pytest.mark.parametrize("shown", SHOWN + FURTHER, ids=lambda shown: str(shown["training_image"])[:60])
def test_each_form_gives_a_request_that_the_api_takes_and_whose_calls_the_role_may_make(shown: dict[str, Any]) -> None:
    request = request_of(shown)

    assert check_request("sagemaker", "CreateTrainingJob", request) == ()
    calls = [
        call
        for call in execution_role_calls(request, scope=SCOPE, object_uris={})
        if call.action.startswith(("ecr:", "lambda:"))
    ]
    assert calls
    assert [call for call in calls if not judge(call, [role_of(shown)]).allowed] == []
    stars = {action for each in execution_permissions(settings_of(shown), NAMES) for action in starred(each)}
    assert stars <= WILDCARD_REASONS.keys()


def starred(statement: dict[str, Any]) -> list[str]:
    return statement["Action"] if statement["Resource"] == "*" else []


def repository(name: str, account: str = "210987654321", region: str = "us-east-1") -> str:
    return f"arn:aws:ecr:{region}:{account}:repository/{name}"


OWN_IMAGE, PRIVATE_IMAGE = SHOWN[1], SHOWN[2]
BESIDE_AN_IMAGE_IN_ECR = [
    *(
        AwsCall(action, resource, "pull another image")
        for action in PULL
        for resource in (
            repository("team/training-2"),
            repository("team/trainin"),
            repository("team"),
            repository("training"),
            repository("team/training/gpu"),
            repository("team/training", account="123456789012"),
            repository("team/training", account="210987654322"),
            repository("team/training", region="us-west-2"),
            repository("*"),
        )
    ),
    *(
        AwsCall(f"ecr:{action}", repository("team/training"), "change or look at the repository")
        for action in ("PutImage", "BatchDeleteImage", "DescribeImages", "ListImages", "SetRepositoryPolicy")
    ),
    AwsCall("ecr:CreateRepository", "*", "make one"),
    AwsCall("lambda:InvokeFunction", FUNCTION, "call a function"),
]
BESIDE_A_PRIVATE_REGISTRY = [
    AwsCall("lambda:InvokeFunction", f"{FUNCTION}-2", "call another function"),
    AwsCall("lambda:InvokeFunction", f"{FUNCTION}:live", "call a version of it"),
    AwsCall("lambda:InvokeFunction", FUNCTION.replace("us-east-1", "us-west-2"), "call another region's"),
    AwsCall("lambda:InvokeFunction", FUNCTION.replace("123456789012", "210987654321"), "call another account's"),
    AwsCall("lambda:InvokeFunction", "*", "call any function"),
    AwsCall("lambda:GetFunction", FUNCTION, "read its code"),
    AwsCall("lambda:UpdateFunctionCode", FUNCTION, "change it"),
    AwsCall("ecr:GetAuthorizationToken", "*", "log in to ECR"),
    AwsCall("ecr:BatchGetImage", repository("team/training"), "pull from ECR"),
]


def test_the_role_may_do_nothing_beside_it() -> None:
    beside = [(call, OWN_IMAGE) for call in BESIDE_AN_IMAGE_IN_ECR]
    beside += [(call, PRIVATE_IMAGE) for call in BESIDE_A_PRIVATE_REGISTRY]

    assert len(beside) > 30
    assert [call for call, shown in beside if judge(call, [role_of(shown)]).allowed] == []


def test_the_other_account_allows_what_pulling_needs_and_nothing_else() -> None:
    (text,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    (statement,) = json.loads(text)["Statement"]

    assert tuple(statement["Action"]) == PULL
    assert statement["Principal"]["AWS"] == JobNames(SCOPE, "breast-cancer-prod").execution_role_arn


def test_the_page_has_every_version_and_the_machines_that_each_is_for() -> None:
    _, *rows = re.findall(r"^\| `([a-z-]+)` \| ([^|(]+?)(?: \([^|]*\))? \| ([^|]+) \|$", PAGE, re.MULTILINE)

    assert [framework for framework, _, _ in rows] == list(get_args(Framework))
    for framework, versions, machines in rows:
        assert tuple(versions.split(", ")) == tuple(reversed(versions_of(framework)))
        for version in versions_of(framework):
            image = framework_image(framework, version)
            assert image is not None
            assert ", ".join(sorted(image.tags)).upper() == machines
