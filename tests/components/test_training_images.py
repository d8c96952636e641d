import re
from typing import get_args

import pytest

from components.image_fit import processor_for
from components.training_images import (
    SCIKIT_LEARN_VERSIONS,
    Framework,
    Processor,
    accounts_of,
    framework_image,
    versions_of,
)

FRAMEWORKS = get_args(Framework)
DEEP = "763104351884.dkr.ecr.us-east-1.amazonaws.com"


def uri(framework: str, version: str, region: str = "us-east-1", processor: Processor = "cpu") -> str:
    image = framework_image(framework, version)
    assert image is not None
    return image.uri(region, processor)


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("us-east-1", "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3"),
        ("eu-central-1", "492215442770.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3"),
        ("cn-north-1", "450853457545.dkr.ecr.cn-north-1.amazonaws.com.cn/sagemaker-scikit-learn:1.9-0-cpu-py3"),
        ("il-central-1", "898809789911.dkr.ecr.il-central-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3"),
    ],
)
def test_the_uri_names_the_regions_registry(region: str, expected: str) -> None:
    assert uri("scikit-learn", "1.9-0", region) == expected


@pytest.mark.parametrize(
    ("framework", "version", "processor", "expected"),
    [
        ("pytorch", "2.6.0", "cpu", f"{DEEP}/pytorch-training:2.6.0-cpu-py312"),
        ("pytorch", "2.6.0", "gpu", f"{DEEP}/pytorch-training:2.6.0-gpu-py312"),
        ("pytorch", "2.13.0", "gpu", f"{DEEP}/pytorch:2.13.0-cu133-amzn2023-sagemaker"),
        ("tensorflow", "2.19.0", "cpu", f"{DEEP}/tensorflow-training:2.19.0-cpu-py312"),
        (
            "huggingface",
            "4.56.2",
            "gpu",
            f"{DEEP}/huggingface-pytorch-training:2.8.0-transformers4.56.2-gpu-py312-cu129-ubuntu22.04",
        ),
        ("xgboost", "3.2-0", "cpu", "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0"),
        ("xgboost", "3.2-0", "gpu", "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0"),
    ],
)
def test_repository_and_tag_are_those_of_awss_tables(
    framework: str, version: str, processor: Processor, expected: str
) -> None:
    assert uri(framework, version, processor=processor) == expected


@pytest.mark.parametrize(
    ("framework", "short", "full"),
    [
        ("pytorch", "2.6", "2.6.0"),
        ("pytorch", "2.0", "2.0.1"),
        ("pytorch", "2.1", "2.1.0"),  # and not 2.13.0
        ("tensorflow", "2.21", "2.21.0"),
        ("huggingface", "4.56", "4.56.2"),
    ],
)
def test_a_version_without_its_last_part_is_the_newest_of_these(framework: str, short: str, full: str) -> None:
    assert framework_image(framework, short) == framework_image(framework, full) is not None


@pytest.mark.parametrize(
    ("framework", "version"),
    [("pytorch", "2"), ("pytorch", "2."), ("pytorch", ""), ("scikit-learn", "1.4"), ("scikit-learn", "1")],
)
def test_a_version_that_says_less_is_none(framework: str, version: str) -> None:
    # "2" alone would be another image with each of AWS's releases.
    assert framework_image(framework, version) is None


def test_each_region_has_one_account_for_a_framework() -> None:
    for framework in FRAMEWORKS:
        accounts = accounts_of(framework)
        assert len(accounts) > 20
        assert all(re.fullmatch(r"\d{12}", account) for account in accounts.values())
    assert len(set(accounts_of("scikit-learn").values())) == len(accounts_of("scikit-learn"))


def test_every_framework_has_versions_and_each_a_tag_and_a_python_of_today() -> None:
    for framework in FRAMEWORKS:
        versions = versions_of(framework)
        assert len(versions) >= 3
        for version in versions:
            image = framework_image(framework, version)
            assert image is not None
            assert image.tags
            assert re.fullmatch(r"(3\.(9|1\d))?", image.python)


def test_the_versions_by_their_own_setting_are_in_the_table_too() -> None:
    assert SCIKIT_LEARN_VERSIONS == ("1.2-1", "1.4-2", "1.9-0")
    assert set(SCIKIT_LEARN_VERSIONS) < set(versions_of("scikit-learn"))


def test_a_region_without_an_account_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        uri("scikit-learn", "1.9-0", "mars-north-1")


@pytest.mark.parametrize(
    ("instance_type", "processor"),
    [
        ("ml.m5.large", "cpu"),
        ("ml.g5.xlarge", "gpu"),
        ("ml.p5.48xlarge", "gpu"),
        ("ml.trn1.2xlarge", None),
        ("ml.p6e-gb200.36xlarge", None),
        ("ml.m7g.large", None),
    ],
)
def test_the_processor_follows_from_the_instance_type(instance_type: str, processor: Processor | None) -> None:
    assert processor_for(instance_type) == processor
