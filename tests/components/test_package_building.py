import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from components.image_python import NoImagePythonError, find_python
from components.package_archives import IMAGE_TARGET, PackageArchive, Target
from components.package_building import UNCOMPILED, PackagesError, cache_directory, provide

SIX = """six==1.17.0 \\
    --hash=sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274 \\
    --hash=sha256:ff70335d468e7eb6ec65b95b99d3a2836546063f63acc5171de367e834932a81
"""
HERE = Target(f"{sys.version_info.major}.{sys.version_info.minor}", "")
NOWHERE = Target("3.99", "")


def environment(directory: Path) -> dict[str, str]:
    """One with a cache of its own, and without an index."""
    return {**os.environ, "XDG_CACHE_HOME": str(directory), "UV_CACHE_DIR": str(directory / "uv"), "UV_OFFLINE": "1"}


def archive_for(target: Target, lock: str = SIX) -> PackageArchive:
    return PackageArchive("packages", lock, "", target)


def test_archives_are_kept_in_the_persons_cache() -> None:
    assert cache_directory({"HOME": "/home/me"}) == Path("/home/me/.cache/scheduled-training/packages")
    assert cache_directory({"HOME": "/home/me", "XDG_CACHE_HOME": "/c"}) == Path("/c/scheduled-training/packages")


def test_an_archive_that_was_made_needs_no_index_and_no_python(tmp_path: Path) -> None:
    archive, said = archive_for(NOWHERE), list[str]()
    path = cache_directory(environment(tmp_path)) / archive.digest / "packages.zip"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"made before")

    assert provide(archive, environment(tmp_path), said.append) == path
    assert said == []


def test_without_an_index_and_without_an_archive_the_message_says_what_is_missing(tmp_path: Path) -> None:
    archive, cache = archive_for(HERE), cache_directory(environment(tmp_path))

    with pytest.raises(PackagesError) as refused:
        provide(archive, environment(tmp_path), print)

    assert str(refused.value).startswith(
        f"the archive packages of packages is not in {cache} and cannot be made here: "
    )
    assert "six" in str(refused.value)
    assert str(refused.value).endswith(
        "; make it once where a package index can be reached, with `make packages`, and bring that directory along"
    )
    assert [path for path in cache.rglob("*") if path.is_file()] == []


def test_without_the_images_python_the_message_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(PackagesError) as refused:
        provide(archive_for(NOWHERE), environment(tmp_path), print)

    assert str(refused.value) == (
        "the archive packages of packages cannot be made: no Python 3.99 runs here, and the training image has that "
        "one; install it with your system's packages (python3.99, with its venv module), with pyenv (`pyenv install "
        "3.99`) or with uv (`uv python install 3.99`)"
    )


def test_this_python_is_found_first() -> None:
    assert find_python(HERE.python_version, os.environ) == Path(sys.executable)


def test_a_python_of_pyenv_that_is_not_switched_on_is_found(tmp_path: Path) -> None:
    shim, real = tmp_path / "shims" / "python3.99", tmp_path / "versions" / "3.99.1" / "bin" / "python"
    for path, text in ((shim, "exit 127"), (real, "echo 3.99")):
        path.parent.mkdir(parents=True)
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    assert find_python("3.99", {"PATH": f"{shim.parent}:/usr/bin:/bin"}) == real


def test_a_python_of_another_version_is_not_taken(tmp_path: Path) -> None:
    other = tmp_path / "python3.99"
    other.write_text("#!/bin/sh\necho 3.98\n")
    other.chmod(0o755)

    with pytest.raises(NoImagePythonError):
        find_python("3.99", {"PATH": f"{tmp_path}:/usr/bin:/bin", "UV_OFFLINE": "1"})


@pytest.mark.slow
def test_an_archive_is_made_once_from_wheels_by_their_hashes_and_is_compiled(tmp_path: Path) -> None:
    told: list[str] = []
    environ = {name: value for name, value in environment(tmp_path).items() if name != "UV_OFFLINE"}

    paths = [provide(archive_for(HERE), environ, told.append) for _ in range(2)]

    assert paths[0] == paths[1]
    assert len(told) == 1
    with zipfile.ZipFile(paths[0]) as made:
        names = made.namelist()
    assert {
        "modules/six.py",
        "modules/six.pyc",
        f"files/lib/python{HERE.python_version}/site-packages/six-1.17.0.dist-info/METADATA",
        "brought.txt",
    } <= set(names)
    assert [path for path in paths[0].parent.iterdir() if path != paths[0]] == []


@pytest.mark.slow
def test_a_wheel_with_another_hash_is_refused(tmp_path: Path) -> None:
    environ = {name: value for name, value in environment(tmp_path).items() if name != "UV_OFFLINE"}
    wrong = SIX.replace("4721", "4722").replace("ff70", "ff71")

    with pytest.raises(PackagesError, match=r"[Hh]ash"):
        provide(archive_for(HERE, wrong), environ, print)


@pytest.mark.slow
def test_a_rehearsal_without_the_images_python_goes_on_with_what_nobody_compiled(tmp_path: Path) -> None:
    environ = {name: value for name, value in environment(tmp_path).items() if name != "UV_OFFLINE"}

    path = provide(archive_for(Target("3.99")), environ | {UNCOMPILED: "yes"}, print)

    assert path.name == "uncompiled-packages.zip"
    with zipfile.ZipFile(path) as made:
        assert "modules/six.py" in made.namelist()
        assert [name for name in made.namelist() if name.endswith(".pyc")] == []


def test_the_command_of_make_says_what_is_wrong_and_shows_no_traceback(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "components.package_building", str(tmp_path)],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: requirements.txt is not in the source directory, ")


def test_the_target_is_the_images() -> None:
    assert (IMAGE_TARGET.python_version, IMAGE_TARGET.platform) == ("3.12", "x86_64-manylinux_2_34")
