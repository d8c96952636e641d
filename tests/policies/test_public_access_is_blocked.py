"""SG25: Public access is blocked in all four ways."""

from __future__ import annotations

from findings import UNKNOWN
from rules.public_access_is_blocked import RULE
from tests.policies.rule_cases import each_is_reported, each_passes, good_stack_passes

REPORTED = {
    "public ACLs": (
        [
            (
                "block",
                (
                    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
                    {
                        "blockPublicAcls": False,
                        "blockPublicPolicy": True,
                        "ignorePublicAcls": True,
                        "restrictPublicBuckets": True,
                        "bucket": "b",
                    },
                ),
            )
        ],
        "block| blockPublicAcls is false: this way to make the bucket public is open. Cure: set it to true.",
    ),
    "a public policy": (
        [
            (
                "block",
                (
                    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
                    {
                        "blockPublicAcls": True,
                        "blockPublicPolicy": False,
                        "ignorePublicAcls": True,
                        "restrictPublicBuckets": True,
                        "bucket": "b",
                    },
                ),
            )
        ],
        "block| blockPublicPolicy is false: this way to make the bucket public is open. Cure: set it to true.",
    ),
    "ACLs that count": (
        [
            (
                "block",
                (
                    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
                    {"blockPublicAcls": True, "blockPublicPolicy": True, "restrictPublicBuckets": True, "bucket": "b"},
                ),
            )
        ],
        "block| ignorePublicAcls is missing: this way to make the bucket public is open. Cure: set it to true.",
    ),
    "access from outside": (
        [
            (
                "block",
                (
                    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
                    {
                        "blockPublicAcls": True,
                        "blockPublicPolicy": True,
                        "ignorePublicAcls": True,
                        "restrictPublicBuckets": False,
                        "bucket": "b",
                    },
                ),
            )
        ],
        "block| restrictPublicBuckets is false: this way to make the bucket public is open. Cure: set it to true.",
    ),
}

ACCEPTED = {
    "all four, one unknown at preview": [
        (
            "block",
            (
                "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
                {
                    "blockPublicAcls": True,
                    "blockPublicPolicy": True,
                    "ignorePublicAcls": True,
                    "restrictPublicBuckets": UNKNOWN,
                },
            ),
        )
    ],
}


test_the_good_stack_passes = good_stack_passes(RULE)
test_one_change_is_reported_once = each_is_reported(RULE, REPORTED)
test_what_is_right_in_another_way_passes = each_passes(RULE, ACCEPTED)
