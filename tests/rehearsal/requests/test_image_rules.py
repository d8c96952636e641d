"""What CreateTrainingJob's members about the image are to each other."""

from typing import Any

import pytest

from rehearsal.requests.request_rules import RequestProblem, broken_rules

ALGORITHM = "AlgorithmSpecification"
FUNCTION = {"TrainingRepositoryCredentialsProviderArn": "arn:aws:lambda:us-east-1:123456789012:function:a"}


def problems(algorithm: Any, **request: Any) -> list[RequestProblem]:  # noqa: ANN401 - any JSON
    return list(broken_rules("sagemaker", "CreateTrainingJob", {ALGORITHM: algorithm, **request}))


def private(mode: str) -> dict[str, Any]:
    config = {"TrainingRepositoryAccessMode": mode, "TrainingRepositoryAuthConfig": FUNCTION}
    return {"TrainingImage": "registry.example.com/a:1", "TrainingImageConfig": config}


@pytest.mark.parametrize(
    "algorithm",
    [{"TrainingImage": "a:1"}, {"AlgorithmName": "a"}, {"TrainingImage": "a:1", "TrainingImageConfig": 3}, "no object"],
)
def test_one_image_or_one_algorithm_is_right(algorithm: object) -> None:
    assert problems(algorithm) == []


@pytest.mark.parametrize(("algorithm", "got"), [({}, "neither"), ({"TrainingImage": "", "AlgorithmName": ""}, "both")])
def test_neither_and_both_are_not(algorithm: dict[str, str], got: str) -> None:
    assert problems(algorithm) == [RequestProblem(ALGORITHM, got, "either TrainingImage or AlgorithmName")]


def test_a_private_registry_needs_a_vpc() -> None:
    path = f"{ALGORITHM}.TrainingImageConfig.TrainingRepositoryAccessMode"

    assert problems(private("Vpc"), VpcConfig={"Subnets": ["subnet-0a"]}) == []
    assert problems(private("Vpc")) == [RequestProblem(path, "Vpc", "Platform, unless there is a VpcConfig")]


def test_ecr_needs_no_credentials() -> None:
    path = f"{ALGORITHM}.TrainingImageConfig.TrainingRepositoryAuthConfig"

    assert problems(private("Platform")) == [
        RequestProblem(path, "a function", "nothing, unless TrainingRepositoryAccessMode is Vpc")
    ]
