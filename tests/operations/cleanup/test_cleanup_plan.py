"""What may be deleted, and for which reason the rest is kept."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from operations.cleanup.plan import Wanted, plan
from operations.cleanup.references import JobFacts, NeededVersion, References, Tracks, references
from operations.cleanup.roots import Kind, roots
from operations.cleanup.units import Stored, Unit, units

NOW = datetime(2026, 11, 27, tzinfo=UTC)
OLD, YOUNG = NOW - timedelta(days=31), NOW - timedelta(days=29)
BEFORE = NOW - timedelta(days=30)
PREFIX = "forest-prod"
IDS = [str(uuid.UUID(int=number, version=4)) for number in range(4)]
JOBS = [f"{PREFIX}-{each}" for each in IDS]
DIGESTS = [str(number) * 64 for number in range(4)]
SCHEDULE = "arn:aws:scheduler:us-east-1:123456789012:schedule/forest-prod/forest-prod"


def request(digest: str = DIGESTS[0], packages: str = DIGESTS[0], **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    """A schedule's target input, as far as places go."""
    return {
        "TrainingJobName": f"{PREFIX}-<aws.scheduler.execution-id>",
        "HyperParameters": {"sagemaker_submit_directory": f"s3://b/training-code/{PREFIX}/{digest}/sourcedir.tar.gz"},
        "InputDataConfig": [
            channel("training", "s3://b/datasets/"),
            channel("packages", f"s3://b/packages/{packages}/"),
        ],
        "OutputDataConfig": {"S3OutputPath": "s3://b/outputs/"},
        "CheckpointConfig": {"S3Uri": f"s3://b/checkpoints/{PREFIX}/<aws.scheduler.execution-id>/"},
        "Environment": {"DELIVERIES_URI": f"s3://b/outputs/{PREFIX}/deliveries/"},
        **changes,
    }


def channel(name: str, uri: str) -> dict[str, Any]:
    return {"ChannelName": name, "DataSource": {"S3DataSource": {"S3Uri": uri}}}


ROOTS = {root.kind: root for root in roots(PREFIX, request())}


def unit(kind: Kind, name: str, modified: datetime = OLD, job: str = "", file: str = "output/model.tar.gz") -> Unit:
    root = ROOTS[kind]
    key = root.prefix + name + ("" if kind is Kind.DELIVERY else f"/{file}")
    (made,) = units(root, [Stored(key, 10, modified)])
    return Unit(root, made.name, made.objects, job or made.job)


def kept(made: Unit, refers: References, *others: Unit, **wanted: bool) -> str:
    """Why it is kept; "" where it would be deleted."""
    judged = plan([made, *others], refers, Wanted(BEFORE, **wanted))
    if made in judged.delete:
        return ""
    ((reason, _),) = [item for item in judged.kept.items() if item[0][0] is made.kind]
    return reason[1]


def of_job(status: str | None = "Completed", **changes: Any) -> References:  # noqa: ANN401 - members of JobFacts
    return References(facts={JOBS[0]: JobFacts(status, **changes)})


def test_a_schedules_request_says_where_its_jobs_leave_something() -> None:
    assert {kind: (root.bucket, root.prefix, root.listed) for kind, root in ROOTS.items()} == {
        Kind.OUTPUT: ("b", "outputs/", f"outputs/{PREFIX}-"),
        Kind.CHECKPOINT: ("b", f"checkpoints/{PREFIX}/", f"checkpoints/{PREFIX}/"),
        Kind.BUNDLE: ("b", f"training-code/{PREFIX}/", f"training-code/{PREFIX}/"),
        Kind.PACKAGES: ("b", "packages/", "packages/"),
        Kind.DELIVERY: ("b", f"outputs/{PREFIX}/deliveries/", f"outputs/{PREFIX}/deliveries/"),
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"OutputDataConfig": {"S3OutputPath": "s3://b/"}},
        {"CheckpointConfig": {"S3Uri": "s3://b/checkpoints/"}},
        {"HyperParameters": {"sagemaker_submit_directory": "s3://b/sourcedir.tar.gz"}},
        {"HyperParameters": {"sagemaker_submit_directory": f"s3://b/code/other/{DIGESTS[0]}/sourcedir.tar.gz"}},
        {"InputDataConfig": [channel("packages", f"s3://b/{DIGESTS[0]}/")]},
        {"Environment": {"DELIVERIES_URI": "s3://b/deliveries/"}},
    ],
)
def test_what_is_not_where_the_component_puts_it_is_left_alone(changes: dict[str, Any]) -> None:
    assert len(list(roots(PREFIX, request(**changes)))) == 4


