"""Each test is a small archive, and a process of its own that imports from it: imports are a process's own."""

import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WRITER = ROOT / "components" / "package_writing.py"
TAG = str(sys.implementation.cache_tag)
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
BROUGHT = {
    "brought/__init__.py": "from importlib.resources import files\nvalue = 1\n"
    "text = files(__name__).joinpath('data.txt').read_text()\n",
    "brought/data.txt": "data that came along",
    "brought/part/__init__.py": "def fail():\n    raise ValueError('from part')  # this very line\n",
    "brought-1.2.dist-info/METADATA": "Metadata-Version: 2.1\nName: brought\nVersion: 1.2\n",
    "both.py": "where = 'brought'\n",
    "shared/ours.py": "name = 'ours'\n",
}
IN_IMAGE = {
    "both.py": "where = 'image'\n",
    "held.py": "value = 'as compiled'\n",
    "shared/theirs.py": "name = 'theirs'\n",
}


def write_files(directory: Path, files: Mapping[str, str]) -> Path:
    for name, content in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(content)
    return directory


@cache
def archive_of(brought: tuple[tuple[str, str], ...], version: str) -> bytes:
    """An archive that brings these files, and has the image's compiled."""
    site = f"lib/python{version}/site-packages"
    with tempfile.TemporaryDirectory() as directory:
        places = [
            write_files(Path(directory, "brought", site), dict(brought)).parents[2],
            write_files(Path(directory, "same", site), IN_IMAGE).parents[2],
        ]
        for place in places:
            Path(f"{place}.txt").write_text(f"{place.name}==1\n")
        path = Path(directory, "packages.zip")
        subprocess.run([sys.executable, "-I", WRITER, path, version, *places], check=True)
        return path.read_bytes()


