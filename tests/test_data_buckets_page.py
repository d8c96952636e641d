"""docs/data-buckets.md: what it tells two accounts to allow is what a job needs, and no more."""

import json
import re
from pathlib import Path
from typing import Any

import yaml

from components.aws_names import AwsScope, JobNames
from components.execution_role_policy import execution_permissions
from components.iam_policies import policy_document
from rehearsal.permissions.permissions import AwsCall, judge
from rehearsal.permissions.policy_documents import PolicyDocument
from settings import parse_settings
from tests.stack_values import PROD

PAGE = (Path(__file__).parents[1] / "docs" / "data-buckets.md").read_text(encoding="utf-8")
NAMES = JobNames(AwsScope("aws", "us-east-1", "123456789012"), "breast-cancer-prod")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def config() -> dict[str, Any]:
    (text,) = blocks("yaml")
    found = yaml.safe_load(text)["config"].items()
    return {name.removeprefix("scheduled-training:"): value for name, value in found}


def role() -> PolicyDocument:
    """The role of prod's job with the page's settings."""
    told = config()
    job = PROD["training_jobs"]["breast-cancer"]
    channels = told["training_jobs"]["breast-cancer"]["channels"]
    values = {
        **PROD,
        "data_buckets": told["data_buckets"],
        "training_jobs": {"breast-cancer": job | {"channels": channels}},
    }
    settings = parse_settings(values, "prod", "us-east-1")
    statements = execution_permissions(settings.training_jobs["breast-cancer"], NAMES, settings.data_buckets)
    return PolicyDocument.parse("role", policy_document(statements))


def other_account() -> PolicyDocument:
    """What the bucket's and the key's policies allow the role; of whom they speak is looked at by itself."""
    statements = [statement for text in blocks("json") for statement in json.loads(text)["Statement"]]
    allowed = [{name: value for name, value in each.items() if name != "Principal"} for each in statements]
    return PolicyDocument.parse("the other account", {"Version": "2012-10-17", "Statement": allowed})


KEY = "arn:aws:kms:us-east-1:210987654321:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OBJECT = "arn:aws:s3:::company-lake/churn/dt=2026-11-26/a.csv"
VIA_S3 = {"kms:ViaService": "s3.us-east-1.amazonaws.com"}
NEEDED = [
    AwsCall("s3:GetObject", OBJECT, "read"),
    AwsCall("s3:ListBucket", "arn:aws:s3:::company-lake", "list", {"s3:prefix": "churn/dt=2026-11-26/"}),
    AwsCall("kms:Decrypt", KEY, "decrypt", VIA_S3),
]
NEIGHBOURS = [
    AwsCall("s3:PutObject", OBJECT, "write"),
    AwsCall("s3:DeleteObject", OBJECT, "delete"),
    AwsCall("s3:GetObject", "arn:aws:s3:::company-lake/salaries/a.csv", "read"),
    AwsCall("s3:GetObject", "arn:aws:s3:::company-lake-2/churn/dt=2026-11-26/a.csv", "read"),
    AwsCall("s3:ListBucket", "arn:aws:s3:::company-lake", "list", {"s3:prefix": ""}),
    AwsCall("s3:ListBucket", "arn:aws:s3:::company-lake", "list"),
    AwsCall("kms:Decrypt", KEY, "decrypt"),
    AwsCall("kms:Decrypt", KEY, "decrypt", {"kms:ViaService": "ebs.us-east-1.amazonaws.com"}),
    AwsCall("kms:Decrypt", KEY.replace("1234abcd", "0000abcd"), "decrypt", VIA_S3),
    AwsCall("kms:GenerateDataKey", KEY, "encrypt", VIA_S3),
    AwsCall("kms:Encrypt", KEY, "encrypt", VIA_S3),
]


def test_both_accounts_allow_all_that_the_job_needs() -> None:
    assert [call for call in NEEDED for side in (role(), other_account()) if not judge(call, [side]).allowed] == []


def test_neither_account_allows_what_is_beside_it() -> None:
    assert [call for call in NEIGHBOURS for side in (role(), other_account()) if judge(call, [side]).allowed] == []


def test_the_other_account_speaks_of_the_jobs_role_alone() -> None:
    statements = [statement for text in blocks("json") for statement in json.loads(text)["Statement"]]

    assert len(statements) == 3
    assert {json.dumps(each["Principal"]) for each in statements} == {json.dumps({"AWS": NAMES.execution_role_arn})}
