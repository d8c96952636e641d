"""SG03: Resource * only where nothing else is accepted."""

from __future__ import annotations

from rules.star_only_where_needed import RULE
from tests.policies.rule_cases import (
    UNKNOWN_DOCUMENTS,
    each_is_left_alone,
    each_is_reported,
    each_passes,
    good_stack_passes,
)

TABLE = {"Effect": "Allow", "Action": "dynamodb:GetItem"}
FOR = "granted for dynamodb:GetItem, which can be granted for single resources. Cure: "
OWN = "and give other actions their own statement."


def table(arn: str, **more: object) -> list[tuple[str, object]]:
    return [("execution_policy.policy.Statement.+", TABLE | {"Resource": arn} | more)]


def too_wide(arn: str, what: str, cure: str) -> str:
    return (
        f'execution_policy| policy.Statement[9].Resource is "{arn}": resources of every {what} are {FOR}'
        f"name the {cure}, {OWN}"
    )


REPORTED = {
    **{
        f"{what}: {arn}": (table(arn), too_wide(arn, what, what))
        for what, arn in [
            ("account", "arn:aws:dynamodb:us-east-1:*:table/runs"),
            ("account", "arn:aws:dynamodb:*:*:table/*"),
            ("account", "arn:aws:dynamodb:us-east-1:12345678901?:table/runs"),
            ("account", "arn:aws:dynamodb:us-east-1:${aws:PrincipalTag/account}:table/runs"),
            ("region", "arn:aws:dynamodb:*:123456789012:table/runs"),
            ("region", "arn:aws:dynamodb:us-*:123456789012:table/*"),
        ]
    },
    "an account that a condition does not fix": (
        table(
            "arn:aws:dynamodb:us-east-1:*:table/runs",
            Condition={"StringLike": {"aws:ResourceAccount": ["123456789012", "2*"]}},
        ),
        too_wide("arn:aws:dynamodb:us-east-1:*:table/runs", "account", "account"),
    ),
    "objects of every bucket": (
        [("execution_policy.policy.Statement.0.Resource", "*")],
        'execution_policy| policy.Statement[0].Resource is "*": everything is granted '
        "for s3:GetObject, which can be granted for single resources. Cure: name the "
        "resources, and give other actions their own statement.",
    ),
    "an action that accepts more beside one that does not": (
        [("execution_policy.policy.Statement.3.Action", ["ecr:GetAuthorizationToken", "ecr:BatchGetImage"])],
        'execution_policy| policy.Statement[3].Resource is "*": everything is granted '
        "for ecr:BatchGetImage, which can be granted for single resources. Cure: name "
        "the resources, and give other actions their own statement.",
    ),
    "every bucket, spelt as an ARN": (
        [("execution_policy.policy.Statement.0.Resource", ["arn:aws:s3:::*"])],
        'execution_policy| policy.Statement[0].Resource[0] is "arn:aws:s3:::*": '
        "everything is granted for s3:GetObject, which can be granted for single "
        "resources. Cure: name the resources, and give other actions their own "
        "statement.",
    ),
    "everything, spelt as an ARN": (
        [("execution_policy.policy.Statement.0.Resource", "arn:*")],
        'execution_policy| policy.Statement[0].Resource is "arn:*": everything is '
        "granted for s3:GetObject, which can be granted for single resources. Cure: name "
        "the resources, and give other actions their own statement.",
    ),
    "every key": (
        [("execution_policy.policy.Statement.7.Resource", "arn:aws:kms:*:*:*")],
        'execution_policy| policy.Statement[7].Resource is "arn:aws:kms:*:*:*": '
        "everything is granted for kms:Decrypt, kms:GenerateDataKey, which can be "
        "granted for single resources. Cure: name the resources, and give other actions "
        "their own statement.",
    ),
    "an action that does not exist": (
        [("execution_policy.policy.Statement.3.Action", "ecr:GetAuthorisationToken")],
        'execution_policy| policy.Statement[3].Resource is "*": everything is granted '
        "for ecr:GetAuthorisationToken, which can be granted for single resources. Cure: "
        "name the resources, and give other actions their own statement.",
    ),
    "an action with a wildcard": (
        [("execution_policy.policy.Statement.5.Action", "ec2:Describe*")],
        'execution_policy| policy.Statement[5].Resource is "*": everything is granted '
        "for ec2:Describe*, which can be granted for single resources. Cure: name the "
        "resources, and give other actions their own statement.",
    ),
}

ACCEPTED = {
    "the account of the caller": table("arn:aws:dynamodb:us-east-1:${aws:PrincipalAccount}:table/runs"),
    "an ARN that ends with the account of the caller": table("arn:aws:dynamodb:us-east-1:${aws:PrincipalAccount}"),
    "an account and a region that conditions fix": table(
        "arn:aws:dynamodb:*:*:table/runs",
        Condition={"StringEquals": {"aws:ResourceAccount": "123456789012", "aws:RequestedRegion": "us-east-1"}},
    ),
    "the account of AWS itself": table("arn:aws:dynamodb:us-east-1:aws:table/runs"),
    "no region where a service has none": table("arn:aws:iam:*:123456789012:role/reader", Action="iam:GetRole"),
    "neither region nor account where a service has none": table(
        "arn:aws:s3:::ml-platform-prod-ml-bucket/a/*", Action="s3:GetObject"
    ),
    "a wildcard behind region and account": table("arn:aws:dynamodb:us-east-1:123456789012:table/*"),
    "an action that accepts nothing but a star": table(
        "arn:aws:ecr:*:*:repository/*", Action="ecr:GetAuthorizationToken"
    ),
    "an action in another case": [("execution_policy.policy.Statement.3.Action", "ECR:getauthorizationtoken")],
    "everything denied": [
        ("execution_policy.policy.Statement.+", {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"})
    ],
}

LEFT_ALONE = UNKNOWN_DOCUMENTS


test_the_good_stack_passes = good_stack_passes(RULE)
test_one_change_is_reported_once = each_is_reported(RULE, REPORTED)
test_what_is_right_in_another_way_passes = each_passes(RULE, ACCEPTED)
test_what_the_rule_is_not_about_is_left_alone_and_said_so = each_is_left_alone(RULE, LEFT_ALONE)
