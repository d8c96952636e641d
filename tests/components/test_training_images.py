import re

import pytest

from components.training_images import REGISTRY_ACCOUNTS, SCIKIT_LEARN_VERSIONS, scikit_learn_image_uri


@pytest.mark.parametrize(
    ("region", "uri"),
    [
        ("us-east-1", "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3"),
        ("eu-central-1", "492215442770.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3"),
        ("cn-north-1", "450853457545.dkr.ecr.cn-north-1.amazonaws.com.cn/sagemaker-scikit-learn:1.9-0-cpu-py3"),
    ],
)
def test_the_uri_names_the_regions_registry(region: str, uri: str) -> None:
    assert scikit_learn_image_uri(region, "1.9-0") == uri


def test_each_region_has_an_account_of_its_own() -> None:
    assert all(re.fullmatch(r"\d{12}", account) for account in REGISTRY_ACCOUNTS.values())
    assert len(set(REGISTRY_ACCOUNTS.values())) == len(REGISTRY_ACCOUNTS)


def test_the_versions_are_those_that_the_training_code_runs_on() -> None:
    assert SCIKIT_LEARN_VERSIONS == ("1.2-1", "1.4-2", "1.9-0")


def test_a_region_without_an_account_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        scikit_learn_image_uri("mars-north-1", "1.9-0")
