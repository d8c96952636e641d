"""The real Pulumi CLI for the tests: its own home and state, the provider stand-in, and no way off this machine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from rehearsal.declaring.program import Declaration
from rehearsal.sealed_environment import sealed_environment
from tests.engine.provider_stand_in import REGION, Provider

ROOT: Final = Path(__file__).parents[2]
PROGRAM: Final = ("Makefile", "Pulumi*.yaml", "*.py")
ROOMS: Final = ("components", "policies", "training_code")
# The environment is the one that runs the tests: it counts as up to date, and no Python is given to make another.
MAKE: Final = ("make", "--old-file", ".venv/installed", "PYTHON=false")
# Nothing listens there: whatever would leave this machine fails at once.
NOWHERE: Final = "http://127.0.0.1:9"
_DEADLINE_IN_SECONDS: Final = 180


@dataclass(frozen=True)
class Violation:
    """A policy violation as the engine reports it."""

    policy: str
    level: str
    urn: str
    message: str


@dataclass(frozen=True)
class Run:
    """What one command of the CLI did: exit code, what a person saw, and the engine's own record."""

    exit_code: int
    stdout: str
    stderr: str
    events: list[dict[str, Any]] = field(default_factory=list, repr=False)
    calls: list[dict[str, Any]] = field(default_factory=list, repr=False)

    @property
    def output(self) -> str:
        """Everything that a person sees."""
        return self.stdout + self.stderr

    @property
    def steps(self) -> dict[str, str]:
        """URN -> operation, of the program's resources (the provider is the engine's own)."""
        return {step["urn"]: step["op"] for step in self._events("resourcePreEvent") if _is_of_program(step["type"])}

    @property
    def done(self) -> set[tuple[str, str]]:
        """URN and operation of every step that is more than leaving a resource as it is."""
        steps = ((step["urn"], step["op"]) for step in self._events("resourcePreEvent"))
        return {(urn, operation) for urn, operation in steps if operation != "same"}

    @property
    def inputs(self) -> dict[str, dict[str, Any]]:
        """URN -> inputs that are planned for a resource of a provider, without what the provider filled in."""
        return {
            step["urn"]: without_defaults(step["new"]["inputs"])
            for step in self._events("resourcePreEvent")
            if _is_of_program(step["type"]) and step["new"].get("custom")
        }

    @property
    def exports(self) -> dict[str, Any]:
        """The stack's outputs."""
        of_stack = [step["new"]["outputs"] for step in self._events("resOutputsEvent") if _is_stack(step["type"])]
        return dict(of_stack[-1])

    @property
    def violations(self) -> set[Violation]:
        """What the policies reported."""
        return violations_in(self.events)

    @property
    def changes(self) -> dict[str, int]:
        """How many resources each kind of operation concerned, as the last lines of the output say."""
        return dict(next(event["summaryEvent"]["resourceChanges"] for event in self.events if "summaryEvent" in event))

    def requests(self, method: str) -> list[dict[str, Any]]:
        """What the engine sent to a gRPC method, such as `Analyzer/Analyze`."""
        # Every call is logged twice, without and with its response.
        return [call["request"] for call in self.calls if call["method"].endswith(method) and "response" in call]

    def _events(self, kind: str) -> Iterator[dict[str, Any]]:
        return (event[kind]["metadata"] for event in self.events if kind in event)


