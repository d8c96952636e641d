"""`training-jobs reproduce`, on the servers that a whole rehearsal has left."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from operations.reproducing.comparison import ReproductionError
from operations.reproducing.reproducing import require_repeatable
from rehearsal.aws_clients import AwsClients
from rehearsal.running.model_registry import model_versions
from tests.operations.projects import (
    change,
    copy_project,
    draw_no_pictures,
    left_in_temporary_files,
    require_container,
    training_jobs,
)

BUCKET, NAME = "ml-platform-staging-ml-bucket", "breast-cancer-staging"


@dataclass(frozen=True)
class Rehearsed:
    """A rehearsal that was kept, and the run that it recorded."""

    project: Path
    clients: AwsClients
    tracking_uri: str
    run_id: str
    output: str
    """What the rehearsal printed."""

    def reproduce(self, run_id: str) -> tuple[int, str, str]:
        done = training_jobs(self.project, "reproduce", run_id, "--rehearsal")
        return done.returncode, done.stdout, done.stderr

    def state(self) -> tuple[Any, ...]:
        """All that a reproduction could have written to."""
        objects = self.clients.s3.list_objects_v2(Bucket=BUCKET)["Contents"]
        jobs = self.clients.sagemaker.list_training_jobs()["TrainingJobSummaries"]
        return (
            [(each["Key"], each["ETag"], each["LastModified"]) for each in objects],
            [each["TrainingJobName"] for each in jobs],
            model_versions(self.tracking_uri, NAME),
        )

    def keys(self, start: str) -> list[str]:
        return [each["Key"] for each in self.clients.s3.list_objects_v2(Bucket=BUCKET, Prefix=start)["Contents"]]


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsed]:
    require_container()
    with kept_rehearsal(copy_project(tmp_path_factory.mktemp("reproduce") / "project")) as kept:
        yield kept


@contextmanager
def kept_rehearsal(project: Path) -> Iterator[Rehearsed]:
    draw_no_pictures(project)
    try:
        done = training_jobs(project, "rehearse", "--keep")
        addresses = dict(re.findall(r"^(MLflow|embedded AWS) +(http://127\.0\.0\.1:\d+)$", done.stdout, re.MULTILINE))
        run = re.search(r"/runs/(\w+)\?workflowType=machine_learning$", done.stdout, re.MULTILINE)
        assert run is not None, done.stdout + done.stderr
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        clients = AwsClients(addresses["embedded AWS"], "us-east-1")
        yield Rehearsed(project, clients, addresses["MLflow"], run[1], done.stdout)
    finally:
        training_jobs(project, "rehearse", "--stop")


SAME = {
    "data": "yes",
    "source bundle": "yes",
    "image": "not compared",
    "package versions": "yes",
    "settings": "yes",
    "trees": "yes",
    "predictions": "yes",
    "metrics": "yes",
}


def verdicts(output: str) -> dict[str, str]:
    """What the table says of each line, in its order."""
    return dict(re.findall(r"^│ (\w[\w ]*?) +│.*│ (yes|no|not compared) +│$", output, re.MULTILINE))


@pytest.mark.slow
def test_the_same_data_gives_the_same_model_and_nothing_is_written(rehearsed: Rehearsed) -> None:
    before = rehearsed.state()

    code, output, errors = rehearsed.reproduce(rehearsed.run_id)

    assert (code, errors) == (0, ""), output + errors
    assert output.endswith("\nreproduced: the same trees and predictions\n")
    assert verdicts(output) == SAME
    assert list(verdicts(output)) == list(SAME)
    (job,) = rehearsed.clients.sagemaker.list_training_jobs()["TrainingJobSummaries"]
    described = rehearsed.clients.sagemaker.describe_training_job(TrainingJobName=job["TrainingJobName"])
    image = described["AlgorithmSpecification"]["TrainingImage"]
    assert re.search(r"^│ image +│ sagemaker-scikit-learn:1\S+ +│ \.venv-container +│", output, re.MULTILINE)
    assert (
        f"\nnot compared: the training image {image}, which is not run here: .venv-container stands in for it; the "
        "package versions that the run recorded are the same\n" in output
    )
    assert rehearsed.state() == before
    assert left_in_temporary_files(rehearsed.project) == []


@pytest.mark.slow
def test_one_changed_byte_of_the_data_is_told(rehearsed: Rehearsed) -> None:
    (key,) = rehearsed.keys("datasets/training/")
    content = rehearsed.clients.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    label = content.index(b"\n", content.index(b"\n") + 1) - 1
    other = b"1" if content[label : label + 1] == b"0" else b"0"
    changed = content[:label] + other + content[label + 1 :]
    rehearsed.clients.s3.put_object(Bucket=BUCKET, Key=key, Body=changed)
    before = rehearsed.state()
    try:
        code, output, errors = rehearsed.reproduce(rehearsed.run_id)
        assert rehearsed.state() == before
    finally:
        rehearsed.clients.s3.put_object(Bucket=BUCKET, Key=key, Body=content)

    assert (code, errors) == (1, ""), output + errors
    last = output.splitlines()[-1]
    told = re.fullmatch(
        r"not reproduced: channel training has changed since: digest ([0-9a-f]{12}) then, ([0-9a-f]{12}) now", last
    )
    assert told is not None, last
    assert told[1] != told[2]
    assert re.search(rf"^│ data +│ {told[1]} +│ {told[2]} +│ no +│$", output, re.MULTILINE), output


@pytest.mark.slow
def test_an_unknown_run_is_one_message(rehearsed: Rehearsed) -> None:
    unknown = "0" * 32

    code, _, errors = rehearsed.reproduce(unknown)

    assert (code, errors) == (
        1,
        f"error: run {unknown} is not in MLflow at {rehearsed.tracking_uri}; a version of a registered model names its "
        "run as run_id\n",
    )


@pytest.mark.slow
def test_a_bundle_that_is_gone_is_named(rehearsed: Rehearsed) -> None:
    (key,) = rehearsed.keys(f"training-code/{NAME}/")
    content = rehearsed.clients.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    (version,) = model_versions(rehearsed.tracking_uri, NAME)
    rehearsed.clients.s3.delete_object(Bucket=BUCKET, Key=key)
    try:
        code, _, errors = rehearsed.reproduce(rehearsed.run_id)
    finally:
        rehearsed.clients.s3.put_object(Bucket=BUCKET, Key=key, Body=content)

    assert (code, errors) == (
        1,
        f"error: the source bundle s3://{BUCKET}/{key} of training job {version.tags['training_job_name']} cannot be "
        "read: it is not there any more; restore it, from another version of the object or a backup\n",
    )


@pytest.mark.slow
def test_without_a_container_environment_the_message_says_how_to_have_one(rehearsed: Rehearsed) -> None:
    link = rehearsed.project / ".venv-container"
    target = link.readlink()
    link.unlink()
    try:
        code, output, errors = rehearsed.reproduce(rehearsed.run_id)
    finally:
        link.symlink_to(target)

    assert (code, output) == (1, "")
    assert errors == f"error: no container environment: {link}/bin/train is missing; run `make install`\n"


@pytest.mark.slow
def test_a_stack_of_two_hosts_registers_one_version_and_what_they_grew_is_grown_again_by_one(tmp_path: Path) -> None:
    require_container()
    project = copy_project(tmp_path / "project")
    change(project, "staging", "instance_count: 1", "instance_count: 2")
    caps = project / "policies" / "staging.json"
    caps.write_text(caps.read_text().replace('"maxInstanceCount": 1', '"maxInstanceCount": 2'))
    with kept_rehearsal(project) as two:
        code, output, errors = two.reproduce(two.run_id)

    assert "growing on 2 of 2 hosts with" in two.output
    assert two.output.count("registered: version ") == 1
    assert "registered: version 1 of breast-cancer-staging" in two.output
    assert (code, errors) == (0, ""), output + errors
    assert "train again in .venv-container, on this machine (one host for the 2 it ran on)\n" in output
    assert verdicts(output) == SAME
    assert output.endswith("\nreproduced: the same trees and predictions\n")


TWO_HOSTS: dict[str, Any] = {
    "TrainingJobName": "job-1",
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 30},
    "HyperParameters": {"sagemaker_submit_directory": "s3://bucket/sourcedir.tar.gz", "accelerator": "none"},
    "InputDataConfig": [
        {
            "ChannelName": "training",
            "DataSource": {"S3DataSource": {"S3Uri": "s3://bucket/d/", "S3DataDistributionType": "FullyReplicated"}},
        }
    ],
}
SHARDED = {"S3DataSource": {"S3Uri": "s3://bucket/d/", "S3DataDistributionType": "ShardedByS3Key"}}


def test_what_several_hosts_trained_together_can_be_repeated() -> None:
    require_repeatable(TWO_HOSTS)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"HyperParameters": {"sagemaker_submit_directory": "/opt/ml/input/data/code/sourcedir.tar.gz"}},
            "training job job-1 has no source bundle in S3 (sagemaker_submit_directory is "
            "'/opt/ml/input/data/code/sourcedir.tar.gz'): its code is its image's",
        ),
        (
            {"HyperParameters": TWO_HOSTS["HyperParameters"] | {"accelerator": "intelex"}},
            "training job job-1 ran on 2 instances with the accelerator intelex, which grows on one: what several "
            "instances made with it cannot be repeated; name a run of one instance, or without accelerator",
        ),
        (
            {"InputDataConfig": [{"ChannelName": "training", "DataSource": SHARDED}]},
            "training job job-1 ran on 2 instances that had some of the objects each (channel training: "
            "ShardedByS3Key), and which ones is not recorded: that cannot be repeated; name a run whose channels are "
            "FullyReplicated",
        ),
    ],
)
def test_what_cannot_be_repeated_is_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ReproductionError) as caught:
        require_repeatable(TWO_HOSTS | changed)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "changed",
    [
        {"HyperParameters": TWO_HOSTS["HyperParameters"] | {"accelerator": "intelex"}},
        {"InputDataConfig": [{"ChannelName": "training", "DataSource": SHARDED}]},
    ],
)
def test_what_only_several_hosts_cannot_repeat_is_repeated_of_one(changed: dict[str, Any]) -> None:
    require_repeatable(TWO_HOSTS | changed | {"ResourceConfig": {"InstanceCount": 1}})
