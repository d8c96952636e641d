"""SG25: a public access block closes all four ways to the public."""

from examples import example
from findings import MISSING, UNKNOWN, Finding
from resources import Resource
from rule import Config, Judgement, Level, Reference, Remedy, ResourceRule, Severity

BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
ACCOUNT_BLOCK = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
_SWITCHES = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
CLOSED = dict.fromkeys(_SWITCHES, True)


def _check(block: Resource, _config: Config) -> Judgement:
    return _faults(block)


def _faults(block: Resource) -> list[Finding]:
    values = {name: block.properties.get(name, MISSING) for name in _SWITCHES}
    return [
        Finding(name, "this way to make the bucket public is open", "set it to true", value)
        for name, value in values.items()
        if value is not True and value is not UNKNOWN
    ]


def _remedy(block: Resource, _config: Config) -> Remedy:
    return {(finding.path,): True for finding in _faults(block)}


_NAME = "ml-platform-prod-ml-bucket"
RULE = ResourceRule(
    id="SG25",
    name="public-access-blocked",
    title="Public access is blocked in all four ways",
    description="A bucket's public access block must set all four switches.",
    cure="Set blockPublicAcls, blockPublicPolicy, ignorePublicAcls and restrictPublicBuckets to true.",
    url="https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    severity=Severity.HIGH,
    reference=Reference("AWS Foundational Security Best Practices", "S3.8"),
    levels=(Level.ADVISORY, Level.MANDATORY),
    types=frozenset({BLOCK, ACCOUNT_BLOCK}),
    subject=lambda block: block,
    check=_check,
    remedy=_remedy,
    good=example(BLOCK, {"bucket": _NAME, **CLOSED}),
    bad=example(BLOCK, {"bucket": _NAME, **CLOSED, "blockPublicPolicy": False}),
)
