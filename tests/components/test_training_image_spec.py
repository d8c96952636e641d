"""What is taken and what is refused of an image, each refusal with its reason; and that what is taken suits the API."""

from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from components.algorithm_request import algorithm_specification
from components.aws_names import AwsScope, JobNames
from components.image_fit import image_region_problems
from components.s3_location import BucketContext
from components.source_bundle import SourceBundle
from components.training_image_spec import TrainingImage
from components.training_images import accounts_of, versions_of
from components.training_job_request import create_training_job_request
from components.training_job_spec import TrainingJobSpec
from rehearsal.requests.request_check import check_request
from tests.components.test_image_fit import TRAINING_TYPES

ECR: Final = "210987654321.dkr.ecr.us-east-1.amazonaws.com"
FUNCTION: Final = "arn:aws:lambda:us-east-1:123456789012:function:registry-credentials"
NO_BUNDLE: Final = SourceBundle(b"", "")
PRIVATE: Final = {"uri": "registry.example.com:5000/team/a:1.0", "repository_access_mode": "Vpc"}
OF_ECR = "of Amazon ECR an image in a private registry, by its usual host name"
NO_ECR = "uri is of no registry of Amazon ECR"
REPOSITORY = "a repository of ECR, 2 to 256"


@pytest.mark.parametrize(
    "image",
    [
        {"framework": "pytorch", "version": "2.6"},
        {"framework": "scikit-learn", "version": "1.4-2-py312"},
        {"scikit_learn_version": "1.9-0"},
        {"uri": f"{ECR}/a/b_c/d__e/f-g.h:V1.0_x"},
        {"uri": f"{ECR}/team@sha256:{'0' * 64}"},
        {"uri": "210987654321.dkr.ecr.us-gov-west-1.amazonaws.com/aa:1"},
        {"uri": "210987654321.dkr.ecr.cn-north-1.amazonaws.com.cn/aa:1"},
        {"uri": "210987654321.dkr.ecr.us-isob-east-1.sc2s.sgov.gov/aa:1"},
        {"uri": "210987654321.dkr.ecr.eusc-de-east-1.amazonaws.eu/aa:1"},
        {"uri": f"{ECR}/aa:1", "repository_access_mode": "Platform"},
        {"uri": f"{ECR}/aa:1", "entrypoint": ["python3", "/opt/program/train.py", ""], "arguments": ["--a b", "é"]},
        {"uri": f"{ECR}/aa:1", "arguments": ["x" * 256] * 100},
        {"uri": "ecr.example.com/a:1", "repository_access_mode": "Vpc"},
        PRIVATE,
        PRIVATE | {"repository_credentials_provider_arn": FUNCTION},
        PRIVATE | {"repository_credentials_provider_arn": f"{FUNCTION}:live"},
    ],
    ids=lambda image: str(image)[:70],
)
def test_what_sagemaker_takes_is_taken(image: dict[str, Any]) -> None:
    assert TrainingImage.model_validate(image)


