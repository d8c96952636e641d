"""SG06: Only the stack's own training jobs."""

from __future__ import annotations

from findings import MISSING, UNKNOWN
from rules.jobs_of_own_prefix_only import RULE
from tests.policies.rule_cases import each_is_left_alone, each_is_reported, each_passes, good_stack_passes

PLAN = "arn:aws:sagemaker:us-east-1:123456789012:training-plan/nightly-training"
JOBS = "arn:aws:sagemaker:us-east-1:123456789012:training-job/breast-cancer-prod-*"
REPORTED = {
    "a name without a prefix": (
        [
            ("schedule.target.input.TrainingJobName", "b<aws.scheduler.execution-id>"),
            (
                "scheduler_policy.policy.Statement.0.Resource",
                "arn:aws:sagemaker:us-east-1:123456789012:training-job/b*",
            ),
            (
                "scheduler_policy.policy.Statement.1.Resource",
                "arn:aws:sagemaker:us-east-1:123456789012:training-job/b*",
            ),
        ],
        'schedule| target.input.TrainingJobName is "b<aws.scheduler.execution-id>": without a prefix '
        "that ends with a hyphen, the jobs of others have such names too. Cure: use "
        "PREFIX-<aws.scheduler.execution-id>.",
    ),
    "every training job": (
        [("scheduler_policy.policy.Statement.0.Resource", "arn:aws:sagemaker:us-east-1:123456789012:training-job/*")],
        "scheduler_policy| policy.Statement[0].Resource is "
        '"arn:aws:sagemaker:us-east-1:123456789012:training-job/*": the scheduler role '
        "may create and tag training jobs of its own name prefix only. Cure: use "
        "arn:aws:sagemaker:REGION:ACCOUNT:training-job/breast-cancer-prod-*.",
    ),
    "a prefix that others begin with too": (
        [
            (
                "scheduler_policy.policy.Statement.0.Resource",
                "arn:aws:sagemaker:us-east-1:123456789012:training-job/breast-cancer-prod*",
            )
        ],
        "scheduler_policy| policy.Statement[0].Resource is "
        '"arn:aws:sagemaker:us-east-1:123456789012:training-job/breast-cancer-prod*": '
        "the scheduler role may create and tag training jobs of its own name prefix "
        "only. Cure: use "
        "arn:aws:sagemaker:REGION:ACCOUNT:training-job/breast-cancer-prod-*.",
    ),
    "a training plan that the job does not use": (
        [("scheduler_policy.policy.Statement.0.Resource", [JOBS, PLAN])],
        f'scheduler_policy| policy.Statement[0].Resource[1] is "{PLAN}": the scheduler role may create and tag '
        "training jobs of its own name prefix only. Cure: use "
        "arn:aws:sagemaker:REGION:ACCOUNT:training-job/breast-cancer-prod-*.",
    ),
    "the jobs of another stack": (
        [
            (
                "scheduler_policy.policy.Statement.0.Resource",
                "arn:aws:sagemaker:us-east-1:123456789012:training-job/breast-cancer-staging-*",
            )
        ],
        "scheduler_policy| policy.Statement[0].Resource is "
        '"arn:aws:sagemaker:us-east-1:123456789012:training-job/breast-cancer-staging-*": '
        "the scheduler role may create and tag training jobs of its own name prefix "
        "only. Cure: use "
        "arn:aws:sagemaker:REGION:ACCOUNT:training-job/breast-cancer-prod-*.",
    ),
    "every region": (
        [
            (
                "scheduler_policy.policy.Statement.0.Resource",
                "arn:aws:sagemaker:*:123456789012:training-job/breast-cancer-prod-*",
            )
        ],
        "scheduler_policy| policy.Statement[0].Resource is "
        '"arn:aws:sagemaker:*:123456789012:training-job/breast-cancer-prod-*": the '
        "scheduler role may create and tag training jobs of its own name prefix only. "
        "Cure: use arn:aws:sagemaker:REGION:ACCOUNT:training-job/breast-cancer-prod-*.",
    ),
    "every account": (
        [
            (
                "scheduler_policy.policy.Statement.1.Resource",
                "arn:aws:sagemaker:us-east-1:*:training-job/breast-cancer-prod-*",
            )
        ],
        "scheduler_policy| policy.Statement[1].Resource is "
        '"arn:aws:sagemaker:us-east-1:*:training-job/breast-cancer-prod-*": the '
        "scheduler role may create and tag training jobs of its own name prefix only. "
        "Cure: use arn:aws:sagemaker:REGION:ACCOUNT:training-job/breast-cancer-prod-*.",
    ),
    "a second resource": (
        [
            (
                "scheduler_policy.policy.Statement.0.Resource",
                [
                    "arn:aws:sagemaker:us-east-1:123456789012:training-job/breast-cancer-prod-*",
                    "arn:aws:sagemaker:us-east-1:123456789012:processing-job/breast-cancer-prod-*",
                ],
            )
        ],
        "scheduler_policy| policy.Statement[0].Resource[1] is "
        '"arn:aws:sagemaker:us-east-1:123456789012:processing-job/breast-cancer-prod-*": '
        "the scheduler role may create and tag training jobs of its own name prefix "
        "only. Cure: use "
        "arn:aws:sagemaker:REGION:ACCOUNT:training-job/breast-cancer-prod-*.",
    ),
    "no resource": (
        [("scheduler_policy.policy.Statement.0.Resource", MISSING)],
        "scheduler_policy| policy.Statement[0].Resource is missing: the statement names "
        "no training jobs. Cure: use "
        "arn:aws:sagemaker:REGION:ACCOUNT:training-job/breast-cancer-prod-*.",
    ),
    "no limit on instance types": (
        [("scheduler_policy.policy.Statement.0.Condition.ForAllValues:StringEquals.sagemaker:InstanceTypes", MISSING)],
        "scheduler_policy| policy.Statement[0].Condition: no condition limits "
        "sagemaker:InstanceTypes to what the job uses. Cure: add "
        'ForAllValues:StringEquals {"sagemaker:InstanceTypes": ["ml.m5.large"]} with '
        'Null {"sagemaker:InstanceTypes": "false"}.',
    ),
    "another instance type than the job's": (
        [
            (
                "scheduler_policy.policy.Statement.0.Condition.ForAllValues:StringEquals.sagemaker:InstanceTypes",
                ["ml.m5.xlarge", "ml.m5.2xlarge"],
            )
        ],
        "scheduler_policy| "
        'policy.Statement[0].Condition["ForAllValues:StringEquals"]["sagemaker:InstanceTypes"] '
        'is ["ml.m5.xlarge", "ml.m5.2xlarge"]: sagemaker:InstanceTypes is limited to less '
        "than the job uses, which AWS would refuse. Cure: use ForAllValues:StringEquals "
        '{"sagemaker:InstanceTypes": ["ml.m5.large"]} with Null '
        '{"sagemaker:InstanceTypes": "false"}.',
    ),
    "a limit that an absent instance type fulfils": (
        [("scheduler_policy.policy.Statement.0.Condition.Null.sagemaker:InstanceTypes", MISSING)],
        "scheduler_policy| policy.Statement[0].Condition: no condition limits "
        "sagemaker:InstanceTypes to what the job uses. Cure: add "
        'ForAllValues:StringEquals {"sagemaker:InstanceTypes": ["ml.m5.large"]} with '
        'Null {"sagemaker:InstanceTypes": "false"}.',
    ),
    "no limit on the runtime": (
        [("scheduler_policy.policy.Statement.0.Condition.NumericLessThanEquals", MISSING)],
        "scheduler_policy| policy.Statement[0].Condition: no condition limits "
        "sagemaker:MaxRuntimeInSeconds to what the job uses. Cure: add "
        'NumericLessThanEquals {"sagemaker:MaxRuntimeInSeconds": "3600"}.',
    ),
    "a shorter runtime than the job's": (
        [
            (
                "scheduler_policy.policy.Statement.0.Condition.NumericLessThanEquals.sagemaker:MaxRuntimeInSeconds",
                "1800",
            )
        ],
        "scheduler_policy| "
        'policy.Statement[0].Condition.NumericLessThanEquals["sagemaker:MaxRuntimeInSeconds"] '
        'is ["1800"]: sagemaker:MaxRuntimeInSeconds is limited to less than the job uses, which AWS would refuse. '
        'Cure: use NumericLessThanEquals {"sagemaker:MaxRuntimeInSeconds": '
        '"3600"}.',
    ),
    "no limit on subnets": (
        [("scheduler_policy.policy.Statement.0.Condition.ForAllValues:StringEquals.sagemaker:VpcSubnets", MISSING)],
        "scheduler_policy| policy.Statement[0].Condition: no condition limits "
        "sagemaker:VpcSubnets to what the job uses. Cure: add ForAllValues:StringEquals "
        '{"sagemaker:VpcSubnets": ["subnet-0a1b2c3d4e5f60718", '
        '"subnet-0f1e2d3c4b5a69780"]} with Null {"sagemaker:VpcSubnets": "false"}.',
    ),
    "another security group": (
        [
            (
                "scheduler_policy.policy.Statement.0.Condition.ForAllValues:StringEquals.sagemaker:VpcSecurityGroupIds.+",
                "sg-1",
            )
        ],
        "scheduler_policy| "
        'policy.Statement[0].Condition["ForAllValues:StringEquals"]["sagemaker:VpcSecurityGroupIds"] '
        'is ["sg-0123456789abcdef0", "sg-1"]: sagemaker:VpcSecurityGroupIds is not '
        "limited to what the job uses. Cure: use ForAllValues:StringEquals "
        '{"sagemaker:VpcSecurityGroupIds": ["sg-0123456789abcdef0"]} with Null '
        '{"sagemaker:VpcSecurityGroupIds": "false"}.',
    ),
    "no limit on traffic encryption": (
        [("scheduler_policy.policy.Statement.0.Condition.Bool", MISSING)],
        "scheduler_policy| policy.Statement[0].Condition: no condition limits "
        "sagemaker:InterContainerTrafficEncryption to what the job uses. Cure: add Bool "
        '{"sagemaker:InterContainerTrafficEncryption": "true"}.',
    ),
    "tags at any time": (
        [("scheduler_policy.policy.Statement.1.Condition", MISSING)],
        "scheduler_policy| policy.Statement[1].Condition: sagemaker:AddTags is not "
        "limited to the creation of training jobs. Cure: add StringEquals "
        '{"sagemaker:TaggingAction": "CreateTrainingJob"}.',
    ),
    "tags on other calls": (
        [
            (
                "scheduler_policy.policy.Statement.1.Condition.StringEquals.sagemaker:TaggingAction",
                ["CreateTrainingJob", "CreateEndpoint"],
            )
        ],
        "scheduler_policy| policy.Statement[1].Condition: sagemaker:AddTags is not "
        "limited to the creation of training jobs. Cure: add StringEquals "
        '{"sagemaker:TaggingAction": "CreateTrainingJob"}.',
    ),
}
ACCEPTED = {
    "the training plan that the job uses": [
        ("schedule.target.input.ResourceConfig.TrainingPlanArn", PLAN),
        ("scheduler_policy.policy.Statement.0.Resource", [JOBS, PLAN]),
    ],
    "the instance types that the job prefers": [
        ("schedule.target.input.ResourceConfig.InstanceType", MISSING),
        (
            "schedule.target.input.ResourceConfig.InstancePreferences",
            [{"InstanceType": "ml.m5.large"}, {"InstanceType": "ml.m5.xlarge"}],
        ),
        (
            "scheduler_policy.policy.Statement.0.Condition.ForAllValues:StringEquals.sagemaker:InstanceTypes",
            ["ml.m5.large", "ml.m5.xlarge"],
        ),
    ],
    "a longer runtime, which SG18 caps": [
        ("scheduler_policy.policy.Statement.0.Condition.NumericLessThanEquals.sagemaker:MaxRuntimeInSeconds", "7200")
    ],
    "more instance types, which SG18 caps": [
        (
            "scheduler_policy.policy.Statement.0.Condition.ForAllValues:StringEquals.sagemaker:InstanceTypes.+",
            "ml.m5.xlarge",
        )
    ],
    "actions in one statement's text": [("scheduler_policy.policy.Statement.0.Action", "sagemaker:CREATETRAININGJOB")],
}
LEFT_ALONE = {
    "a stack without the scheduler role": (
        [("scheduler_role", MISSING)],
        "stack",
        "the stack has no role that a scheduled training job is started with",
    ),
    "a schedule that calls a Lambda function": (
        [("schedule.target.arn", "arn:aws:lambda:us-east-1:123456789012:function:train")],
        "stack",
        "the stack has no role that a scheduled training job is started with",
    ),
    "a job that is unknown at preview, which SG01 reports": (
        [("schedule.target.input", UNKNOWN)],
        "stack",
        "the stack has no role that a scheduled training job is started with",
    ),
}


test_the_good_stack_passes = good_stack_passes(RULE)
test_one_change_is_reported_once = each_is_reported(RULE, REPORTED)
test_what_is_right_in_another_way_passes = each_passes(RULE, ACCEPTED)
test_what_the_rule_is_not_about_is_left_alone_and_said_so = each_is_left_alone(RULE, LEFT_ALONE)
