"""URIs of the scikit-learn images that AWS provides.

A table instead of the provider's `getPrebuiltEcrImage`, so that the URI is the same value in a preview, in an offline
check and in a rehearsal (docs/adr/0004). A region that is missing here is served by naming `training_image.uri`.

Source of the accounts: the SageMaker Python SDK's `image_uri_config/sklearn.json`, and the AWS page "Docker registry
paths and example code". Source of the versions: AWS's "Available Docker images" for scikit-learn.
"""

from typing import Final, Literal, get_args

ScikitLearnVersion = Literal["1.2-1", "1.4-2", "1.9-0"]
"""Versions of the prebuilt scikit-learn image; SageMaker names them framework-build."""

SHIPPED_CODE_VERSIONS: Final = ("1.9-0",)
"""Those that training_code runs on: what it installs needs Python 3.11, and 1.2-1 has 3.9, 1.4-2 has 3.10."""

SCIKIT_LEARN_VERSIONS: Final[tuple[str, ...]] = get_args(ScikitLearnVersion)

REGISTRY_ACCOUNTS: Final[dict[str, str]] = {
    "af-south-1": "510948584623",
    "ap-east-1": "651117190479",
    "ap-northeast-1": "354813040037",
    "ap-northeast-2": "366743142698",
    "ap-northeast-3": "867004704886",
    "ap-south-1": "720646828776",
    "ap-south-2": "628508329040",
    "ap-southeast-1": "121021644041",
    "ap-southeast-2": "783357654285",
    "ap-southeast-3": "951798379941",
    "ap-southeast-4": "106583098589",
    "ca-central-1": "341280168497",
    "cn-north-1": "450853457545",
    "cn-northwest-1": "451049120500",
    "eu-central-1": "492215442770",
    "eu-central-2": "680994064768",
    "eu-north-1": "662702820516",
    "eu-south-1": "978288397137",
    "eu-south-2": "104374241257",
    "eu-west-1": "141502667606",
    "eu-west-2": "764974769150",
    "eu-west-3": "659782779980",
    "me-central-1": "272398656194",
    "me-south-1": "801668240914",
    "sa-east-1": "737474898029",
    "us-east-1": "683313688378",
    "us-east-2": "257758044811",
    "us-gov-east-1": "237065988967",
    "us-gov-west-1": "414596584902",
    "us-west-1": "746614075791",
    "us-west-2": "246618743249",
}


def scikit_learn_image_uri(region: str, version: str) -> str:
    """URI of the prebuilt CPU image of one version in one region.

    Raises:
        KeyError: the region has no entry in `REGISTRY_ACCOUNTS`; settings check that first.
    """
    suffix = ".cn" if region.startswith("cn-") else ""
    account = REGISTRY_ACCOUNTS[region]
    return f"{account}.dkr.ecr.{region}.amazonaws.com{suffix}/sagemaker-scikit-learn:{version}-cpu-py3"
