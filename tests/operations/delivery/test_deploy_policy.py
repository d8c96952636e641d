"""The deploying role's policy, by evaluation: what the provider calls is allowed, and its neighbours are not."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final

import pytest

from components.iam_policies import policy_document
from operations.delivery.deploy_policy import DeployPolicyError, deploy_statements
from operations.delivery.grants import Phase
from operations.delivery.policy_lengths import ROLE_POLICIES_MAX_LENGTH
from operations.delivery.resource_rows import ROWS
from operations.delivery.state_access import StateBackend
from rehearsal.permissions.permissions import AwsCall
from tests.operations.delivery import declared as stacks
from tests.operations.delivery.declared import ACCOUNT, BUCKET, SCOPE, STACKS, decide, declared, deployed
from tests.operations.delivery.provider_calls import CHANGES, DELETES, READS, arns, calls, pass_role

JOB: Final = "breast-cancer"
BOUNDARY: Final = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
KEY: Final = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1f2e3d4c-5b6a-4798-8c9d-0e1f2a3b4c5d"


def policy(stack: str, **options: object) -> list[dict[str, Any]]:
    return deploy_statements(declared(stack).resources, deployed(stack, **options))


def own(stack: str) -> dict[str, list[str]]:
    return arns(JOB, stack, BUCKET[stack], SCOPE)


def neighbours(stack: str) -> list[AwsCall]:
    """Calls beside those that are needed."""
    other = "prod" if stack == "staging" else "staging"
    role, queue, schedule = own(stack)["role"][0], own(stack)["queue"][0], own(stack)["schedule"][0]
    scheduler_role = own(stack)["role"][1]
    elsewhere = [
        call for table in (READS, CHANGES, DELETES) for call in calls(table, arns(JOB, other, BUCKET[other], SCOPE))
    ]
    of_longer_name = list(calls(CHANGES, arns(f"my-{JOB}", stack, "my-bucket", SCOPE)))
    in_other_account = [replace(call, resource=call.resource.replace(ACCOUNT, "999999999999")) for call in elsewhere]
    broad = (
        *(
            "iam:CreateUser",
            "iam:CreateAccessKey",
            "iam:CreatePolicy",
            "iam:AttachUserPolicy",
            "iam:CreateLoginProfile",
        ),
        *("iam:AddUserToGroup", "iam:UpdateSAMLProvider", "iam:CreateOpenIDConnectProvider", "sts:AssumeRole"),
        *("ec2:RunInstances", "lambda:CreateFunction", "kms:ScheduleKeyDeletion", "kms:Decrypt", "s3:CreateBucket"),
        *("sagemaker:CreateTrainingJob", "secretsmanager:GetSecretValue", "scheduler:ListSchedules", "iam:ListRoles"),
    )
    return [
        *elsewhere,
        *of_longer_name,
        *in_other_account,
        *(AwsCall(action, "*", action) for action in broad),
        *(
            AwsCall(action, role, action)
            for action in (
                "iam:AttachRolePolicy",
                "iam:DetachRolePolicy",
                "iam:DeleteRolePermissionsBoundary",
                "sts:AssumeRole",
            )
        ),
        *(
            AwsCall(action, queue, action)
            for action in ("sqs:SendMessage", "sqs:ReceiveMessage", "sqs:PurgeQueue", "sqs:AddPermission")
        ),
        *(
            AwsCall(action, own(stack)["object"][0], action)
            for action in (
                "s3:DeleteObject",
                "s3:DeleteObjectVersion",
                "s3:PutObjectAcl",
                "s3:BypassGovernanceRetention",
            )
        ),
        *(
            AwsCall(action, own(stack)["bucket"][0], action)
            for action in (
                "s3:DeleteBucket",
                "s3:PutBucketPolicy",
                "s3:PutEncryptionConfiguration",
                "s3:GetBucketPolicy",
            )
        ),
        AwsCall("s3:GetObject", f"arn:aws:s3:::{BUCKET[stack]}/datasets/training/a.csv", "read the data"),
        AwsCall(
            "s3:PutObject", f"arn:aws:s3:::{BUCKET[stack]}/training-outputs/x/output/model.tar.gz", "write a model"
        ),
        AwsCall("scheduler:GetSchedule", schedule.replace(f"schedule/{JOB}", f"schedule/other-{JOB}"), "another group"),
        pass_role(role),
        pass_role(scheduler_role, "lambda.amazonaws.com"),
        pass_role(scheduler_role, "ec2.amazonaws.com"),
        AwsCall("iam:PassRole", scheduler_role, "to nobody that is known"),
        pass_role(f"arn:aws:iam::{ACCOUNT}:role/admin"),
    ]


@pytest.mark.parametrize("stack", STACKS)
def test_all_that_the_provider_calls_is_allowed(stack: str) -> None:
    statements = policy(stack)
    needed = [call for table in (READS, CHANGES, DELETES) for call in calls(table, own(stack))]
    needed += [pass_role(own(stack)["role"][1]), AwsCall("sts:GetCallerIdentity", "*", "who am I")]

    assert len(needed) > 35
    assert [f"{call.action} {call.resource}" for call in needed if not decide(call, statements).allowed] == []


@pytest.mark.parametrize("stack", STACKS)
def test_its_neighbours_are_denied(stack: str) -> None:
    statements = policy(stack)
    beside = neighbours(stack)

    assert len({(call.action, call.resource) for call in beside}) > 100
    assert [f"{call.action} {call.resource}" for call in beside if decide(call, statements).allowed] == []


def test_a_role_for_previews_reads_and_changes_nothing() -> None:
    statements = policy("prod", phases=(Phase.READ,), state=StateBackend("state", key=KEY), bucket_keys=(KEY,))
    reads, writes = list(calls(READS, own("prod"))), [*calls(CHANGES, own("prod")), *calls(DELETES, own("prod"))]
    state = "arn:aws:s3:::state/.pulumi/stacks/scheduled-training/prod.json"

    assert [call for call in reads if not decide(call, statements).allowed] == []
    assert [call for call in [*writes, pass_role(own("prod")["role"][1])] if decide(call, statements).allowed] == []
    assert decide(AwsCall("s3:GetObject", state, "read"), statements).allowed
    assert not decide(AwsCall("s3:PutObject", state, "write"), statements).allowed
    assert not decide(AwsCall("kms:Encrypt", KEY, "write"), statements).allowed


def test_all_types_of_the_committed_stacks_have_a_row_and_the_policies_fit_a_role() -> None:
    types = {each.type for stack in STACKS for each in declared(stack).resources if each.custom}

    assert {each for each in types if not each.startswith("pulumi:")} <= ROWS.keys()
    state = StateBackend("s" * 63, "p/", KEY)
    assert max(len(policy_document(policy(stack, state=state))) for stack in STACKS) < ROLE_POLICIES_MAX_LENGTH


def test_a_type_without_a_row_is_an_error_that_names_it_and_its_resource() -> None:
    resource = declared("staging").resources[-1]
    strange = replace(resource, type="aws:lambda/function:Function", urn="urn:pulumi:staging::p::t::f")

    with pytest.raises(DeployPolicyError) as refused:
        deploy_statements([strange], deployed("staging"))

    assert str(refused.value) == (
        "no policy can be made for the role that deploys the stack:\n"
        "  urn:pulumi:staging::p::t::f: there is no row for the type aws:lambda/function:Function: add one to "
        f"operations/delivery/resource_rows.py; there are rows for {', '.join(sorted(ROWS))}"
    )


@pytest.mark.parametrize("name", [None, "", "04da6b54-80e4-46f7-96ec-b56ff0331ba9"])
def test_a_resource_whose_name_is_not_known_is_an_error(name: str | None) -> None:
    queue = next(each for each in declared("staging").resources if each.type == "aws:sqs/queue:Queue")
    nameless = replace(
        queue, inputs={key: value for key, value in queue.inputs.items() if key != "name"} | {"name": name}
    )

    with pytest.raises(DeployPolicyError, match="name is not known before the resource exists; give it one"):
        deploy_statements([nameless], deployed("staging"))


def test_what_is_not_retained_may_be_deleted() -> None:
    bundle = next(each for each in declared("staging").resources if "sourcedir" in each.inputs.get("key", ""))
    request = type(bundle.request)()
    request.CopyFrom(bundle.request)
    request.retainOnDelete = False
    delete = AwsCall("s3:DeleteObject", own("staging")["object"][0], "delete the bundle")

    kept, deletable = (
        deploy_statements([each], deployed("staging")) for each in (bundle, replace(bundle, request=request))
    )

    assert (decide(delete, kept).allowed, decide(delete, deletable).allowed) == (False, True)


def test_with_a_boundary_no_role_comes_without_it_and_none_loses_it() -> None:
    bounded = [
        replace(each, inputs={**each.inputs, "permissionsBoundary": BOUNDARY}) if each.type.endswith(":Role") else each
        for each in declared("staging").resources
    ]
    statements = deploy_statements(bounded, deployed("staging"))
    role = own("staging")["role"][0]

    def allowed(action: str, boundary: str | None) -> bool:
        context = {"iam:PermissionsBoundary": boundary} if boundary else {}
        return decide(AwsCall(action, role, action, context), statements).allowed

    for action in ("iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"):
        assert [allowed(action, each) for each in (BOUNDARY, f"{BOUNDARY}2", None)] == [True, False, False]
    assert not allowed("iam:DeleteRolePermissionsBoundary", BOUNDARY)
    assert not decide(AwsCall("iam:PutRolePermissionsBoundary", role, "x"), policy("staging")).allowed


def test_for_any_job_names_are_of_the_stack_and_of_no_other() -> None:
    statements = policy("staging", job_prefixes=[f"{JOB}-staging"])
    new = [
        call
        for table in (READS, CHANGES, DELETES)
        for call in calls(table, arns("churn", "staging", BUCKET["staging"], SCOPE))
    ]
    other = [
        call
        for table in (READS, CHANGES, DELETES)
        for call in calls(table, arns("churn", "prod", BUCKET["prod"], SCOPE))
    ]

    assert [call for call in new if not decide(call, statements).allowed] == []
    assert [call for call in other if decide(call, statements).allowed] == []
    assert len(policy_document(statements)) < len(policy_document(policy("staging")))


def test_a_sid_stands_once_and_is_one_that_iam_takes() -> None:
    sids = [each["Sid"] for each in policy("prod", state=StateBackend("state", key=KEY), bucket_keys=(KEY,))]

    assert len(sids) == len(set(sids))
    assert all(re.fullmatch(r"[A-Za-z0-9]+", sid) for sid in sids)


def test_the_keys_of_buckets_are_used_by_way_of_s3_only() -> None:
    statements = policy("staging", bucket_keys=(KEY,))

    def allowed(via: str) -> bool:
        return decide(AwsCall("kms:GenerateDataKey", KEY, "upload", {"kms:ViaService": via}), statements).allowed

    assert (allowed("s3.us-east-1.amazonaws.com"), allowed("s3.eu-west-1.amazonaws.com")) == (True, False)


def test_the_stacks_of_these_tests_are_those_of_the_project() -> None:
    assert {stack: stacks.declared(stack).configuration["scheduled-training:bucket"] for stack in STACKS} == BUCKET
