import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from components.s3_location import (
    BucketContext,
    S3DataObject,
    S3DataPrefix,
    S3Prefix,
    S3PrefixAnywhere,
    bucket_of,
    key_of,
)

INSIDE, ANYWHERE = TypeAdapter(S3Prefix), TypeAdapter(S3PrefixAnywhere)
DATA, OBJECT = TypeAdapter(S3DataPrefix), TypeAdapter(S3DataObject)
BUCKET = BucketContext("ml-bucket", frozenset({"company-lake", "partners"}))
ENDS_WITH_A_SLASH = (
    "allowed: a prefix that ends with '/' and has no empty part, such as datasets/training/ "
    "(without the last '/', datasets/training-old/ would match as well)"
)


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


@pytest.mark.parametrize("adapter", [INSIDE, ANYWHERE, DATA, OBJECT])
@pytest.mark.parametrize("prefix", ["", "s3://ml-bucket/"])
def test_a_key_that_a_role_cannot_be_limited_to_is_refused_wherever_it_stands(
    adapter: TypeAdapter[str], prefix: str
) -> None:
    end = "" if adapter is OBJECT else "/"

    assert refusal(f"{prefix}dt=*{end}", adapter=adapter) == (
        "it has '*', and SageMaker knows no wildcards; allowed: a prefix, which names all that begins with it"
    )
    assert adapter.validate_python(f"{prefix}dt=1 & 2{end}", context=BUCKET) == f"s3://ml-bucket/dt=1 & 2{end}"


@pytest.mark.parametrize("bucket", ["", "A", "a", "Ab1", "-abc", "abc-", "a_b", "a" * 64])
def test_a_uri_with_an_impossible_bucket_is_refused(bucket: str) -> None:
    assert refusal(f"s3://{bucket}/a/") == (
        f"{bucket!r} is not a bucket name; allowed: 3-63 lower-case letters, digits, '.' and '-', with a letter or "
        "digit at both ends, such as ml-platform-staging-ml-bucket"
    )


@pytest.mark.parametrize(("adapter", "key"), [(DATA, "a/"), (OBJECT, "a/b.csv")])
def test_data_may_be_in_a_declared_bucket_and_in_no_other(adapter: TypeAdapter[str], key: str) -> None:
    for bucket in ("ml-bucket", "company-lake", "partners"):
        assert adapter.validate_python(f"s3://{bucket}/{key}", context=BUCKET) == f"s3://{bucket}/{key}"
    assert refusal(f"s3://company-lakes/{key}", adapter=adapter) == (
        "the bucket 'company-lakes' is not the configured one; allowed: a path such as datasets/training/, a URI under "
        "s3://ml-bucket/, or one in a bucket of data_buckets (company-lake, partners); name it there"
    )
    assert "data_buckets (none)" in refusal(f"s3://company-lake/{key}", BucketContext("ml-bucket"), adapter)


def test_what_is_written_stays_in_the_stacks_bucket() -> None:
    assert refusal("s3://company-lake/a/").startswith("the bucket 'company-lake' is not the configured one; allowed: a")


@pytest.mark.parametrize(
    "value", ["", "/", "/a", "a/", "a//b", "s3://ml-bucket", "s3://ml-bucket/", "s3://ml-bucket//a"]
)
def test_one_object_has_a_key_that_is_no_prefix(value: str) -> None:
    assert refusal(value, adapter=OBJECT) == (
        "allowed: the key of one object, without an empty part and without a '/' at its end, such as "
        "datasets/training.csv"
    )


def test_data_has_the_longest_uri_that_sagemaker_takes() -> None:
    longest = "x" * (1024 - len("s3://ml-bucket/") - 1) + "/"

    assert len(DATA.validate_python(longest, context=BUCKET)) == 1024
    assert refusal(f"x{longest}", adapter=DATA) == (
        "s3://ml-bucket/xxxxxxxxxxxxxxxxxxxxxxxxx… has 1025 characters; allowed: 1024, as SageMaker takes"
    )


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


PARTS = st.text(alphabet="abcXYZ019!_'()-=+ @:,&Öé$", min_size=1, max_size=12)
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
    assert not set("*?\n") & set(uri)
    assert "${" not in uri