@pytest.mark.parametrize(
    "key",
    [
        "outputs/forest-prod-daily-" + IDS[0] + "/output/model.tar.gz",
        "outputs/other-" + IDS[0] + "/output/model.tar.gz",
        "outputs/forest-prod-by-hand/output/model.tar.gz",
        "outputs/" + JOBS[0],
        "elsewhere/" + JOBS[0] + "/output/model.tar.gz",
        "outputs/forest-prod/deliveries/forest-prod/2026-10-01T03:00:00Z.json",
    ],
)
def test_what_no_job_of_this_prefix_has_left_is_not_seen(key: str) -> None:
    assert units(ROOTS[Kind.OUTPUT], [Stored(key, 1, OLD)]) == []


def test_a_thing_is_as_old_as_the_newest_of_its_objects() -> None:
    prefix = f"outputs/{JOBS[0]}/output/"
    (made,) = units(ROOTS[Kind.OUTPUT], [Stored(f"{prefix}a", 1, OLD), Stored(f"{prefix}b", 2, YOUNG)])

    assert (made.job, made.size, made.modified) == (JOBS[0], 3, YOUNG)
    assert kept(made, of_job("Failed")) == "younger than asked for"


@pytest.mark.parametrize(
    ("refers", "reason"),
    [
        (of_job("Failed"), ""),
        (of_job("Stopped"), ""),
        (of_job("InProgress"), "its job is running"),
        (of_job("Stopping"), "its job is running"),
        (of_job(), "its job completed, and has no version: its model may be used (--unregistered)"),
        (of_job(None), "SageMaker does not know its job any more: nobody can tell what it is"),
        (References(), "its job was not looked at"),
        (of_job(tracks=Tracks.NOWHERE), "its job tracks nowhere: nobody can tell whether its model is used"),
        (
            of_job("Failed", tracks=Tracks.ELSEWHERE),
            "its job tracks in another MLflow than the stack's: nobody can tell whether its model is used",
        ),
        (
            of_job("Failed", is_afterwards=True),
            "it may hold a model that is not registered yet (training-jobs register)",
        ),
        (References((NeededVersion("m", "1", JOBS[0]),)), "a registered version is from it"),
    ],
)
def test_an_output_is_kept_for_its_job_and_its_version(refers: References, reason: str) -> None:
    assert kept(unit(Kind.OUTPUT, JOBS[0]), refers) == reason


def test_an_output_of_a_second_delivery_is_nobodys() -> None:
    invocation = (SCHEDULE, "2026-10-01T03:00:00Z")
    other = NeededVersion("m", "1", JOBS[1], invocation)
    refers = References((other,), facts={JOBS[0]: JobFacts("Completed", invocation=invocation)})

    assert kept(unit(Kind.OUTPUT, JOBS[0]), refers) == ""


def test_a_record_that_waits_to_be_registered_is_kept_until_it_has_a_version() -> None:
    record = unit(Kind.OUTPUT, JOBS[0], file="output/output.tar.gz")

    assert kept(record, of_job("Failed")) == "it may hold a model that is not registered yet (training-jobs register)"


def test_a_model_without_a_version_is_deleted_only_where_that_is_asked_for() -> None:
    assert kept(unit(Kind.OUTPUT, JOBS[0]), of_job(), unregistered=True) == ""


@pytest.mark.parametrize(
    ("refers", "reason"),
    [
        (of_job(), ""),
        (of_job(None), ""),
        (of_job("InProgress"), "its job is running"),
        (References(), "its job was not looked at"),
    ],
)
def test_a_checkpoint_is_kept_while_its_job_may_start_again(refers: References, reason: str) -> None:
    assert kept(unit(Kind.CHECKPOINT, IDS[0]), refers) == reason


