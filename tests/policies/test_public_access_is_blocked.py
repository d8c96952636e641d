"""SG25: Public access is blocked in all four ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from findings import UNKNOWN
from rules.public_access_is_blocked import RULE

if TYPE_CHECKING:
    from conftest import Judge, StackUnderTest


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


def test_the_good_stack_passes(good_stack: StackUnderTest, findings_of: Judge) -> None:
    assert findings_of(RULE, good_stack) == []


@pytest.mark.parametrize("case", REPORTED)
def test_one_change_is_reported_once(case: str, good_stack: StackUnderTest, findings_of: Judge) -> None:
    changes, line = REPORTED[case]
    for path, value in changes:
        good_stack.set(path, value)
    assert findings_of(RULE, good_stack) == [line]


@pytest.mark.parametrize("case", ACCEPTED)
def test_what_is_right_in_another_way_passes(case: str, good_stack: StackUnderTest, findings_of: Judge) -> None:
    for path, value in ACCEPTED[case]:
        good_stack.set(path, value)
    assert findings_of(RULE, good_stack) == []
