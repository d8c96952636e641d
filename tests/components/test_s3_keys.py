"""Which keys are allowed, and that the role which is made for one reaches it exactly."""

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from components.aws_names import AwsScope, JobNames
from components.channel import Channel
from components.dated_paths import is_dated
from components.execution_role_policy import execution_permissions
from components.iam_policies import policy_document
from components.s3_keys import as_iam_text, key_faults
from components.s3_location import BucketContext
from rehearsal.permissions.permissions import AwsCall, judge
from rehearsal.permissions.policy_documents import PolicyDocument
from rehearsal.requests.request_check import check_request
from settings import TrainingJobSettings

BUCKET = "ml-platform-staging-ml-bucket"
NAMES = JobNames(AwsScope("aws", "us-east-1", "123456789012"), "breast-cancer-staging")
# All that IAM's pattern of documents takes and that can be seen.
ALLOWED = "".join(each for each in map(chr, range(0x20, 0x100)) if each.isprintable() and each not in "*?/")


@pytest.mark.parametrize(
    "key",
    [
        "datasets/dt=2026-11-26/land=Österreich & Co/",
        *(f"data/a{each}b/" for each in "+ @:,&=!'()$#%~^[]{}|\\\"<>;`éß÷×ÿ¡"),
        "a/./b/",
        "s3://twice/",
        "x" * 1023 + "/",
    ],
)
def test_what_s3_sagemaker_and_iam_take_is_allowed(key: str) -> None:
    assert key_faults(key) == []


@pytest.mark.parametrize(
    ("key", "fault"),
    [
        ("a\n/", "it has U+000A, which nobody sees; allowed: characters that can be seen, and blanks"),
        ("a\x7f\xa0/", "it has U+007F, U+00A0, which nobody sees; allowed: characters that can be seen, and blanks"),
        (
            "Łódź/データ",
            "it has 'Ł' (U+0141), 'ź' (U+017A), 'タ' (U+30BF); allowed: characters up to U+00FF, because IAM takes no "
            "other in a policy, and the role could not be limited to this place; copy the data to a key without",
        ),
        (
            "o\u0308/",
            "it has '\u0308' (U+0308); allowed: characters up to U+00FF, because IAM takes no other in a policy, and "
            "the role could not be limited to this place; copy the data to a key without",
        ),
        (
            "dt=*/",
            "it has '*', and SageMaker knows no wildcards; allowed: a prefix, which names all that begins with it",
        ),
        (
            "a?*/",
            "it has '*' and '?', and SageMaker knows no wildcards; allowed: a prefix, which names all that begins with "
            "it",
        ),
        ("${aws:username}/", "it has '${', and nothing fills in variables here; allowed: the text itself"),
        (
            "<aws.scheduler.execution-id>/",
            "it has '<aws.scheduler.', which EventBridge Scheduler would fill in, and the role's policy not; allowed: "
            "the text itself",
        ),
        ("a/../b/", "it has a part '..', which would lead out of the channel's directory; allowed: other parts"),
        ("ö" * 512 + "/", "it has 1025 bytes; allowed: 1024, which is all that a key can have"),
    ],
)
def test_what_cannot_be_reached_exactly_is_refused_with_the_reason(key: str, fault: str) -> None:
    assert key_faults(key) == [fault]


def test_all_that_is_wrong_is_said_at_once() -> None:
    assert [fault.split(";")[0] for fault in key_faults("../*\t/${x}")] == [
        "it has U+0009, which nobody sees",
        "it has '*', and SageMaker knows no wildcards",
        "it has '${', and nothing fills in variables here",
        "it has a part '..', which would lead out of the channel's directory",
    ]


def test_iam_is_told_of_characters_that_would_mean_something_to_it() -> None:
    assert as_iam_text("a$b*c?d") == "a${$}b${*}c${?}d"
    assert as_iam_text("a&b=c") == "a&b=c"


