"""Changes of a good stack, each of which widens access or drops a safeguard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

from hypothesis import strategies as st

from findings import MISSING

if TYPE_CHECKING:
    from conftest import StackUnderTest

Json: TypeAlias = Any
POLICIES = ("scheduler_policy", "execution_policy")
DOCUMENTS = (
    *((name, "policy") for name in POLICIES),
    ("scheduler_role", "assumeRolePolicy"),
    ("execution_role", "assumeRolePolicy"),
)
JOB = "schedule.target.input."
SAFEGUARDS = (
    "CheckpointConfig",
    "CheckpointConfig.S3Uri",
    "OutputDataConfig.KmsKeyId",
    "ResourceConfig.VolumeKmsKeyId",
    "StoppingCondition",
    "StoppingCondition.MaxRuntimeInSeconds",
    "StoppingCondition.MaxWaitTimeInSeconds",
    "Tags",
    "TrainingJobName",
    "VpcConfig",
    "VpcConfig.SecurityGroupIds",
    "VpcConfig.Subnets",
)


def statements(stack: StackUnderTest) -> Iterator[tuple[str, dict[str, Json]]]:
    for name, document in DOCUMENTS:
        for statement in stack.parts[name][1][document]["Statement"]:
            yield name, statement


def as_list(value: Json) -> list[Json]:
    return list(value) if isinstance(value, list) else [value]


def widen_action(draw: Callable[..., Json], stack: StackUnderTest) -> None:
    _, statement = draw(st.sampled_from(list(statements(stack))))
    actions = as_list(statement["Action"])
    index = draw(st.integers(0, len(actions) - 1))
    cut = draw(st.integers(0, len(actions[index])))
    actions[index] = actions[index][:cut] + draw(st.sampled_from(["*", "?*", "*?"]))
    statement["Action"] = actions if draw(st.booleans()) else actions[index]


def everything_but(draw: Callable[..., Json], stack: StackUnderTest) -> None:
    _, statement = draw(st.sampled_from([found for found in statements(stack) if "Resource" in found[1]]))
    name = draw(st.sampled_from(["Action", "Resource"]))
    statement[f"Not{name}"] = statement.pop(name)


def widen_resource(draw: Callable[..., Json], stack: StackUnderTest) -> None:
    pairs = [(s, i) for _, s in statements(stack) for i, r in enumerate(as_list(s.get("Resource", []))) if r != "*"]
    statement, index = draw(st.sampled_from(pairs))
    resources = as_list(statement["Resource"])
    # How much of a bucket a prefix covers is the team's to say: cut anywhere but where a prefix may end.
    whole = resources[index]
    key_starts = whole.index("/") + 1 if whole.startswith("arn:aws:s3:::") and "/" in whole else len(whole)
    cuts = [cut for cut in range(len(whole) - 1) if cut <= key_starts or whole[cut - 1] not in "/-"]
    resources[index] = whole[: draw(st.sampled_from(cuts))] + "*"
    statement["Resource"] = resources


def drop_condition(draw: Callable[..., Json], stack: StackUnderTest) -> None:
    conditions = [s["Condition"] for _, s in statements(stack) if "Condition" in s]
    condition = draw(st.sampled_from(conditions))
    operator = draw(st.sampled_from(sorted(condition)))
    key = draw(st.sampled_from(sorted(condition[operator])))
    del condition[operator][key]


def soften_condition(draw: Callable[..., Json], stack: StackUnderTest) -> None:
    conditions = [s["Condition"] for _, s in statements(stack) if "Condition" in s]
    condition = draw(st.sampled_from(conditions))
    operator = draw(st.sampled_from([name for name in sorted(condition) if name != "Null"]))
    plain = operator.rpartition(":")[2]
    # Single-valued keys bind under ForAnyValue as well; the pack refuses it all the same.
    soft = draw(st.sampled_from([f"{plain}IfExists", f"ForAnyValue:{plain}", f"ForAllValues:{plain}IfExists"]))
    condition[soft] = condition.pop(operator)


def widen_condition(draw: Callable[..., Json], stack: StackUnderTest) -> None:
    conditions = [s["Condition"] for _, s in statements(stack) if "Condition" in s]
    pairs = [(c, name) for c in conditions for name in sorted(c) if name not in {"Null", "Bool"}]
    condition, operator = draw(st.sampled_from(pairs))
    key = draw(st.sampled_from(sorted(condition[operator])))
    if operator == "NumericLessThanEquals":
        # Up to SG18's cap several jobs may share a limit.
        condition[operator][key] = str(86_400 + draw(st.integers(1, 10**6)))
        return
    values = as_list(condition[operator].pop(key))
    like = operator.replace("StringEquals", "StringLike").replace("ArnEquals", "ArnLike")
    index = draw(st.integers(0, len(values) - 1))
    first_end = {"kms:ViaService": values[index].find("."), "s3:prefix": 1}.get(key, len(values[index]) - 2)
    values[index] = values[index][: draw(st.integers(0, max(first_end, 0)))] + "*"
    condition.setdefault(like, {})[key] = values


def more_for_the_scheduler(draw: Callable[..., Json], stack: StackUnderTest) -> None:
    service = draw(st.sampled_from(["s3", "iam", "sagemaker", "sts", "lambda", "kms", "sqs"]))
    name = draw(st.from_regex(r"(Create|Put|Delete|Update|Get)[A-Z][a-z]{3,12}", fullmatch=True))
    statement = {"Effect": "Allow", "Action": f"{service}:{name}", "Resource": "arn:aws:x:us-east-1:123456789012:y/z"}
    where = draw(st.sampled_from(["statement", "policy", "inline", "managed"]))
    role = stack.parts["scheduler_role"][1]
    if where == "statement":
        stack.parts["scheduler_policy"][1]["policy"]["Statement"].append(statement)
    elif where == "policy":
        properties = {"role": role["name"], "policy": {"Statement": statement}}
        stack.set("more", ("aws:iam/rolePolicy:RolePolicy", properties))
    elif where == "inline":
        role["inlinePolicies"] = [{"name": "more", "policy": {"Statement": [statement]}}]
    else:
        arn = "arn:aws:iam::123456789012:policy/more"
        stack.set("more", ("aws:iam/policy:Policy", {"arn": arn, "policy": {"Statement": [statement]}}))
        attachment = {"role": role["name"], "policyArn": arn}
        stack.set("attached", ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", attachment))


def another_principal(draw: Callable[..., Json], stack: StackUnderTest) -> None:
    role = draw(st.sampled_from(["scheduler_role", "execution_role"]))
    statement = stack.parts[role][1]["assumeRolePolicy"]["Statement"][0]
    other = draw(st.sampled_from(["*", {"AWS": "*"}, {"Service": "lambda.amazonaws.com"}, {"AWS": "123456789012"}]))
    if other == "*":
        statement["Principal"] = "*"
        return
    ((kind, value),) = other.items()
    statement["Principal"][kind] = [*as_list(statement["Principal"].get(kind, [])), value]


def drop_a_safeguard(draw: Callable[..., Json], stack: StackUnderTest) -> None:
    stack.set(f"{JOB}{draw(st.sampled_from(SAFEGUARDS))}", MISSING)


def exceed_a_cap(draw: Callable[..., Json], stack: StackUnderTest) -> None:
    path, cap = draw(
        st.sampled_from(
            [
                (f"{JOB}StoppingCondition.MaxRuntimeInSeconds", 86400),
                (f"{JOB}StoppingCondition.MaxWaitTimeInSeconds", 86400),
                (f"{JOB}ResourceConfig.InstanceCount", 4),
                (f"{JOB}ResourceConfig.VolumeSizeInGB", 100),
                ("schedule.target.retryPolicy.maximumRetryAttempts", 3),
            ]
        )
    )
    stack.set(path, cap + draw(st.integers(1, 10**6)))


def loosen_the_schedule(draw: Callable[..., Json], stack: StackUnderTest) -> None:
    path, value = draw(
        st.sampled_from(
            [
                ("schedule.target.deadLetterConfig", MISSING),
                ("schedule.target.retryPolicy", MISSING),
                ("queue.sqsManagedSseEnabled", False),
                ("schedule.scheduleExpression", "rate(1 hour)"),
                (f"{JOB}TrainingJobName", "breast-cancer-prod"),
                (f"{JOB}AlgorithmSpecification.TrainingImage", "683313688378.dkr.ecr.us-east-1.amazonaws.com/x:latest"),
                (f"{JOB}Environment.DB_PASSWORD", "x"),
                (f"{JOB}ResourceConfig.InstanceType", "ml.p5.48xlarge"),
            ]
        )
    )
    stack.set(path, value)


def pass_more_roles(draw: Callable[..., Json], stack: StackUnderTest) -> None:
    statement = stack.parts["scheduler_policy"][1]["policy"]["Statement"][2]
    other = f"arn:aws:iam::123456789012:role/{draw(st.from_regex(r'[a-z]{1,20}', fullmatch=True))}"
    statement["Resource"] = [*as_list(statement["Resource"]), other]


def pass_another_role(draw: Callable[..., Json], stack: StackUnderTest) -> None:
    statement = stack.parts["scheduler_policy"][1]["policy"]["Statement"][2]
    other = f"arn:aws:iam::123456789012:role/{draw(st.from_regex(r'[a-z]{1,20}', fullmatch=True))}"
    more = {**statement, "Resource": other}
    stack.set(
        "more",
        ("aws:iam/rolePolicy:RolePolicy", {"role": "breast-cancer-prod-scheduler", "policy": {"Statement": more}}),
    )


def trust_somebody_else(draw: Callable[..., Json], stack: StackUnderTest) -> None:
    role = draw(st.sampled_from(["scheduler_role", "execution_role"]))
    other = draw(st.sampled_from(["*", {"AWS": "*"}, {"Service": "lambda.amazonaws.com"}, {"AWS": "999999999999"}]))
    statement = {"Effect": "Allow", "Principal": other, "Action": "sts:AssumeRole"}
    stack.set(f"{role}.assumeRolePolicy.Statement.+", statement)


WIDENING = (
    widen_action,
    everything_but,
    widen_resource,
    drop_condition,
    soften_condition,
    widen_condition,
    more_for_the_scheduler,
    another_principal,
    drop_a_safeguard,
    exceed_a_cap,
    loosen_the_schedule,
    pass_more_roles,
    pass_another_role,
    trust_somebody_else,
)
