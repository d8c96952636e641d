"""Merely importing a module does nothing: no file, no network, no process, no resource, no configuration."""

import subprocess
import sys

import pytest

from tests.source_files import PROJECT_DIRECTORY, files_of

IMPORT_AND_REPORT = """
import importlib, os, pathlib, sys, warnings
warnings.simplefilter("ignore")
project, libraries, *modules = sys.argv[1:]
sys.path.insert(0, project)
for library in libraries.split(","):
    importlib.import_module(library)  # what others do at import is not ours to judge
import pulumi
done = []
def told(what):
    return lambda *args, **kwargs: done.append(what)
pulumi.Resource.__init__ = told("registers a resource")
pulumi.Config.__init__ = told("reads the configuration")
quiet = (".py", ".pyc", ".so")
loud = ("socket.", "subprocess.", "os.mkdir", "os.remove", "os.rename", "os.system", "shutil.", "tempfile.")
def hook(event, args):
    if event == "open":
        path, mode, flags = (*args, None, None)[:3]
        writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        ours = isinstance(path, str) and path.startswith(project) and "/.venv" not in path
        if writes or (ours and not path.endswith(quiet)):
            done.append(f"opens {path}")
    elif event.startswith(loud):
        done.append(event)
sys.addaudithook(hook)
for module in modules:
    importlib.import_module(module)
print(done)
"""


@pytest.mark.slow
def test_importing_the_settings_or_a_module_of_the_component_does_nothing() -> None:
    modules = ["settings", *(f"components.{file.stem}" for file in files_of("components") if file.stem != "__init__")]
    libraries = "pulumi,pulumi_aws,pulumi_aws.s3,pulumi_aws.iam,pulumi_aws.sqs,pulumi_aws.scheduler,pydantic,zoneinfo"

    done = subprocess.run(
        [sys.executable, "-I", "-B", "-c", IMPORT_AND_REPORT, str(PROJECT_DIRECTORY), libraries, *modules],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "", "PULUMI_CONFIG": "not JSON"},
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")


@pytest.mark.slow
@pytest.mark.parametrize("room", ["rehearsal", "operations", "provider"])
def test_importing_a_module_of_the_other_rooms_does_nothing(room: str) -> None:
    modules = [
        ".".join(file.relative_to(PROJECT_DIRECTORY).with_suffix("").parts)
        for file in files_of(room)
        if file.stem not in {"__init__", "__main__"}
    ]
    libraries = (
        "pulumi,pulumi.runtime,pulumi.provider,pulumi_aws,pulumi_aws.s3,pulumi_aws.iam,boto3,botocore.session,"
        "rich.console,typer,yaml,pydantic,grpc"
    )

    done = subprocess.run(
        [sys.executable, "-I", "-B", "-c", IMPORT_AND_REPORT, str(PROJECT_DIRECTORY), libraries, *modules],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": ""},
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")
