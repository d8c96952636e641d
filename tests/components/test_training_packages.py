"""What TrainingPackages declares: each archive once, with a content that is no reason for a change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import pulumi
import pytest

from components.package_archives import PackageArchive, Target
from components.package_building import cache_directory
from components.training_packages import TrainingPackages

Declare = Callable[..., Any]
Declared = Annotated[Any, "conftest.Declared"]
OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2"
BASE, OTHER = "s3://bucket/training-code/packages/", "s3://bucket/other/packages/"
ARCHIVES = tuple(PackageArchive(name, f"{name}==1\n", "", Target("3.99")) for name in ("packages", "packages-cluster"))
TAGS = {"team": "ml-platform"}


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache that has both archives."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for archive in ARCHIVES:
        directory = cache_directory({"XDG_CACHE_HOME": str(tmp_path)}) / archive.digest
        directory.mkdir(parents=True)
        (directory / "packages.zip").write_bytes(b"made before")
    return tmp_path


def program(*pairs: tuple[str, PackageArchive]) -> Callable[[], None]:
    return lambda: TrainingPackages("packages", pairs, TAGS) and None


@pytest.mark.usefixtures("cache")
def test_an_archive_that_several_jobs_bring_is_one_object(declare: Declare) -> None:
    declared = declare(program((BASE, ARCHIVES[0]), (BASE, ARCHIVES[1]), (BASE, ARCHIVES[0])))

    objects = [each for each in declared.resources if each.type == OBJECT]
    assert sorted(each.inputs["key"] for each in objects) == sorted(
        f"training-code/packages/{archive.digest}/packages.zip" for archive in ARCHIVES
    )
    assert {each.inputs["bucket"] for each in objects} == {"bucket"}
    assert all(each.retain_on_delete for each in objects), "a job that starts again needs what it names"


@pytest.mark.usefixtures("cache")
def test_the_same_archive_below_another_prefix_is_an_object_of_its_own(declare: Declare) -> None:
    declared = declare(program((BASE, ARCHIVES[0]), (OTHER, ARCHIVES[0])))

    assert len([each for each in declared.resources if each.type == OBJECT]) == 2


@pytest.mark.usefixtures("cache")
def test_what_is_uploaded_is_what_the_cache_has(declare: Declare) -> None:
    content = declare(program((BASE, ARCHIVES[0]))).one(OBJECT).inputs["source"]

    assert Path(content["path"]).read_bytes() == b"made before"


def test_a_preview_makes_no_archive(declare: Declare, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    content = declare(program((BASE, ARCHIVES[0])), preview=True).one(OBJECT).inputs["source"]

    assert content["text"] == f"packages {ARCHIVES[0].digest}, which are made when the stack is updated"
    assert list(tmp_path.iterdir()) == []


def test_an_update_without_an_archive_and_without_the_images_python_says_what_to_install(
    declare: Declare, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("UV_OFFLINE", "1")

    with pytest.raises(
        pulumi.RunError, match=r"^the archive packages of packages cannot be made: no Python 3\.99 runs"
    ):
        declare(program((BASE, ARCHIVES[0])))
