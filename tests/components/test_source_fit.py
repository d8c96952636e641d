"""Which channels, packages and hosts fit the code of a job."""

from typing import Any

import pytest

from tests.components.good_job import refusals, validate, with_change


def test_a_stream_is_for_code_of_ones_own() -> None:
    values = with_change("channels/training/input_mode", "Pipe")

    assert refusals(values) == [
        (
            "",
            "channels.training.input_mode: got 'Pipe'; allowed with source.directory training_code: File, FastFile, "
            "because that code reads files",
        )
    ]
    values["source"] = {"directory": "mine"}
    assert validate(values).channels["training"].input_mode == "Pipe"


def test_only_a_job_of_several_hosts_installs_dask() -> None:
    of_several = validate(with_change("resources/instance_count", 2))
    assert "cluster" not in validate(with_change("resources/instance_count", 1)).requirements_extras
    assert "cluster" in of_several.requirements_extras


def with_source(**source: str) -> dict[str, Any]:
    return with_change("source", source)


@pytest.mark.parametrize("name", ["packages", "packages-accelerator", "packages-cluster"])
@pytest.mark.parametrize("source", [{}, {"packages": "pip"}, {"directory": "own_code", "packages": "archive"}])
def test_a_channel_of_data_is_not_named_like_packages(name: str, source: dict[str, str]) -> None:
    values = with_source(**source)
    values["channels"][name] = {"s3_path": "datasets/other/"}

    assert refusals(values) == [("", f"channels.{name}: is a name for packages that travel with the job; rename it")]


def test_code_of_ones_own_that_pip_installs_for_may_call_its_channels_anything() -> None:
    values = with_source(directory="own_code")
    values["channels"]["packages"] = {"s3_path": "datasets/other/"}

    assert set(validate(values).channels) == {"packages", "training"}


def test_packages_that_travel_with_the_job_take_a_channel() -> None:
    channels = {f"channel-{place}": {"s3_path": f"datasets/{place}/"} for place in range(20)}

    assert len(validate(with_source(packages="pip") | {"channels": channels}).channels) == 20
    assert refusals(with_source() | {"channels": channels}) == [
        (
            "",
            "channels: got 20; allowed with packages that travel with the job: 19; take some together, or set "
            "source.packages to pip",
        )
    ]


def test_code_of_ones_own_for_another_python_has_no_archive() -> None:
    values = with_source(directory="own_code", packages="archive")
    values["training_image"] = {"scikit_learn_version": "1.4-2"}

    assert refusals(values) == [
        (
            "",
            "source.packages: got 'archive'; allowed with training_image.scikit_learn_version 1.4-2: pip, because "
            "archives are for Python 3.12, and the image has 3.10",
        )
    ]
