"""Names of S3 buckets, by S3's own rules; all of them stand in one table.

Source: Amazon S3 User Guide, "General purpose bucket naming rules", as of November 2026. That a name ends with `-an` is
right for a bucket in an account's own namespace, so it is not looked at.
"""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, Field

_SHAPE: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_REFUSED: Final = {
    r".*\.\..*": "no two dots side by side",
    r"\d{1,3}(\.\d{1,3}){3}": "no IP address",
    r"xn--.*": "no name that begins with 'xn--'",
    r"sthree-.*": "no name that begins with 'sthree-', which S3 keeps for itself",
    r"amzn-s3-demo-.*": "no name that begins with 'amzn-s3-demo-', which is for AWS's examples",
    r".*-s3alias": "no name that ends with '-s3alias', which is an access point's",
    r".*--ol-s3": "no name that ends with '--ol-s3', which is an Object Lambda access point's",
    r".*\.mrap": "no name that ends with '.mrap', which is a Multi-Region access point's",
    r".*--x-s3": "no name that ends with '--x-s3', which is a directory bucket's: SageMaker reads from others only",
    r".*--table-s3": "no name that ends with '--table-s3', which is a table bucket's",
}
"""What a whole name must not match -> what is allowed instead, for names whose characters and length are right."""


def bucket_name_faults(name: str) -> list[str]:
    """What S3 would not take in a bucket's name, as sentences that say what is allowed; none for a good name."""
    if _SHAPE.fullmatch(name) is None:
        return [
            "allowed: 3-63 lower-case letters, digits, '.' and '-', with a letter or digit at both ends, such as "
            "ml-platform-staging-ml-bucket"
        ]
    return [f"allowed: {allowed}" for pattern, allowed in _REFUSED.items() if re.fullmatch(pattern, name)]


def _check(name: str) -> str:
    if faults := bucket_name_faults(name):
        raise ValueError("; ".join(faults))
    return name


BucketName = Annotated[str, AfterValidator(_check), Field(json_schema_extra={"pattern": f"^{_SHAPE.pattern}$"})]
"""The name of a general purpose bucket."""
