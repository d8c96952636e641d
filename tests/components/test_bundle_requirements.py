"""What a bundle has installed: its requirements, and those of extras."""

import codecs
import re

import pytest

from components.package_archives import IMAGE_LOCK
from components.requirements_text import compose_requirements, text_of
from components.source_bundle import (
    REQUIREMENTS_EXTRAS,
    SourceBundleError,
    bundle_source,
    read_source_files,
)
from tests.components.bundle_files import FILES, GOLDEN_DIGEST, PROJECT_DIRECTORY


def test_the_training_code_of_the_project_has_its_entry_point_and_its_requirements() -> None:
    files = read_source_files(PROJECT_DIRECTORY / "training_code")

    assert {"train.py", "requirements.txt"} <= set(files)
    assert not [name for name in files if name.endswith((".pyc", ".in"))]


def extra_files() -> dict[str, bytes]:
    return {f"requirements-{extra}.txt": f"of-{extra}==1.0\n".encode() for extra in REQUIREMENTS_EXTRAS}


def test_without_extras_a_bundle_keeps_its_bytes() -> None:
    assert compose_requirements(FILES | extra_files()) == FILES
    assert bundle_source(compose_requirements(FILES | extra_files()), "train.py").digest == GOLDEN_DIGEST


@pytest.mark.parametrize("base", [b"mlflow-skinny==3.17.2", b"mlflow-skinny==3.17.2\n"])
def test_an_extra_is_added_to_the_requirements_and_its_own_file_left_out(base: bytes) -> None:
    composed = compose_requirements(FILES | extra_files() | {"requirements.txt": base}, ["accelerator"])

    assert composed == FILES | {"requirements.txt": b"mlflow-skinny==3.17.2\nof-accelerator==1.0\n"}


def test_an_extra_is_added_to_requirements_of_two_bytes_a_letter() -> None:
    base = codecs.BOM_UTF16_LE + "a==1\r\n".encode("utf-16-le")

    composed = compose_requirements({"requirements.txt": base} | extra_files(), ["accelerator"])

    assert text_of(composed["requirements.txt"], "requirements.txt") == "a==1\r\nof-accelerator==1.0\n"


def test_an_extra_is_all_there_is_to_install_where_nothing_else_is() -> None:
    composed = compose_requirements({"train.py": b""} | extra_files(), ["accelerator", "accelerator"])

    assert composed == {"train.py": b"", "requirements.txt": b"of-accelerator==1.0\n"}


def test_the_order_of_extras_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.requirements_text.REQUIREMENTS_EXTRAS", ("a", "b"))
    files = {"requirements-a.txt": b"a==1\n", "requirements-b.txt": b"b==1\n"}

    assert compose_requirements(files, ["b", "a"]) == compose_requirements(files, ["a", "b"])
    assert compose_requirements(files, ["b", "a"]) == {"requirements.txt": b"a==1\nb==1\n"}


def test_other_files_that_are_called_like_an_extra_stay() -> None:
    others = {"requirements-dev.txt": b"x==1\n", "package/requirements-accelerator.txt": b"y==1\n"}

    assert compose_requirements(FILES | others) == FILES | others


def test_an_extra_without_a_file_is_refused() -> None:
    with pytest.raises(SourceBundleError) as refused:
        compose_requirements(FILES, ["accelerator"])

    assert str(refused.value) == (
        "requirements-accelerator.txt is not in the source directory, and the job's settings need what it installs; "
        "copy it from this project's training_code"
    )


def pins(content: bytes) -> set[str]:
    return set(re.findall(r"^([a-z0-9._-]+)==", content.decode(), re.MULTILINE))


def test_every_extra_of_the_training_code_pins_with_hashes_what_nothing_else_pins() -> None:
    """But for protobuf, of which the image has one that is too old."""
    files = read_source_files(PROJECT_DIRECTORY / "training_code")
    extras = {name for name in files if name.startswith("requirements-")}
    locks = [pins(files[name]) for name in sorted(extras | {"requirements.txt"})]
    requirements = compose_requirements(files, REQUIREMENTS_EXTRAS)["requirements.txt"].decode()

    assert extras == {f"requirements-{extra}.txt" for extra in REQUIREMENTS_EXTRAS}
    assert all(locks)
    assert sum(map(len, locks)) == len(set[str]().union(*locks))
    assert set[str]().union(*locks) & pins(IMAGE_LOCK.read_bytes()) == {"protobuf"}
    for pin in re.split(r"^(?=[a-z0-9._-]+==)", requirements, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in pin
    assert "index-url" not in requirements
