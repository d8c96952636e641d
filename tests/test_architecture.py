"""Which room may know which. Source: the layout in docs and README."""

import ast
import sys
from pathlib import Path

import pytest

from tests.source_files import PROJECT_DIRECTORY, files_of, imports_of, trees_of

ISLANDS = ("training_code", "policies")
"""Reached only as files, archives or processes; their modules know each other by bare names."""
MAY_IMPORT = {
    "__main__": {"settings", "components"},
    "settings": {"components"},
    "components": {"components"},
    "provider": {"provider", "components"},
    "reference": {"reference", "settings", "components", "operations"},
    "rehearsal": {"rehearsal", "components"},
    "operations": {"operations", "rehearsal", "components"},
    "benchmarks": {"benchmarks", "operations", "rehearsal", "components", "settings"},
    "training_code": {"training_code"},  # by relative imports, of what travels with code of one's own
    "policies": set[str](),
}
ONLY_CREATOR = "components.scheduled_training_job"
MAY_KNOW_THE_CREATOR = ("__main__", "benchmarks", "provider")
PACKAGE = "scheduled_training"
"""What components/ and training_code/ are called where they are installed; in here they have their own names."""
ROOMS = [room for room in MAY_IMPORT if files_of(room)]
ISLAND_MODULES = {
    island: {path.stem for path in (PROJECT_DIRECTORY / island).iterdir() if path.suffix == ".py" or path.is_dir()}
    - {"__main__", "__init__", "__pycache__"}
    for island in ISLANDS
}


def test_every_directory_with_code_is_a_room_of_which_the_arrows_speak() -> None:
    with_code = {path.parent.name for path in PROJECT_DIRECTORY.glob("[a-z]*/*.py")}
    single = {path.stem for path in PROJECT_DIRECTORY.glob("*.py")}

    assert with_code | single <= {*MAY_IMPORT, "tests"}


TRAINING_ROOMS = ("scheduled_job", "options", "data", "growing", "judging", "models", "tracking", "endpoint")
"""Of the training code, in the order in which a job passes through them."""


@pytest.mark.parametrize("room", TRAINING_ROOMS)
def test_a_room_of_the_training_code_knows_those_before_it_and_what_all_may_know(room: str) -> None:
    before = {*TRAINING_ROOMS[: TRAINING_ROOMS.index(room) + 1], "dated_channels", "failure", "packages", "progress"}
    wrong = [
        str(found)
        for found in imports_of("training_code")
        if found.file.startswith(f"training_code/{room}/")
        if (other := found.module.partition(".")[0]) in ISLAND_MODULES["training_code"] and other not in before
    ]

    assert wrong == []


def test_what_travels_with_code_of_ones_own_knows_itself_and_python_and_the_rest_only_where_it_is_used() -> None:
    directory = PROJECT_DIRECTORY / "training_code" / "scheduled_job"
    needed = set()
    for file in directory.glob("*.py"):
        for node in ast.parse(file.read_text(), feature_version=(3, 9)).body:  # the oldest image that AWS still has
            if isinstance(node, ast.Import):
                needed |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                needed.add(str(node.module).partition(".")[0])
    used = {
        found.module.partition(".")[0]
        for found in imports_of("training_code")
        if found.file.startswith("training_code/scheduled_job/") and not found.module.startswith("training_code")
    }

    assert needed <= sys.stdlib_module_names
    assert used - sys.stdlib_module_names - needed == {"mlflow", "yaml", "boto3", "botocore"}  # MLflow brings YAML


def test_the_training_code_has_its_entry_points_at_the_root_and_all_else_in_rooms() -> None:
    directory = PROJECT_DIRECTORY / "training_code"
    rooms = {path.parent.name for path in directory.glob("*/*.py")}

    assert rooms == set(TRAINING_ROOMS)
    assert {path.stem for path in directory.glob("*.py")} == {
        *("train", "register", "recall", "standing", "versions", "inference", "start_with_packages"),
        *("job", "untracked", "failure", "packages", "progress", "dated_channels", "s3_objects", "scheduled_dates"),
        "asking",
    }


