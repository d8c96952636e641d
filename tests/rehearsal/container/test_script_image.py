"""What stands in for a job's image, by what lies beside its script."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from components import environment_building
from components.environment_building import ScriptEnvironment, environment_directory, image_lock, toolkit_lock
from components.source_bundle import bundle_source
from rehearsal.container.script_image import ScriptImage, image_of
from rehearsal.errors import ContainerError

SCIKIT_LEARN = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3"
OWN = "123456789012.dkr.ecr.us-east-1.amazonaws.com/boosting:1.2-cpu-py310"
LOCK = "six==1.17.0 --hash=sha256:" + "a" * 64 + "\n"
IMAGE = "wheel==0.45.1 --hash=sha256:" + "b" * 64 + "\n"


class Bucket:
    """S3 with the one bundle."""

    def __init__(self, files: Mapping[str, str]) -> None:
        named = {name: text.encode() for name, text in {"fit.py": "", **files}.items()}
        self._content = bundle_source(named, "fit.py").content

    def get_object(self, **_: str) -> dict[str, Any]:
        from io import BytesIO

        return {"Body": BytesIO(self._content)}


@pytest.fixture
def cache(tmp_path: Path) -> dict[str, str]:
    return {"XDG_CACHE_HOME": str(tmp_path)}


def request(uri: str, *channels: str) -> dict[str, Any]:
    return {
        "AlgorithmSpecification": {"TrainingImage": uri},
        "HyperParameters": {"sagemaker_submit_directory": "s3://bucket/code/sourcedir.tar.gz"},
        "InputDataConfig": [{"ChannelName": name} for name in ("training", *channels)],
    }


def made(environment: ScriptEnvironment, cache: Mapping[str, str]) -> Path:
    """As if it were in the cache already."""
    place = environment_directory(environment, cache)
    place.mkdir(parents=True)
    (place / "made").touch()
    return place


def found(files: Mapping[str, str], uri: str, cache: Mapping[str, str], *channels: str) -> ScriptImage:
    installed = Path(__file__).parents[3] / ".venv-container"
    return image_of(Bucket(files), request(uri, *channels), installed, cache, pytest.fail)  # type: ignore[arg-type]


def test_a_lock_beside_the_script_is_put_over_what_the_image_is_known_to_hold(cache: dict[str, str]) -> None:
    place = made(ScriptEnvironment(image_lock(), LOCK), cache)

    assert found({"requirements.txt": LOCK}, SCIKIT_LEARN, cache) == ScriptImage(
        place, "requirements.txt over the image's packages, Python 3.12"
    )


@pytest.mark.parametrize(
    ("files", "uri", "channels"),
    [
        ({}, SCIKIT_LEARN, ()),
        ({}, SCIKIT_LEARN, ("packages",)),
        ({"growing/forest.py": "", "requirements.txt": LOCK}, OWN, ()),
    ],
)
def test_without_a_lock_and_for_the_shipped_code_it_is_what_is_installed(
    cache: dict[str, str], files: dict[str, str], uri: str, channels: tuple[str, ...]
) -> None:
    assert found(files, uri, cache, *channels).environment.name == ".venv-container"


def test_of_the_shipped_code_the_image_that_is_stood_in_for_is_named(cache: dict[str, str]) -> None:
    told = found({"growing/forest.py": ""}, OWN, cache).told

    assert told.startswith("the packages of sagemaker-scikit-learn:1.9-0-cpu-py3 in place of boosting:1.2-cpu-py310, ")
    assert found({"growing/forest.py": ""}, SCIKIT_LEARN, cache).told != told


def test_of_another_image_its_own_lock_says_what_it_holds(cache: dict[str, str]) -> None:
    place = made(ScriptEnvironment(toolkit_lock() + IMAGE, LOCK), cache)

    assert found({"requirements.txt": LOCK, "image-requirements.txt": IMAGE}, OWN, cache) == ScriptImage(
        place,
        "image-requirements.txt and requirements.txt in place of boosting:1.2-cpu-py310, Python 3.12, not the image's "
        "Python 3.10",
    )


def test_with_the_scripts_lock_alone_it_is_put_over_the_toolkit(cache: dict[str, str]) -> None:
    place = made(ScriptEnvironment(toolkit_lock(), LOCK), cache)

    assert found({"requirements.txt": LOCK}, OWN, cache).environment == place
    assert "sagemaker-training==" in toolkit_lock()
    assert "pandas==" not in toolkit_lock()


def test_of_an_image_of_which_nothing_is_known_the_cure_is_said(cache: dict[str, str]) -> None:
    with pytest.raises(ContainerError) as refused:
        found({}, OWN, cache)

    assert str(refused.value) == (
        f"nothing is known here of what the image {OWN} holds: put its packages into image-requirements.txt beside the "
        "script, or all that the script imports into requirements.txt, both with pinned versions (docs/own-code.md)"
    )


def test_another_lock_is_another_environment_and_the_same_one_is_the_same() -> None:
    one, other = ScriptEnvironment(IMAGE, LOCK), ScriptEnvironment(IMAGE, LOCK.replace("1.17", "1.16"))

    assert one.digest == ScriptEnvironment(IMAGE, LOCK).digest
    assert one.digest != other.digest
    assert (one.is_locked, one.loose) == (True, ())


def test_what_has_no_version_is_named() -> None:
    environment = ScriptEnvironment("", "# mine\nsix\nwheel==0.45.1\npandas>=2 # any\n")

    assert (environment.is_locked, environment.loose) == (False, ("six", "pandas>=2"))


def test_an_address_may_hold_a_password_and_is_not_named() -> None:
    environment = ScriptEnvironment("", "six@https://me:hunter2@h/six==1.whl\ngit+https://hunter2@h/own.git\n")

    assert environment.loose == ("six", "git+https://")


def test_an_environment_that_cannot_be_made_names_the_requirement_and_leaves_nothing_that_counts(
    cache: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    environment = ScriptEnvironment("", "six==0.0.0.1\n", ".".join(map(str, sys.version_info[:2])))
    offline = {**cache, "PATH": "/usr/bin:/bin", "UV_OFFLINE": "1", "UV_CACHE_DIR": cache["XDG_CACHE_HOME"]}

    with pytest.raises(environment_building.PackagesError, match=r"cannot be made: .*six"):
        environment_building.provide_environment(environment, offline, lambda _: None)

    assert not environment_building.is_made(environment, offline)


def test_files_that_requirements_include_are_a_part_of_the_environment(cache: dict[str, str]) -> None:
    place = made(ScriptEnvironment(image_lock(), "-r base.txt\n", included={"base.txt": LOCK}), cache)

    assert found({"requirements.txt": "-r base.txt\n", "base.txt": LOCK}, SCIKIT_LEARN, cache).environment == place


def test_a_package_that_the_toolkit_would_build_is_refused_with_the_cure(cache: dict[str, str]) -> None:
    with pytest.raises(ContainerError, match=r"setup\.py beside the script makes the toolkit install the directory"):
        found({"setup.py": "", "requirements.txt": LOCK}, SCIKIT_LEARN, cache)