@dataclass(frozen=True)
class Project:
    """A copy of a Pulumi project, run with the real CLI."""

    directory: Path
    environ: Mapping[str, str]

    def pulumi(self, *arguments: str) -> Run:
        """Run `pulumi` with these arguments."""
        return self._run(["pulumi", *arguments, "--non-interactive"], self.environ)

    def operate(self, command: str, stack: str, *arguments: str) -> Run:
        """Run `pulumi preview`, `up` or `destroy` and keep the engine's events."""
        return self._recorded(["pulumi", command, "--stack", stack, "--non-interactive", *arguments])

    def make(self, command: str, stack: str, *arguments: str) -> Run:
        """Run `make preview`, `up` or `destroy` as a person does, but for the environment, which is there already."""
        make = [*MAKE, command, f"STACK={stack}"]
        return self._recorded(make, lambda flags: [f"ARGS={' '.join(['--non-interactive', *arguments, *flags])}"])

    def _recorded(self, command: list[str], given: Callable[[list[str]], list[str]] = list) -> Run:
        events, calls = self.directory / ".events.json", self.directory / ".calls.json"
        events.unlink(missing_ok=True)
        calls.unlink(missing_ok=True)
        flags = ["--event-log", str(events)]
        environ = {**self.environ, "PULUMI_DEBUG_COMMANDS": "1", "PULUMI_DEBUG_GRPC": str(calls)}
        run = self._run([*command, *given(flags)], environ)
        return Run(run.exit_code, run.stdout, run.stderr, _json_lines(events), _json_lines(calls))

    def _run(self, command: list[str], environ: Mapping[str, str]) -> Run:
        done = subprocess.run(
            command,
            cwd=self.directory,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_DEADLINE_IN_SECONDS,
            check=False,
        )
        return Run(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class Previewed:
    """A stack as the engine and as the rehearsal see it."""

    stack: str
    run: Run
    declaration: Declaration
    project: Project


@dataclass(frozen=True)
class Engine:
    """Makes projects that share one provider."""

    home: Path
    provider: Provider

    def project(self, directory: Path, source: Path = ROOT, state: Path | None = None) -> Project:
        """Copy this repository's project, or another one, and give it the environment that runs the tests.

        Stacks are kept in `state`, by default in a directory of the project's own.
        """
        directory.mkdir(parents=True)
        if source == ROOT:
            for file in (file for pattern in PROGRAM for file in ROOT.glob(pattern)):
                shutil.copy(file, directory)
            for name in ROOMS:
                ignored = shutil.ignore_patterns("__pycache__", ".*")
                shutil.copytree(ROOT / name, directory / name, ignore=ignored)
        else:
            shutil.copytree(source, directory, dirs_exist_ok=True)
        (directory / ".venv").symlink_to(sys.prefix)
        return Project(directory, self._environ(state or directory.with_name(f"{directory.name}-state")))

    def _environ(self, state: Path) -> dict[str, str]:
        state.mkdir(exist_ok=True)
        return sealed_environment(os.environ, region=REGION, endpoint_url=NOWHERE) | {
            "HTTP_PROXY": NOWHERE,
            "HTTPS_PROXY": NOWHERE,
            "PULUMI_HOME": str(self.home / "home"),
            "PULUMI_BACKEND_URL": state.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "tests",
            "PULUMI_DEBUG_PROVIDERS": f"aws:{self.provider.port}",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }


def violations_in(events: Iterable[Mapping[str, Any]]) -> set[Violation]:
    """What the policies reported, in the engine's events."""
    found = (event["policyEvent"] for event in events if "policyEvent" in event)
    return {
        Violation(one["policyName"], one["enforcementLevel"], one["resourceUrn"], one["message"].rstrip("\n"))
        for one in found
    }


def policies_of(stack: str) -> list[str]:
    """The arguments with which the Makefile attaches the policy pack."""
    return ["--policy-pack", "policies", "--policy-pack-config", f"policies/{stack}.json"]


def without_defaults(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Inputs as the program gave them: without what the provider filled in, and its marks of that."""
    if isinstance(value, dict):
        filled = {"__defaults", *value.get("__defaults", ())}
        return {name: without_defaults(entry) for name, entry in value.items() if name not in filled}
    return [without_defaults(entry) for entry in value] if isinstance(value, list) else value


def _is_stack(type_: str) -> bool:
    return type_ == "pulumi:pulumi:Stack"


def _is_of_program(type_: str) -> bool:
    return not type_.startswith("pulumi:providers:")


def _json_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
