import re

import pytest

from components.package_archives import (
    IMAGE_LOCK,
    IMPORTED_FROM_IMAGE,
    PackageArchive,
    Target,
    is_packages_channel,
    package_archives,
)
from components.source_bundle import SourceBundleError

PIN = b"six==1.17.0 \\\n    --hash=sha256:" + b"a" * 64 + b"\n"
FILES = {"train.py": b"", "requirements.txt": PIN, "requirements-cluster.txt": PIN.replace(b"six", b"dask")}


def digests(archives: tuple[PackageArchive, ...]) -> list[str]:
    return [archive.digest for archive in archives]


def test_there_is_an_archive_of_the_requirements_and_one_of_each_extra() -> None:
    archives = package_archives(FILES, ["cluster"])

    assert [archive.channel for archive in archives] == ["packages", "packages-cluster"]
    assert len(set(digests(archives))) == 2


def test_an_archive_is_named_by_what_it_is_made_from() -> None:
    (archive,) = package_archives(FILES)

    assert archive.uri("s3://bucket/code/packages/") == f"s3://bucket/code/packages/{archive.digest}/"
    assert len(archive.digest) == 64


def test_a_changed_script_and_a_comment_change_no_archive() -> None:
    changed = FILES | {"train.py": b"print()", "requirements.txt": b"# by uv\n" + PIN + b"    # via nothing\n"}

    assert digests(package_archives(changed)) == digests(package_archives(FILES))


@pytest.mark.parametrize("lock", [PIN.replace(b"1.17.0", b"1.17.1"), PIN.replace(b"aaa", b"aab"), PIN + PIN])
def test_another_lock_is_another_archive(lock: bytes) -> None:
    assert digests(package_archives(FILES | {"requirements.txt": lock})) != digests(package_archives(FILES))


@pytest.mark.parametrize("target", [Target("3.13"), Target("3.12", "")])
def test_another_python_is_another_archive(target: Target) -> None:
    assert digests(package_archives(FILES, (), target)) != digests(package_archives(FILES))


def test_the_base_archive_alone_has_the_images_packages_compiled() -> None:
    base, cluster = package_archives(FILES, ["cluster"])

    names = {line.partition("==")[0] for line in base.of_image.splitlines()}
    assert names == IMPORTED_FROM_IMAGE
    assert "--hash=sha256:" in base.of_image
    assert cluster.of_image == ""


def test_what_is_compiled_of_the_image_is_in_the_image() -> None:
    held = {line.partition("==")[0] for line in IMAGE_LOCK.read_text().splitlines() if "==" in line}

    assert held > IMPORTED_FROM_IMAGE


@pytest.mark.parametrize("extra", ["", "accelerator"])
def test_a_missing_lock_is_named(extra: str) -> None:
    name = f"requirements-{extra}.txt" if extra else "requirements.txt"

    with pytest.raises(SourceBundleError) as refused:
        package_archives({key: value for key, value in FILES.items() if key != name}, [extra] if extra else [])

    assert str(refused.value) == (
        f"{name} is not in the source directory, and the packages that travel with the job are those it names; put it "
        f"there, or set source.packages to pip"
    )


@pytest.mark.parametrize("loose", [b"six\n", b"six>=1\n", b"six==1.17.0\n"])
def test_a_requirement_without_a_hash_is_refused(loose: bytes) -> None:
    with pytest.raises(SourceBundleError) as refused:
        package_archives(FILES | {"requirements.txt": PIN.replace(b"six", b"dask") + loose})

    assert str(refused.value) == (
        f"requirements.txt in the source directory names {loose.decode().split()[0]!r} without a hash; allowed: pinned "
        f"versions with hashes, as `uv pip compile --generate-hashes` writes; or set source.packages to pip"
    )


@pytest.mark.parametrize(
    ("loose", "shown"),
    [
        ("--index-url=https://me:hunter2@h/simple", "--index-url=https://"),
        ("--index-url https://me:hunter2@h/simple", "--index-url"),
        ("-ihttps://me:hunter2@h/simple", "-ihttps://"),
        ("six@https://me:hunter2@h/six.whl", "six"),
        ("git+https://hunter2@h/six.git", "git+https://"),
    ],
)
def test_an_address_may_hold_a_password_and_is_not_repeated(loose: str, shown: str) -> None:
    with pytest.raises(
        SourceBundleError, match=rf"names '{re.escape(shown)}' without a hash; allowed: pinned"
    ) as refused:
        package_archives(FILES | {"requirements.txt": loose.encode()})

    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "is_one"), [("packages", True), ("packages-cluster", True), ("training", False), ("packages2", False)]
)
def test_a_channel_with_packages_is_known_by_its_name(name: str, is_one: bool) -> None:
    assert is_packages_channel(name) is is_one
