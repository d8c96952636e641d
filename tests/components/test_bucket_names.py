import pytest
from pydantic import TypeAdapter, ValidationError

from components.bucket_names import BucketName, bucket_name_faults

SHAPE = (
    "allowed: 3-63 lower-case letters, digits, '.' and '-', with a letter or digit at both ends, such as "
    "ml-platform-staging-ml-bucket"
)


@pytest.mark.parametrize(
    "name",
    [
        *("abc", "a" * 63, "my.data.bucket", "1-2", "a--b", "a-b.c", "1.2.3", "1.2.3.4.5", "192.168.5.x"),
        *("team-xn--a", "bucket-123456789012-us-east-1-an", "sthree", "amzn-s3-demo", "s3alias", "x-s3", "a-x-s3"),
    ],
)
def test_what_s3_takes_is_taken(name: str) -> None:
    assert bucket_name_faults(name) == []


@pytest.mark.parametrize(
    "name", ["", "ab", "a" * 64, "Abc", "a_b", "-abc", "abc-", ".abc", "abc.", "a b", "äbc", "abc\n"]
)
def test_other_characters_and_lengths_are_refused(name: str) -> None:
    assert bucket_name_faults(name) == [SHAPE]


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("a..b", "no two dots side by side"),
        ("192.168.5.4", "no IP address"),
        ("xn--a", "no name that begins with 'xn--'"),
        ("sthree-a", "no name that begins with 'sthree-', which S3 keeps for itself"),
        ("sthree-configurator", "no name that begins with 'sthree-', which S3 keeps for itself"),
        ("amzn-s3-demo-bucket", "no name that begins with 'amzn-s3-demo-', which is for AWS's examples"),
        ("a-s3alias", "no name that ends with '-s3alias', which is an access point's"),
        ("a--ol-s3", "no name that ends with '--ol-s3', which is an Object Lambda access point's"),
        ("a.mrap", "no name that ends with '.mrap', which is a Multi-Region access point's"),
        (
            "base--use1-az4--x-s3",
            "no name that ends with '--x-s3', which is a directory bucket's: SageMaker reads from others only",
        ),
        ("a--table-s3", "no name that ends with '--table-s3', which is a table bucket's"),
    ],
)
def test_what_s3_keeps_for_others_is_refused_with_the_reason(name: str, allowed: str) -> None:
    assert bucket_name_faults(name) == [f"allowed: {allowed}"]


def test_all_that_is_wrong_with_a_name_is_said_at_once() -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(BucketName).validate_python("xn--a..b-s3alias")

    assert refused.value.errors()[0]["msg"] == (
        "Value error, allowed: no two dots side by side; allowed: no name that begins with 'xn--'; allowed: no name "
        "that ends with '-s3alias', which is an access point's"
    )