@pytest.mark.parametrize("room", ROOMS)
def test_the_arrows_between_rooms(room: str) -> None:
    wrong = [
        str(found)
        for found in imports_of(room)
        if (other := found.module.partition(".")[0]) in MAY_IMPORT
        if other not in MAY_IMPORT[room] and other != "__main__"
    ]

    assert wrong == []


@pytest.mark.parametrize("room", [room for room in ROOMS if room not in MAY_KNOW_THE_CREATOR])
def test_only_the_program_knows_the_module_that_creates_resources(room: str) -> None:
    wrong = [found for found in imports_of(room) if found.module.startswith(ONLY_CREATOR)]

    assert [str(found) for found in wrong if found.file != "components/__init__.py"] == []  # which names it for others


@pytest.mark.parametrize("room", [*ROOMS, "examples/python"])
def test_only_the_examples_know_the_package_by_the_name_that_it_is_installed_under(room: str) -> None:
    users = [str(found) for found in imports_of(room) if found.module.partition(".")[0] == PACKAGE]

    assert bool(users) == room.startswith("examples/"), users


def test_modules_that_are_installed_together_know_each_other_by_their_place() -> None:
    absolute = [
        f"{file.name}:{node.lineno}"
        for file, nodes in trees_of("components")
        for node in nodes
        if isinstance(node, ast.ImportFrom) and not node.level and (node.module or "").startswith("components")
    ]

    assert absolute == []


@pytest.mark.parametrize("room", ROOMS)
def test_nobody_imports_the_islands_by_their_bare_names_either(room: str) -> None:
    bare_names = set[str]().union(*(names for island, names in ISLAND_MODULES.items() if island != room))
    own_names = ISLAND_MODULES.get(room, set())

    assert [str(found) for found in imports_of(room) if found.module.partition(".")[0] in bare_names - own_names] == []


def test_only_the_component_and_the_program_use_the_provider() -> None:
    users = {
        found.file for room in ROOMS for found in imports_of(room) if found.module.partition(".")[0] == "pulumi_aws"
    }

    assert users - {found for found in users if found.startswith("benchmarks/")} == {
        "__main__.py",
        "components/alarm_parts.py",
        "components/alarm_topic.py",
        "components/alarm_views.py",
        "components/artifact_store_lookup.py",
        "components/bucket_object.py",
        "components/job_alarms.py",
        "components/job_role.py",
        "components/job_schedule.py",
        "components/preparing.py",
        "components/scheduled_training_job.py",
    }


def test_only_settings_reads_the_configuration() -> None:
    readers = set()
    for room in ROOMS:
        for file, nodes in trees_of(room):
            for node in nodes:
                is_attribute = isinstance(node, ast.Attribute) and node.attr == "Config"
                if is_attribute and isinstance(node.value, ast.Name) and node.value.id == "pulumi":
                    readers.add(file.name)
                if isinstance(node, ast.ImportFrom) and node.module in {"pulumi", "pulumi.config"}:
                    readers.update(file.name for alias in node.names if alias.name == "Config")

    assert readers == {"settings.py"}


def test_the_modules_of_the_component_know_each_other_without_a_circle() -> None:
    knows: dict[str, set[str]] = {path.stem: set() for path in files_of("components")}
    for found in imports_of("components"):
        other = found.module.removeprefix("components.").partition(".")[0]
        if found.module.startswith("components."):
            knows[Path(found.file).stem].add(other)

    ordered: list[str] = []
    while len(ordered) < len(knows):
        ready = [name for name in sorted(knows) if name not in ordered and knows[name] <= {*ordered}]
        assert ready, f"a circle among {sorted(set(knows) - set(ordered))}"
        ordered += ready