class Container:
    """A Python whose one `site-packages` is the image's, and a job's channel with an archive."""

    def __init__(self, directory: Path, brought: Mapping[str, str] = BROUGHT, version: str = VERSION) -> None:
        self.site = write_files(directory / "image" / "site-packages", IN_IMAGE)
        self.channel = directory / "packages"
        self.temporary = directory / "tmp"
        self.temporary.mkdir()
        self.archive = self.channel / "packages.zip"
        self.channel.mkdir()
        self.archive.write_bytes(archive_of(tuple(brought.items()), version))

    def run(self, code: str, *, channels: tuple[str, ...] = ("packages",), before: str = "") -> str:
        """What `code` prints after the packages are in front, or what put_in_front has to say against them."""
        start = (
            f"import os, sys\nsys.path[:] = [{str(ROOT / 'training_code')!r}, *[each for each in sys.path "
            f"if 'site-packages' not in each], {str(self.site)!r}]\n{before}\nimport packages\n"
            f"if said := packages.fault(os.environ): print(said); sys.exit()\n"
        )
        variables = {f"SM_CHANNEL_{name.upper()}": str(self.channel) for name in channels}
        done = subprocess.run(
            [sys.executable, "-S", "-c", start + code],
            env={**os.environ, "SM_CHANNELS": json.dumps(channels), "TMPDIR": str(self.temporary), **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        return (done.stdout + done.stderr).replace(str(self.channel), "CHANNEL").strip()

    def files(self) -> list[str]:
        return sorted(path.relative_to(self.site).as_posix() for path in self.site.rglob("*") if path.is_file())


@pytest.fixture
def container(tmp_path: Path) -> Container:
    return Container(tmp_path)


def test_a_package_that_came_along_is_imported_with_its_data_and_its_version(container: Container) -> None:
    code = "import brought, importlib.metadata as m; print(brought.value, brought.text, m.version('brought'))"

    assert container.run(code) == "1 data that came along 1.2"


def test_what_came_along_is_before_what_the_image_has(container: Container) -> None:
    assert container.run("import both; print(both.where)") == "brought"


def test_a_module_of_the_image_is_not_compiled_again_where_its_source_is_the_same(container: Container) -> None:
    with zipfile.ZipFile(container.archive) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["image/held.pyc"] = members["image/held.pyc"].replace(b"as compiled", b"as COMPILED")
    with zipfile.ZipFile(container.archive, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)

    assert container.run("import held; print(held.value)") == "as COMPILED"


def test_a_module_of_the_image_with_another_source_is_what_the_image_has(container: Container) -> None:
    (container.site / "held.py").write_text("value = 'patched'\n")

    assert container.run("import held; print(held.value)") == "patched"


def test_a_module_that_the_image_does_not_have_is_not_imported_from_what_was_compiled_of_it(
    container: Container,
) -> None:
    (container.site / "held.py").unlink()

    assert container.run("import held").endswith("ModuleNotFoundError: No module named 'held'")


def test_nothing_is_written_into_the_image(container: Container) -> None:
    before = container.files()
    (container.site / "held.py").write_text("value = 'patched'\n")

    container.run("import brought.part, both, held, shared.theirs; print('all')", before="sys.dont_write_bytecode = 0")

    assert container.files() == before


def test_a_namespace_has_the_parts_of_both(container: Container) -> None:
    code = "import shared.ours, shared.theirs; print(shared.ours.name, shared.theirs.name)"

    assert container.run(code) == "ours theirs"


def test_a_namespace_that_the_image_has_opened_already_has_the_parts_of_both(container: Container) -> None:
    """As `google`, which the image's protobuf opens at every start of Python."""
    code = "import shared.ours, shared.theirs; print(shared.ours.name, shared.theirs.name)"

    assert container.run(code, before="import shared") == "ours theirs"


def test_a_namespace_that_came_along_is_found_however_soon_it_is_asked_for(tmp_path: Path) -> None:
    container = Container(tmp_path, {"spread/one.py": "", "spread/more/two.py": "name = 'two'\n"})

    assert container.run("import spread.more.two as two; print(two.name)") == "two"


def test_a_module_of_the_standard_library_stays_the_one_it_is(tmp_path: Path) -> None:
    container = Container(tmp_path, BROUGHT | {"typing.py": "raise SystemExit('a backport')\n"})

    assert container.run("import typing; print(typing.Any)") == "typing.Any"


def test_a_traceback_shows_the_lines_of_what_came_along(container: Container) -> None:
    code = (
        "import traceback, brought.part\ntry:\n    brought.part.fail()\nexcept ValueError:\n    traceback.print_exc()"
    )

    said = container.run(code)

    assert "raise ValueError('from part')  # this very line" in said


def test_packages_that_nobody_compiled_are_imported_all_the_same(container: Container) -> None:
    with zipfile.ZipFile(container.archive) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(container.archive, "w") as archive:
        for name in [each for each in members if not each.endswith(".pyc")]:
            archive.writestr(name, members[name])

    assert container.run("import brought, held; print(brought.value, held.value)") == "1 as compiled"


def test_nothing_is_compiled_by_another_python_than_the_images() -> None:
    with zipfile.ZipFile(io.BytesIO(archive_of(tuple(BROUGHT.items()), "3.9"))) as archive:
        names = archive.namelist()

    assert "modules/brought/__init__.py" in names
    assert [name for name in names if name.endswith(".pyc")] == []


def test_without_a_channel_for_them_nothing_is_put_in_front(container: Container) -> None:
    code = "print([each for each in sys.meta_path if type(each).__module__ == 'packages'])"

    assert container.run(code, channels=("training", "packaged")) == "[]"


def test_an_archive_for_another_python_is_refused(tmp_path: Path) -> None:
    assert Container(tmp_path, version="3.9").run("import brought") == (
        f"packages: CHANNEL/packages.zip is for cpython-39, and this Python is {TAG}; set source.packages to pip, or "
        f"choose an image with that Python"
    )


def test_a_channel_without_an_archive_is_refused(container: Container) -> None:
    container.archive.unlink()

    assert container.run("import brought") == (
        "packages: CHANNEL/packages.zip is no archive of packages ([Errno 2] No such file or directory: "
        "'CHANNEL/packages.zip'); start the job from its schedule, or with every channel of the schedule's target input"
    )


def test_an_archive_that_is_cut_off_is_refused(container: Container) -> None:
    container.archive.write_bytes(container.archive.read_bytes()[:-10])

    assert container.run("import brought").startswith("packages: CHANNEL/packages.zip is no archive of packages (")


def test_what_cannot_be_unpacked_is_told_where_it_is_needed(container: Container) -> None:
    code = (
        "archive = sys.meta_path[0]._archives[0]; archive._unpacking.join(); archive._failure = OSError('no space')\n"
        "try:\n    import brought\nexcept Exception as error:\n    print(type(error).__name__, error)\n"
    )

    assert container.run(code).startswith("TrainingError packages: ")
    assert container.run(code).endswith(" cannot be filled: no space")


def test_a_script_of_the_teams_own_has_its_packages_and_its_own_modules(container: Container, tmp_path: Path) -> None:
    code = tmp_path / "code"
    start = (ROOT / "training_code" / "start_with_packages.py").read_text()
    own = {
        "start_with_packages.py": start,
        "packages.py": "name = 'my own'\n",
        "fit.py": "import sys, packages, brought\n",
    }
    own["fit.py"] += "print(packages.name, brought.value, sys.argv[1:], __name__)\n"
    start = ("packages.py", "scheduled_job/failure.py", "dated_channels.py", "s3_objects.py", "scheduled_dates.py")
    for name in start:
        own[f"start_with_packages/{Path(name).name}"] = (ROOT / "training_code" / name).read_text()
    own["start_with_packages/progress.py"] = (ROOT / "training_code" / "scheduled_job" / "log.py").read_text()
    write_files(code, own)
    variables = {"ENTRY_POINT": "fit.py", "SM_CHANNELS": '["packages"]', "SM_CHANNEL_PACKAGES": str(container.channel)}

    done = subprocess.run(
        [sys.executable, code / "start_with_packages.py", "--depth", "5"],
        env={**os.environ, **variables, "TMPDIR": str(container.temporary)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "my own 1 ['--depth', '5'] __main__\n"


def test_a_module_that_is_a_program_is_run_with_the_packages_in_front(tmp_path: Path) -> None:
    container = Container(
        tmp_path, BROUGHT | {"brought/tool.py": "import sys, brought\nprint(brought.value, sys.argv[1:])\n"}
    )
    variables = {"SM_CHANNELS": '["packages"]', "SM_CHANNEL_PACKAGES": str(container.channel)}

    done = subprocess.run(
        [sys.executable, ROOT / "training_code" / "packages.py", "brought.tool", "--port", "1"],
        env={**os.environ, **variables, "TMPDIR": str(container.temporary)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "1 ['--port', '1']\n"


@pytest.mark.parametrize("name", ["packages", "packages-accelerator"])
def test_a_channel_of_that_name_holds_an_archive(name: str) -> None:
    import packages

    assert packages.is_channel(name)


@pytest.mark.parametrize("name", ["training", "packages2", "my-packages", "packages_accelerator"])
def test_a_channel_of_another_name_holds_data(name: str) -> None:
    import packages

    assert not packages.is_channel(name)
