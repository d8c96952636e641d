"""The two roles of a job, with their policies, as resources."""

import json
import re
from typing import Any

import pulumi
import pytest

from components.prepared_job import PreparedJob
from tests.components.scheduled_training_job.declaring import (
    COMPONENT,
    ROLE,
    ROLE_POLICY,
    Declare,
    DeclaredResources,
    program,
    replaced,
    request_of,
)


def with_existing_role(args: PreparedJob) -> PreparedJob:
    arn = "arn:aws:iam::123456789012:role/service-role/studio-execution"
    return replaced(args, training_job=args.training_job.model_copy(update={"execution_role_arn": arn}))


def statements(document: str) -> dict[str, dict[str, Any]]:
    return {statement["Sid"]: statement for statement in json.loads(document)["Statement"]}


@pytest.mark.parametrize("who", ["scheduler", "execution"])
def test_a_policy_waits_for_its_role(declared: DeclaredResources, who: str) -> None:
    role, policy = (
        declared.one(ROLE, f"breast-cancer-{who}-role"),
        declared.one(ROLE_POLICY, f"breast-cancer-{who}-policy"),
    )
    assert policy.dependencies == {role.urn}
    assert policy.inputs["role"] == role.inputs["name"] == f"breast-cancer-staging-{who}"


def test_a_permissions_boundary_is_on_both_roles_and_without_one_there_is_none(
    declare: Declare, declared: DeclaredResources, args: PreparedJob
) -> None:
    arn = "arn:aws:iam::123456789012:policy/boundary"
    bounded = args.training_job.model_copy(update={"permissions_boundary_arn": arn})

    roles = [r for r in declare(program(replaced(args, training_job=bounded))).resources if r.type == ROLE]

    assert [role.inputs["permissionsBoundary"] for role in roles] == [arn, arn]
    assert all("permissionsBoundary" not in r.inputs for r in declared.resources)


def test_an_existing_execution_role_is_passed_and_none_is_made(declare: Declare, args: PreparedJob) -> None:
    declared = declare(program(with_existing_role(args)))

    arn = "arn:aws:iam::123456789012:role/service-role/studio-execution"
    assert sorted(r.name for r in declared.resources if r.type in {ROLE, ROLE_POLICY}) == [
        "breast-cancer-scheduler-policy",
        "breast-cancer-scheduler-role",
    ]
    assert statements(declared.one(ROLE_POLICY).inputs["policy"])["PassExecutionRole"]["Resource"] == arn
    assert request_of(declared)["RoleArn"] == arn
    assert declared.outputs[declared.one(COMPONENT).urn]["execution_role_arn"] == arn
    assert "breast-cancer-staging-execution" not in json.dumps([r.inputs for r in declared.resources])


@pytest.mark.parametrize(
    "arn", ["arn:aws:iam::210987654321:role/studio-execution", "arn:aws-cn:iam::123456789012:role/studio-execution"]
)
def test_an_execution_role_that_cannot_be_passed_is_refused(arn: str, declare: Declare, args: PreparedJob) -> None:
    elsewhere = args.training_job.model_copy(update={"execution_role_arn": arn})

    with pytest.raises(pulumi.RunError) as refused:
        declare(program(replaced(args, training_job=elsewhere)))

    assert str(refused.value) == (
        f"training job breast-cancer: execution_role_arn: got {arn!r}; allowed: a role of the stack's own account, "
        "arn:aws:iam::123456789012:role/…, because no role can be passed to another; correct it, or remove it to have "
        "a role made"
    )


def test_a_policy_that_iam_would_refuse_for_its_length_is_refused_before_anything_is_made(
    declare: Declare, args: PreparedJob
) -> None:
    (channel,) = args.training_job.channels.values()
    paths = {f"channel-{n:02}": f"{channel.s3_path}{'x' * 300}-{n:02}/" for n in range(20)}
    channels = {name: channel.model_copy(update={"s3_path": path}) for name, path in paths.items()}
    many = args.training_job.model_copy(update={"channels": channels})

    with pytest.raises(pulumi.RunError) as refused:
        declare(program(replaced(args, training_job=many)))

    assert re.fullmatch(
        r"training job breast-cancer: the policy of its execution role has 1\d,\d{3} characters; allowed: 10,240; name "
        r"fewer or shorter channels, subnets or keys, or give it an execution_role_arn",
        str(refused.value),
    )


def test_the_policies_on_the_roles_are_those_of_the_policy_modules(declared: DeclaredResources) -> None:
    scheduler = declared.one(ROLE_POLICY, "breast-cancer-scheduler-policy").inputs["policy"]
    execution = declared.one(ROLE_POLICY, "breast-cancer-execution-policy").inputs["policy"]
    assert set(statements(scheduler)) == {
        "StartTrainingJobs",
        "TagTrainingJobs",
        "PassExecutionRole",
        "SendDeadLetters",
    }
    assert {"ReadObjects", "WriteObjects", "TrackWithMlflow"} < set(statements(execution))
    assert [
        json.loads(declared.one(ROLE, f"breast-cancer-{who}-role").inputs["assumeRolePolicy"])["Statement"][0][
            "Principal"
        ]
        for who in ("scheduler", "execution")
    ] == [{"Service": "scheduler.amazonaws.com"}, {"Service": "sagemaker.amazonaws.com"}]
