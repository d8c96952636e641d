"""Images and machines that AWS takes and settings refuse; the others are in tests/refusals.py."""

from typing import Final

from tests.aws_members import CREDENTIALS, KEY, NETWORK, PLAN
from tests.refusal import Refusal

_A_LIMIT: Final = "is a slip of the finger beyond any account's quota"
_FIXED: Final = "the image has to be the same at each start, so that a run can be reproduced"
_KEYS: Final = "a role can be limited to a key alone, and an alias can come to mean another"
_SHIPPED: Final = {"source": {"directory": "training_code"}}

MACHINES: Final = (
    Refusal("training_image", {"uri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/a"}, "matches", _FIXED),
    Refusal("training_image", {"uri": "docker.io/library/python:3.12"}, "because SageMaker takes no other"),
    Refusal(
        "training_image",
        {"uri": f"123456789012.dkr.ecr.us-east-1.amazonaws.com/a:1@sha256:{'0a' * 32}"},
        "matches",
        "SageMaker's documentation knows a tag or a digest, and not both",
    ),
    Refusal("training_image", {"uri": "123456789012.dkr-ecr.us-east-1.on.aws/a:1"}, "by its usual host name"),
    Refusal(
        "training_image",
        {"uri": "123456789012.dkr.ecr-fips.us-east-1.amazonaws.com/a:1"},
        "by its usual host name",
    ),
    Refusal("training_image", {"uri": "public.ecr.aws/a/b:1"}, "because SageMaker takes no other"),
    Refusal(
        "training_image",
        {"uri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/a:1"},
        "2 to 256 lower-case letters",
        "ECR's API has no such name",
    ),
    Refusal(
        "training_image",
        {"uri": "123456789012.dkr.ecr.us-east-1.amazonaws.com:443/ab:1", "repository_access_mode": "Vpc"},
        "by its usual host name",
        beside={"network": NETWORK},
    ),
    Refusal(
        "training_image",
        {"uri": "registry.example.com/Team/ab:1", "repository_access_mode": "Vpc"},
        "as registries take it",
        beside={"network": NETWORK},
    ),
    Refusal(
        "training_image",
        {
            "uri": "registry.example.com/ab:1",
            "repository_access_mode": "Vpc",
            "repository_credentials_provider_arn": f"{CREDENTIALS}:$LATEST",
        },
        "matches",
        "it is what the function's name alone means, and `$` would be written otherwise in the role's policy",
        beside={"network": NETWORK},
    ),
    Refusal("debugger.rules.own.image", "registry.example.com/rules:1", "in Amazon ECR", "that is all it can be"),
    Refusal(
        "debugger.rules.own.image",
        "503895931360.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-debugger-rules:latest",
        "SageMaker pulls from no other",
    ),
    Refusal(
        "training_image",
        {"uri": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/ab:1"},
        "SageMaker pulls from no other",
    ),
    Refusal("training_image", {"framework": "pytorch", "version": "0.1"}, "or set uri", "AWS publishes no such one"),
    Refusal("training_image", {"scikit_learn_version": "1.4-2"}, "needs Python 3.11", beside=_SHIPPED),
    Refusal("resources.instance_type", "ml.g5.xlarge", "because nothing in the image can use one"),
    Refusal("resources.instance_type", "ml.p6e-gb200.36xlarge", "does not start on an Arm one"),
    Refusal("resources.instance_count", 0, "1 to 100", "nothing would train"),
    Refusal("resources.instance_count", 101, "1 to 100", _A_LIMIT),
    Refusal("resources.volume_size_in_gb", 0, "1 to 16384", "nothing could be stored"),
    Refusal("resources.volume_size_in_gb", 16385, "1 to 16384", "is more than an EBS volume holds"),
    Refusal("resources.volume_kms_key_arn", "alias/ml", "matches", _KEYS),
    Refusal("output.kms_key_arn", "arn:aws:kms:us-east-1:123456789012:alias/ml", "matches", _KEYS),
    Refusal("output.kms_key_arn", "1f2e3d4c-5b6a-4798-8c9d-0e1f2a3b4c5d", "matches", _KEYS),
    Refusal("output.kms_key_arn", "arn:aws:kms:eu-west-1:123456789012:key/1f2e3d4c", "a key of the stack's region"),
    Refusal("output.kms_key_arn", KEY.replace("arn:aws:", "arn:aws-us-gov:"), "nothing of aws-us-gov is known there"),
    Refusal("data_kms_key_arns", [KEY] * 11, "at most 10 entries", "each is a statement of a policy that has an end"),
    Refusal(
        "resources.training_plan_arn",
        PLAN.replace("us-east-1", "eu-west-1"),
        "a training plan of the stack's region",
    ),
    Refusal(
        "model_package_config",
        {"group_arn": "arn:aws:sagemaker:eu-west-1:123456789012:model-package-group/churn"},
        "a model package group of the stack's region",
    ),
    Refusal(
        "resources",
        {"instance_type": "ml.p6-b200.48xlarge", "volume_kms_key_arn": KEY},
        "its storage is its own and encrypts itself",
        beside={"training_image": {"uri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/ab:1"}},
    ),
    Refusal("stopping_condition.max_runtime_in_seconds", 2419201, "1 to 2419200", "28 days: the service's quota"),
    Refusal(
        "resources",
        {"instance_type": "ml.m5.large", "instance_count": 2},
        "works on one machine",
        beside=_SHIPPED | {"accelerator": "intelex"},
    ),
    Refusal("managed_spot_training", True, "needs checkpoint.s3_path", "an interruption would begin anew"),
)
