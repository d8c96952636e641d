"""The small class registers what the SDK's own does, and spares a program all of the SDK's S3."""

import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import pulumi
import pulumi_aws as aws
import pytest

from components.bucket_object import TYPE_TOKEN, BucketObject

Declare = Callable[..., Any]
Declared = Annotated[Any, "conftest.Declared"]
ROOT = Path(__file__).parents[2]
WHAT = {"bucket": "ml-data", "key": "code/sourcedir.tar.gz", "content_type": "application/gzip", "tags": {"team": "ml"}}


def declared_by(kind: Callable[..., pulumi.Resource], declare: Declare) -> Any:  # noqa: ANN401 - of conftest
    def program() -> None:
        kind(
            "bundle",
            **WHAT,
            source=pulumi.FileAsset("sourcedir.tar.gz"),
            opts=pulumi.ResourceOptions(ignore_changes=["source"], retain_on_delete=True),
        )

    return declare(program).one(TYPE_TOKEN)


def test_it_registers_what_the_sdks_class_registers(declare: Declare) -> None:
    ours, theirs = (declared_by(kind, declare) for kind in (BucketObject, aws.s3.BucketObjectv2))

    assert ours == theirs
    assert ours.version.strip() == version("pulumi-aws"), "or the engine starts two providers"


@pytest.mark.slow
def test_the_component_does_not_load_the_sdks_s3() -> None:
    asked = "print('pulumi_aws.s3.bucket' in sys.modules, 'pulumi_aws.iam.role' in sys.modules)"
    program = f"import sys, components.scheduled_training_job as ours; ours.aws.iam.Role; {asked}"

    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout == "False True\n"