@pytest.mark.parametrize(
    ("image", "place", "reason"),
    [
        ({}, "", "got none of them; allowed: one of framework (with version)"),
        ({"framework": "pytorch"}, "", "framework and version together; set version as well"),
        ({"version": "2.6"}, "", "framework and version together; set framework as well"),
        ({"framework": "pytorch", "version": "2.6", "uri": f"{ECR}/aa:1"}, "", "and no two"),
        ({"framework": "pytorch", "version": "2.6", "scikit_learn_version": "1.9-0"}, "", "and no two"),
        ({"framework": "mxnet", "version": "1.9"}, "framework", "Input should be 'scikit-learn', 'xgboost', "),
        ({"framework": "pytorch", "version": "2.99"}, "version", "allowed with framework pytorch: 2.13.0, 2.12.1, "),
        ({"framework": "pytorch", "version": "latest"}, "version", "or set uri instead of both"),
        ({"framework": "xgboost", "version": "3.2"}, "version", "allowed with framework xgboost: 3.2-0, 3.0-5, 1.7-1"),
        ({"framework": "pytorch", "version": 2.6}, "version", "Input should be a valid string"),
        ({"uri": f"{ECR}/aa"}, "uri", "String should match pattern"),
        ({"uri": "aa:1"}, "uri", "String should match pattern"),
        ({"uri": f"{ECR}/aa:1@sha256:{'0' * 64}"}, "uri", "String should match pattern"),
        ({"uri": f"{ECR}/aa@sha256:{'0' * 63}"}, "uri", "String should match pattern"),
        ({"uri": f"{ECR}/{'a' * 250}:1"}, "uri", "String should have at most 255 characters"),
        ({"uri": f"{ECR}/Team/Training:1"}, "uri", REPOSITORY),
        ({"uri": f"{ECR}/a..b:1"}, "uri", REPOSITORY),
        ({"uri": f"{ECR}/a___b:1"}, "uri", REPOSITORY),
        ({"uri": f"{ECR}/-a:1"}, "uri", REPOSITORY),
        ({"uri": "1.dkr.ecr.us-east-1.amazonaws.com/aa:1"}, "uri", OF_ECR),
        ({"uri": "210987654321.dkr.ecr.us-east-1.amazonaws.com.cn/aa:1"}, "uri", OF_ECR),
        ({"uri": "210987654321.dkr.ecr.cn-north-1.amazonaws.com/aa:1"}, "uri", OF_ECR),
        ({"uri": "210987654321.dkr.ecr-fips.us-east-1.amazonaws.com/aa:1"}, "uri", OF_ECR),
        ({"uri": "210987654321.dkr-ecr.us-east-1.on.aws/aa:1"}, "uri", OF_ECR),
        ({"uri": "public.ecr.aws/docker/library/python:3.12"}, "uri", OF_ECR),
        ({"uri": "docker.io/library/python:3.12"}, "", NO_ECR),
        (PRIVATE | {"uri": "me:hunter2@registry.example.com/a:1"}, "", "uri begins with no host name"),
        (PRIVATE | {"uri": "https://registry.example.com/a:1"}, "", "uri begins with no host name"),
        (PRIVATE | {"uri": "registry.example.com:port/a:1"}, "", "uri begins with no host name"),
        ({"uri": "registry.example.com:5000/a:1"}, "", NO_ECR),
        ({"uri": "registry.example.com/a:1", "repository_access_mode": "Platform"}, "", NO_ECR),
        ({"uri": f"{ECR}/aa:1", "repository_access_mode": "Vpc"}, "", "allowed with an image in Amazon ECR: Platform"),
        ({"scikit_learn_version": "1.9-0", "repository_access_mode": "Vpc"}, "", "Amazon ECR: Platform"),
        ({"uri": f"{ECR}/aa:1", "repository_access_mode": "vpc"}, "repository_access_mode", "'Platform' or 'Vpc'"),
        (
            {"uri": f"{ECR}/aa:1", "repository_credentials_provider_arn": FUNCTION},
            "",
            "repository_credentials_provider_arn: allowed only with repository_access_mode: Vpc",
        ),
        *(
            (PRIVATE | {"repository_credentials_provider_arn": arn}, "repository_credentials_provider_arn", "pattern")
            for arn in ("registry-credentials", f"{FUNCTION}:$LATEST", f"{FUNCTION}*", FUNCTION.replace("lambda", "s3"))
        ),
        ({"uri": f"{ECR}/aa:1", "entrypoint": ["x"] * 101}, "entrypoint", "at most 100 items"),
        ({"uri": f"{ECR}/aa:1", "arguments": ["x" * 257]}, "arguments", "at most 256 characters"),
        ({"uri": f"{ECR}/aa:1", "arguments": ["a\nb"]}, "arguments", "String should match pattern"),
        ({"uri": f"{ECR}/aa:1", "arguments": [10]}, "arguments", "Input should be a valid string"),
        ({"uri": f"{ECR}/aa:1", "entrypoint": "python train.py"}, "entrypoint", "Input should be a valid tuple"),
    ],
    ids=lambda part: str(part)[:60],
)
def test_what_sagemaker_would_refuse_is_refused_with_the_reason(image: dict[str, Any], place: str, reason: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TrainingImage.model_validate(image)

    (error,) = refused.value.errors()
    assert error["loc"][:1] == ((place,) if place else ())
    assert reason in error["msg"]


WORDS = st.lists(st.text(max_size=12), max_size=3)
FRAMEWORKS = st.sampled_from(["scikit-learn", "xgboost", "pytorch", "tensorflow", "huggingface"])
IMAGES = st.one_of(
    FRAMEWORKS.flatmap(
        lambda name: st.fixed_dictionaries({"framework": st.just(name), "version": st.sampled_from(versions_of(name))})
    ),
    st.fixed_dictionaries(
        {"uri": st.from_regex(r"\A210987654321\.dkr\.ecr\.us-east-1\.amazonaws\.com/[a-z_./-]{1,20}:[\w.]{1,9}\Z")}
    ),
    st.just(PRIVATE),
)
REGIONS = st.sampled_from(sorted(accounts_of("pytorch")))


def spec_of(image: dict[str, Any], instance_type: str, *, network: bool) -> TrainingJobSpec:
    values: dict[str, Any] = {
        "training_image": image,
        "resources": {"instance_type": instance_type},
        "channels": {"training": {"s3_path": "datasets/training/"}},
        "output": {"s3_path": "training-outputs/"},
        "source": {"directory": "own_code"},
        "tracking": {
            "tracking_uri": "https://mlflow.example.com",
            "experiment_name": "churn",
            "registered_model_name": "churn",
        },
    }
    if network:
        values["network"] = {"subnets": ["subnet-0a"], "security_group_ids": ["sg-0a"]}
    return TrainingJobSpec.model_validate(values, context=BucketContext("ml-bucket"))


@settings(max_examples=150, deadline=None)
@given(IMAGES, WORDS, WORDS, st.sampled_from(TRAINING_TYPES), REGIONS, st.booleans(), st.booleans())
def test_every_image_that_is_taken_gives_a_request_that_the_api_takes(  # noqa: PLR0917 - what may vary
    image: dict[str, Any],
    entrypoint: list[str],
    arguments: list[str],
    instance_type: str,
    region: str,
    has_network: bool,
    has_function: bool,
) -> None:
    function = {"repository_credentials_provider_arn": FUNCTION} if has_function else {}
    values = image | {"entrypoint": entrypoint, "arguments": arguments} | function
    names = JobNames(AwsScope("aws-cn" if region.startswith("cn-") else "aws", region, "123456789012"), "churn-dev")
    try:
        spec = spec_of(values, instance_type, network=has_network)
    except ValidationError as error:
        refused = [each["msg"] for each in error.errors()]
    else:
        refused = [text for _, text in image_region_problems(spec.training_image, region)]
    if refused:
        assert [
            each for each in refused if not any(word in each for word in ("allowed", "pattern", "no prebuilt"))
        ] == []
        return
    request = create_training_job_request(spec, names, NO_BUNDLE, {})

    assert check_request("sagemaker", "CreateTrainingJob", request | {"TrainingJobName": "churn-dev-0"}) == ()
    algorithm = algorithm_specification(spec, names)
    assert request["AlgorithmSpecification"] == algorithm
    assert algorithm.get("ContainerArguments", []) == arguments
    assert algorithm["TrainingImage"].partition(".dkr.ecr.")[2].startswith(region) or spec.training_image.is_private