PARTS = st.text(alphabet=ALLOWED, min_size=1, max_size=8)
KEYS = (
    st.lists(PARTS, min_size=1, max_size=4).map("/".join).filter(lambda key: not key_faults(key) and not is_dated(key))
)


def role_of(spec: TrainingJobSettings, **channel: str) -> list[PolicyDocument]:
    """The documents of the role that is made for one channel of staging's job, as IAM gets them."""
    made = Channel.model_validate(channel, context=BucketContext(BUCKET))
    text = policy_document(execution_permissions(spec.model_copy(update={"channels": {"training": made}}), NAMES))
    assert text.isascii(), "IAM's pattern of documents ends at U+00FF"
    return [PolicyDocument.parse("role", text)]


def reads(role: list[PolicyDocument], key: str, bucket: str = BUCKET) -> bool:
    return judge(AwsCall("s3:GetObject", f"arn:aws:s3:::{bucket}/{key}", "read"), role).allowed


def lists(role: list[PolicyDocument], prefix: str) -> bool:
    context = {"s3:prefix": prefix}
    return judge(AwsCall("s3:ListBucket", f"arn:aws:s3:::{BUCKET}", "list", context), role).allowed


def changed(key: str, place: int, character: str) -> str:
    place %= len(key)
    return key[:place] + character + key[place + 1 :]


@settings(max_examples=100, deadline=None)
@given(KEYS, st.text(min_size=1, max_size=8), st.integers(0, 99), st.characters())
@example("datasets/dt=2026-11-26/land=Österreich & Co", "a.csv", 9, "x")
@example("$a$", "*", 0, "$")
def test_a_role_reads_what_is_below_its_prefix_and_no_neighbour(
    staging: TrainingJobSettings, key: str, name: str, place: int, other: str
) -> None:
    prefix = f"{key}/"
    role = role_of(staging, s3_path=prefix)

    assert reads(role, f"{prefix}{name}")
    assert lists(role, prefix)
    neighbours = {f"{key}{other}/{name}", changed(prefix, place, other) + name, key}
    for neighbour in neighbours:
        # What the job has besides may be called like a neighbour.
        assume(not neighbour.startswith((prefix, "training-", "mlflow-artifacts/")))
        assert not reads(role, neighbour)
        assert not lists(role, neighbour)
    assert not reads(role, f"{prefix}{name}", f"{BUCKET}-2")
    assert not lists(role, "")


@settings(max_examples=100, deadline=None)
@given(KEYS, st.integers(0, 99), st.characters())
@example("datasets/land=Österreich & Co.csv", 0, "x")
def test_a_role_reads_its_one_object_and_no_neighbour(
    staging: TrainingJobSettings, key: str, place: int, other: str
) -> None:
    role = role_of(staging, s3_object=key)

    assert reads(role, key)
    assert lists(role, key)
    for neighbour in {f"{key}{other}", f"{key}/{other}", changed(key, place, other), key[:-1]} - {key}:
        assume(not neighbour.startswith(("training-", "mlflow-artifacts/")))
        assert not reads(role, neighbour)
        assert not lists(role, neighbour)


@settings(max_examples=100, deadline=None)
@given(KEYS)
def test_sagemaker_takes_every_location_that_is_allowed(key: str) -> None:
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/{key}/"}
    request = {"InputDataConfig": [{"ChannelName": "training", "DataSource": {"S3DataSource": source}}]}

    problems = check_request("sagemaker", "CreateTrainingJob", request)

    assert [problem for problem in problems if problem.path.startswith("InputDataConfig")] == []


@pytest.mark.parametrize("character", "*?$")
def test_a_character_that_means_something_is_itself_in_the_evaluation(character: str) -> None:
    statement = {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{BUCKET}/{as_iam_text(f'a{character}')}/*",
    }
    role = [PolicyDocument.parse("role", {"Version": "2012-10-17", "Statement": [statement]})]

    assert reads(role, f"a{character}/b")
    assert not reads(role, "ab/b")
    assert not reads(role, f"a${{{character}}}/b")
