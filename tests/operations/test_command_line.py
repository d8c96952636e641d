import re
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from operations.command_line import app

OF_A_DEPLOYED_STACK = {"--stack", "-s", "--rehearsal", "--profile", "--region", "--outputs", "--json"}
OF_NO_DEPLOYED_STACK = {
    "check": "judges what is declared, offline",
    "next": "says when what is declared fires, offline",
    "from-tfvars": "reads another tool's file",
    "rehearse": "deploys a stack itself, onto this machine",
    "deploy-policy": "is of the role that deploys a stack: there are no outputs yet, and the region is its file's",
}
"""Commands that are not about a deployed stack, each with what they are about instead."""


def run(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "100", "TERM": "dumb"}).invoke(app, list(arguments))


def test_help_names_every_command_with_what_it_does() -> None:
    result = run("--help")

    assert result.exit_code == 0
    assert {command.name or command.callback.__name__ for command in app.registered_commands if command.callback} == {
        "backfill",
        "check",
        "cleanup",
        "compare",
        "cost",
        "dead-letters",
        "deploy-policy",
        "disable",
        "doctor",
        "enable",
        "from-tfvars",
        "logs",
        "models",
        "next",
        "permissions",
        "promote",
        "register",
        "rehearse",
        "report",
        "reproduce",
        "rollback",
        "run",
        "status",
        "stop",
        "verify",
    }
    text = " ".join(re.sub("[│╭╮╰╯─]", " ", result.stdout).split())
    assert "check Judge a stack offline: settings, request, permissions, policies. No CLI, no credentials." in text
    assert (
        "rehearse Deploy a stack onto an embedded AWS, fire its schedules, train, register: all on this machine."
        in text
    )
    assert (
        "next Show when a stack's schedules fire next, what daylight saving changes, and runs that may overlap. "
        "Offline." in text
    )
    assert (
        "register Register what a job trained without a network, or while MLflow was away; nothing is trained again."
        in text
    )
    assert (
        "reproduce Train a run again on this machine and compare: same data, settings and seed, same trees. It only "
        "reads." in text
    )


def commands() -> dict[str, Any]:
    """As typer made them: its own copy of click has no types."""
    return dict(typer.main.get_group(app).commands)


def test_every_command_about_a_deployed_stack_takes_the_same_options_which_mean_the_same() -> None:
    told = {
        name: {
            each.name: (each.opts, each.help, each.default, each.metavar)
            for each in command.params
            if OF_A_DEPLOYED_STACK & {*each.opts}
        }
        for name, command in commands().items()
        if name not in OF_NO_DEPLOYED_STACK
    }

    expected = told["status"]
    assert {option for options, *_ in expected.values() for option in options} == OF_A_DEPLOYED_STACK
    assert {name: options for name, options in told.items() if options != expected} == {}


def test_whatever_takes_a_job_of_the_stack_takes_it_as_job() -> None:
    takers = {
        name for name, command in commands().items() if {"job", "of_job"} & {each.name for each in command.params}
    }

    assert takers >= {"status", "run", "backfill", "doctor", "cost", "permissions", "enable", "disable", "verify"}
    lacking = {name for name in takers if not any("--job" in each.opts for each in commands()[name].params)}
    assert lacking == set()


@pytest.mark.parametrize("command", ["cost", "permissions", "enable", "disable"])
def test_two_jobs_are_not_taken_for_one_of_them(command: str) -> None:
    refused = run(command, "breast-cancer", "--job", "churn")

    assert refused.exit_code == 2
    assert "got breast-cancer and --job churn" in refused.output


def test_what_is_not_about_a_deployed_stack_takes_no_more_of_them_than_it_has_to() -> None:
    assert commands().keys() >= OF_NO_DEPLOYED_STACK.keys()
    taken = {
        name: {opt for each in commands()[name].params for opt in each.opts if opt in OF_A_DEPLOYED_STACK}
        for name in OF_NO_DEPLOYED_STACK
    }
    assert taken == {
        "check": {"--stack", "-s"},
        "next": {"--stack", "-s", "--json"},
        "from-tfvars": {"--stack", "-s"},
        "rehearse": {"--stack", "-s"},
        "deploy-policy": {"--stack", "-s", "--profile", "--json"},
    }


