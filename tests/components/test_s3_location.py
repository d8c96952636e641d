import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from components.s3_location import BucketContext, S3Prefix, S3PrefixAnywhere, bucket_of, key_of

INSIDE, ANYWHERE = TypeAdapter(S3Prefix), TypeAdapter(S3PrefixAnywhere)
BUCKET = BucketContext("ml-bucket")
ENDS_WITH_A_SLASH = (
    "allowed: a prefix that ends with '/' and has no empty part, such as datasets/training/ "
    "(without the last '/', datasets/training-old/ would match as well)"
)
SAFE = "allowed in a prefix: letters, digits and ! _ . ' ( ) - / but no part '..'"


def refusal(value: str, context: BucketContext | None = BUCKET, adapter: TypeAdapter[str] = INSIDE) -> str:
    with pytest.raises(ValidationError) as refused:
        adapter.validate_python(value, context=context)
    (error,) = refused.value.errors()
    return error["msg"].removeprefix("Value error, ")


@pytest.mark.parametrize("value", ["datasets/training/", "s3://ml-bucket/datasets/training/"])
def test_a_prefix_and_a_uri_in_the_stacks_bucket_are_the_same_location(value: str) -> None:
    assert INSIDE.validate_python(value, context=BUCKET) == "s3://ml-bucket/datasets/training/"


@pytest.mark.parametrize("bucket", ["other-bucket", "ml-bucket-2", "ml-bucke"])
def test_a_uri_in_another_bucket_is_refused(bucket: str) -> None:
    assert refusal(f"s3://{bucket}/datasets/") == (
        f"the bucket '{bucket}' is not the configured one; allowed: a prefix such as datasets/training/ "
        "or a URI under s3://ml-bucket/"
    )


def test_a_location_that_may_be_anywhere_may_be_in_another_bucket() -> None:
    assert ANYWHERE.validate_python("s3://other-bucket/a/", context=BUCKET) == "s3://other-bucket/a/"
    assert ANYWHERE.validate_python("a/", context=BUCKET) == "s3://ml-bucket/a/"


@pytest.mark.parametrize(
    "value", ["", "/", "a", "/a/", "a//b/", "s3://ml-bucket", "s3://ml-bucket/", "s3://ml-bucket//a/"]
)
def test_a_prefix_without_its_slash_or_with_an_empty_part_is_refused(value: str) -> None:
    assert refusal(value) == ENDS_WITH_A_SLASH


@pytest.mark.parametrize("value", ["a*/", "a?/", "${aws:username}/", "a b/", "../a/", "a/../b/", "ä/", "a\n/", "a:/"])
def test_what_would_mean_something_in_a_policy_is_refused(value: str) -> None:
    assert refusal(value) == SAFE


@pytest.mark.parametrize("bucket", ["", "A", "a", "Ab1", "-abc", "abc-", "a_b", "a" * 64])
def test_a_uri_with_an_impossible_bucket_is_refused(bucket: str) -> None:
    message = refusal(f"s3://{bucket}/a/")

    assert message == f"{bucket!r} is not a bucket name; allowed: 3-63 lower-case letters, digits, '.' and '-'"


def test_without_a_configured_bucket_only_a_full_uri_says_where_it_is() -> None:
    assert INSIDE.validate_python("s3://any-bucket/a/") == "s3://any-bucket/a/"
    assert refusal("a/", context=None) == (
        "allowed: a full URI such as s3://bucket/prefix/, because no bucket is configured here"
    )


def test_a_prefix_leaves_room_for_what_follows_it() -> None:
    longest = "x" * 799 + "/"

    assert INSIDE.validate_python(longest, context=BUCKET) == f"s3://ml-bucket/{longest}"
    assert refusal(f"x{longest}") == "the prefix has 801 characters; allowed: 800"
    assert refusal(f"s3://ml-bucket/x{longest}") == "the prefix has 801 characters; allowed: 800"


PARTS = st.text(alphabet="abcXYZ019!_'()-", min_size=1, max_size=12)
PREFIXES = st.lists(PARTS, min_size=1, max_size=5).map(lambda parts: "/".join(parts) + "/")


@given(PREFIXES)
def test_every_good_prefix_is_found_again_in_its_uri(prefix: str) -> None:
    uri = INSIDE.validate_python(prefix, context=BUCKET)

    assert (bucket_of(uri), key_of(uri)) == ("ml-bucket", prefix)
    assert INSIDE.validate_python(uri, context=BUCKET) == uri


@given(st.text(alphabet="s3:/-mlbucket.*?${} \n", max_size=40))
def test_any_text_is_a_location_in_the_bucket_or_refused(text: str) -> None:
    try:
        uri = INSIDE.validate_python(text, context=BUCKET)
    except ValidationError:
        return
    assert uri.startswith("s3://ml-bucket/")
    assert uri.endswith("/")
    assert not set("*?${} \n") & set(uri)