def test_bundles_are_kept_for_schedules_running_jobs_and_versions() -> None:
    versions = [NeededVersion("m", "1", JOBS[0], bundle_digest=DIGESTS[1])]
    refers = references({"schedule s": request(DIGESTS[0])}, versions, {}, {}, {})

    assert kept(unit(Kind.BUNDLE, DIGESTS[0]), refers) == "schedule s reads it"
    assert kept(unit(Kind.BUNDLE, DIGESTS[1]), refers) == (
        "a deployed schedule, a running job or a registered version needs it"
    )
    assert kept(unit(Kind.BUNDLE, DIGESTS[2]), refers) == ""


def test_where_a_version_does_not_say_its_bundle_none_is_deleted_unless_sagemaker_does() -> None:
    silent = [NeededVersion("m", "1", JOBS[0])]

    unknown = references({}, silent, {}, {JOBS[0]: None}, {})
    assert kept(unit(Kind.BUNDLE, DIGESTS[2]), unknown) == "version 1 of m does not say which bundle it is from"
    told = references({}, silent, {}, {JOBS[0]: request(DIGESTS[2])}, {})
    assert kept(unit(Kind.BUNDLE, DIGESTS[2]), told) == "version 1 of m reads it"
    assert kept(unit(Kind.BUNDLE, DIGESTS[3]), told) == ""


def test_packages_are_deleted_only_where_that_is_asked_for_and_no_version_needs_them() -> None:
    versions = [NeededVersion("m", "1", JOBS[0], bundle_digest=DIGESTS[0])]
    told = references({}, versions, {}, {JOBS[0]: request(packages=DIGESTS[1])}, {})
    gone = references({}, versions, {}, {JOBS[0]: None}, {})
    spare = unit(Kind.PACKAGES, DIGESTS[3])

    assert kept(spare, told) == "others may share it (--packages)"
    assert kept(spare, told, packages=True) == ""
    assert kept(unit(Kind.PACKAGES, DIGESTS[1]), told, packages=True) == "version 1 of m reads it"
    assert kept(spare, gone, packages=True) == "SageMaker does not tell what version 1 of m came with"


def test_versions_of_one_name_and_number_on_two_servers_are_two() -> None:
    versions = [NeededVersion("m", "1", job, bundle_digest=DIGESTS[0]) for job in JOBS[:2]]
    described = {JOBS[0]: request(packages=DIGESTS[1]), JOBS[1]: request(packages=DIGESTS[2])}
    refers = references({}, versions, {}, described, {})

    for digest in DIGESTS[1:3]:
        assert kept(unit(Kind.PACKAGES, digest), refers, packages=True) == "version 1 of m reads it"


def test_the_word_of_a_delivery_is_kept_as_long_as_its_model() -> None:
    word = unit(Kind.DELIVERY, "forest-prod/2026-10-01T03:00:00Z.json", job=JOBS[0])
    nobodys = unit(Kind.DELIVERY, "forest-prod/2026-10-01T03:00:00Z.json")

    assert kept(word, References(), unit(Kind.OUTPUT, JOBS[0])) == "its model is there"
    assert kept(word, References(), unit(Kind.OUTPUT, JOBS[1])) == ""
    assert kept(nobodys, References()) == "it does not say which job delivered"


def test_what_a_schedule_reads_is_kept_wherever_it_lies() -> None:
    reads = request(InputDataConfig=[channel("model", f"s3://b/outputs/{JOBS[0]}/output/")])
    refers = references({"schedule s": reads}, [], {JOBS[0]: JobFacts("Failed")}, {}, {})
    store = references({}, [], {JOBS[0]: JobFacts("Failed")}, {}, {"s3://b/outputs/": "MLflow"})

    assert kept(unit(Kind.OUTPUT, JOBS[0]), refers) == "schedule s reads it"
    assert kept(unit(Kind.OUTPUT, JOBS[0]), store) == "MLflow reads it"