def test_no_command_shows_the_help() -> None:
    assert "rehearse" in run().output


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("check", {"--stack", "-s", "--format"}),
        ("dead-letters", OF_A_DEPLOYED_STACK | {"--job", "--redrive", "--all", "--dry-run", "-n"}),
        ("report", OF_A_DEPLOYED_STACK | {"--output", "--open", "-n"}),
        ("doctor", OF_A_DEPLOYED_STACK | {"--job"}),
        ("verify", OF_A_DEPLOYED_STACK | {"--job", "--yes", "--interrupt", "--alarms", "--no-alarms", "--report"}),
        ("permissions", OF_A_DEPLOYED_STACK | {"--job", "--hours"}),
        ("cost", OF_A_DEPLOYED_STACK | {"--job", "--offline", "--runs"}),
        ("models", OF_A_DEPLOYED_STACK | {"--job", "-n"}),
        ("promote", OF_A_DEPLOYED_STACK | {"--yes"}),
        ("rollback", OF_A_DEPLOYED_STACK | {"--yes"}),
        ("compare", OF_A_DEPLOYED_STACK | {"--job"}),
        ("cleanup", OF_A_DEPLOYED_STACK | {"--delete", "--yes", "--older-than", "--packages", "--unregistered"}),
        ("disable", OF_A_DEPLOYED_STACK | {"--job", "--schedule"}),
        ("enable", OF_A_DEPLOYED_STACK | {"--job", "--schedule"}),
        ("register", OF_A_DEPLOYED_STACK | {"--all", "--newest"}),
        ("reproduce", OF_A_DEPLOYED_STACK),
        ("status", OF_A_DEPLOYED_STACK | {"--job", "-n", "--models", "--no-models", "--watch"}),
        ("logs", OF_A_DEPLOYED_STACK | {"--follow", "-f"}),
        ("run", OF_A_DEPLOYED_STACK | {"--job", "--schedule", "--set", "--wait", "--dry-run"}),
        ("stop", OF_A_DEPLOYED_STACK),
        ("backfill", OF_A_DEPLOYED_STACK | {"--from", "--to", "--job", "--schedule", "--parallel", "--dry-run"}),
        ("next", {"--stack", "-s", "-n", "--json", "--after"}),
        (
            "rehearse",
            {
                "--stack",
                "-s",
                "--deliveries",
                "--data",
                "--keep",
                "--stop",
                "--mlflow-port",
                "--schedule",
                "--container",
            },
        ),
    ],
)
def test_help_of_a_command_names_its_options(command: str, options: set[str]) -> None:
    result = run(command, "--help")

    assert result.exit_code == 0
    assert set(re.findall(r"(?<!\w)--?[a-z][a-z-]*", result.stdout)) - {"--help", "--keep"} == options - {"--keep"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["chek"], "No such command 'chek'. Did you mean 'check'?"),
        (["check", "staging"], "Got unexpected extra argument(s) (staging)"),
        (
            ["rehearse", "--deliveries", "0"],
            "Invalid value for '--deliveries': Input should be greater than or equal to 1",
        ),
        (["rehearse", "--deliveries", "two"], "Invalid value for '--deliveries': Input should be a valid integer"),
        (["next", "-n", "0"], "Invalid value for '-n': Input should be greater than or equal to 1"),
        (["next", "-n", "101"], "Invalid value for '-n': Input should be less than or equal to 100"),
        (
            ["rehearse", "--mlflow-port", "70000"],
            "Invalid value for '--mlflow-port': Input should be less than or equal to 65535",
        ),
    ],
)
def test_an_option_that_is_wrong_is_named(arguments: list[str], message: str) -> None:
    result = run(*arguments)

    assert result.exit_code == 2
    assert message in " ".join(re.sub("[│╭╮╰╯─]", " ", result.stderr).split())


@pytest.mark.parametrize("command", ["check", "next", "rehearse"])
def test_a_directory_outside_every_project_is_told_so(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    result = run(command)

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"error: there is no Pulumi.yaml in {tmp_path} or above it; change to the project's directory\n"
    )


def test_the_project_is_found_from_a_directory_below(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project / "training_code")

    result = run("rehearse", "--stop")

    assert (result.exit_code, result.output) == (0, "no server was running\n")


@pytest.mark.parametrize("command", ["check", "next", "rehearse"])
def test_an_unknown_stack_is_answered_with_those_that_there_are(command: str, project: Path) -> None:
    result = run(command, "-s", "production")

    assert result.exit_code == 1
    assert result.stderr == (
        f"error: there is no stack 'production' in {project}: Pulumi.production.yaml is missing; "
        "stacks found: prod, staging\n"
    )
    assert not (project / ".rehearsal").exists()


@pytest.mark.parametrize("text", ["training", "=mine.csv", "training=", ""])
def test_data_of_another_form_is_told_the_form(text: str, project: Path) -> None:
    result = run("rehearse", "--data", text)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"error: --data got {text!r}; allowed: CHANNEL=PATH, such as training=data/training.csv\n"


def test_data_for_one_channel_twice_is_refused(project: Path) -> None:
    result = run("rehearse", "--data", "training=a.csv", "--data", "training=b.csv")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "error: --data names the channel training twice; put the files into one directory: training=DIRECTORY\n"
    )


def test_data_that_does_not_exist_is_named_before_anything_starts(project: Path) -> None:
    result = run("rehearse", "--data", "training=mine.csv")

    assert result.exit_code == 1
    assert result.stderr == (
        "error: mine.csv does not exist; name a CSV file or a directory of them: --data training=PATH\n"
    )
    assert not (project / ".rehearsal").exists()


@pytest.mark.slow
def test_a_schedule_that_the_stack_does_not_have_is_answered_with_those_that_there_are(project: Path) -> None:
    result = run("rehearse", "--schedule", "weekly")

    assert result.exit_code == 1
    assert result.stderr == ("error: --schedule names 'weekly'; the stack's schedules: breast-cancer-staging\n")
    assert not (project / ".rehearsal").exists()
