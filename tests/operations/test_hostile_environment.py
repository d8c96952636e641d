"""A rehearsal never leaves this machine, whatever the person's environment and configuration files say."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from components.package_archives import package_archives
from components.package_building import UNCOMPILED, cache_directory, provide
from components.source_bundle import read_source_files
from rehearsal.container.packages import packages_variables
from tests.operations import network_guard
from tests.operations.network_guard import NetworkGuard
from tests.operations.projects import (
    ROOT,
    copy_project,
    left_in_temporary_files,
    processes_of,
    require_container,
    training_jobs,
)

pytestmark = pytest.mark.slow

ELSEWHERE = "http://elsewhere.invalid:4566"
CLOSED_PORT = "http://127.0.0.1:9"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


def hostile_home(directory: Path) -> dict[str, str]:
    """A home whose AWS files lead out, and the variables of somebody who works behind a proxy with a real profile."""
    (directory / ".aws").mkdir(parents=True)
    services = "".join(f"{name} =\n  endpoint_url = {ELSEWHERE}\n" for name in ("s3", "sts", "scheduler", "sagemaker"))
    profile = f"[profile production]\nregion = eu-central-1\nendpoint_url = {ELSEWHERE}\nservices = out\n"
    (directory / ".aws" / "config").write_text(f"{profile}[services out]\n{services}")
    (directory / ".aws" / "credentials").write_text(
        f"[production]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = {SECRET}\n"
    )
    proxies = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
    return {
        "HOME": str(directory),
        "AWS_PROFILE": "production",
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_SESSION_TOKEN": "IQoJb3JpZ2luX2VjEXAMPLE",
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ENDPOINT_URL": ELSEWHERE,
        "AWS_ENDPOINT_URL_S3": ELSEWHERE,
        "AWS_ENDPOINT_URL_SAGEMAKER": ELSEWHERE,
        "AWS_CONFIG_FILE": str(directory / ".aws" / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(directory / ".aws" / "credentials"),
        "AWS_CA_BUNDLE": "/nonexistent/ca.pem",
        "REQUESTS_CA_BUNDLE": "/nonexistent/ca.pem",
        "MLFLOW_TRACKING_URI": "https://mlflow.invalid",
        "MLFLOW_REGISTRY_URI": "https://mlflow.invalid",
        "MLFLOW_TRACKING_TOKEN": SECRET,
        "MLFLOW_S3_ENDPOINT_URL": ELSEWHERE,
        "PULUMI_CONFIG": '{"scheduled-training:bukket": "x"}',
        "PULUMI_STACK": "other",
        "PULUMI_BACKEND_URL": "https://pulumi.invalid",
        "PYTHONWARNINGS": "error",
        "NO_PROXY": "",
        "no_proxy": "",
        **dict.fromkeys(proxies, CLOSED_PORT),
    }


def cache_with_packages() -> Path:
    """The cache of whoever runs the tests, with what travels with jobs: made before, since that asks an index."""
    for archive in package_archives(read_source_files(ROOT / "training_code")):
        provide(archive, {**os.environ, UNCOMPILED: "yes"}, print)
    packages_variables(ROOT, require_container(), print)
    return cache_directory(os.environ).parents[1]


def guard_the_container(project: Path, guard: NetworkGuard) -> None:
    """A container is given none of the caller's PYTHON variables, so its Python is one that brings the guard along."""
    real = require_container()
    environment = project / ".venv-container"
    environment.unlink()
    (environment / "bin").mkdir(parents=True)
    (environment / "bin" / "train").write_text("")
    python = environment / "bin" / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{guard.directory}" exec "{real / "bin" / "python"}" "$@"\n')
    python.chmod(0o755)


@pytest.fixture(scope="module")
def guard(tmp_path_factory: pytest.TempPathFactory) -> NetworkGuard:
    return network_guard.install(tmp_path_factory.mktemp("guard") / "on-the-path")


@pytest.mark.parametrize(
    "statement",
    [
        "socket.create_connection(('192.0.2.1', 443), timeout=1)",
        "socket.getaddrinfo('sagemaker.us-east-1.amazonaws.com', 443)",
        "socket.gethostbyname('sts.amazonaws.com')",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
        "urllib.request.urlopen('http://169.254.169.254/latest/meta-data/', timeout=1)",
    ],
)
def test_the_guard_refuses_and_records_what_leaves_this_machine(statement: str, tmp_path: Path) -> None:
    guard = network_guard.install(tmp_path / "guard")
    statement = f"import socket, urllib.request; {statement}"
    code = f"import subprocess, sys; sys.exit(subprocess.call([sys.executable, '-c', {statement!r}]))"

    ran = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(guard.directory)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 1
    assert "the network guard refused socket." in ran.stderr
    assert len(guard.refused) == 1
    assert len(guard.guarded) == 2, "the process and its child"


def test_the_guard_lets_loopback_pass(tmp_path: Path) -> None:
    guard = network_guard.install(tmp_path / "guard")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code = f"import socket; [socket.create_connection((host, {port})) for host in ('127.0.0.1', 'localhost')]"
        subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(guard.directory)}, check=True)

    assert guard.refused == []


def test_a_check_passes_in_a_hostile_environment_and_asks_nobody(tmp_path: Path) -> None:
    project, guard = copy_project(tmp_path / "project"), network_guard.install(tmp_path / "guard")
    environ = hostile_home(tmp_path / "home") | {"PYTHONPATH": str(guard.directory)}

    ran = training_jobs(project, "check", "-s", "staging", environ=environ)

    assert (ran.returncode, ran.stderr) == (0, "")
    assert guard.refused == []
    assert any("pulumi.policy" in command for command in guard.guarded), "the pack was guarded as well"


def test_prod_is_rehearsed_in_a_hostile_environment_and_asks_nobody(tmp_path: Path) -> None:
    project, guard = copy_project(tmp_path / "project"), network_guard.install(tmp_path / "guard")
    guard_the_container(project, guard)
    environ = hostile_home(tmp_path / "home") | {"PYTHONPATH": str(guard.directory)}
    environ["XDG_CACHE_HOME"] = str(cache_with_packages())

    ran = training_jobs(project, "rehearse", "-s", "prod", environ=environ)

    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    assert "model version  breast-cancer-prod version 1\n" in ran.stdout
    assert "S3 artifact    s3://ml-platform-prod-ml-bucket/training-outputs/breast-cancer-prod-" in ran.stdout
    assert "reading validation: 1 file, 171 rows, 30 features" in ran.stdout
    assert guard.refused == []
    for part in ("training-jobs", "embedded_aws", "mlflow_server", "pulumi.policy", "sagemaker_training", "train.py"):
        assert any(part in command for command in guard.guarded), f"{part} was guarded as well"
    assert processes_of(project) == []
    assert left_in_temporary_files(project) == []
    everything = [ran.stdout, *(path.read_text() for path in (project / ".rehearsal").rglob("*.log"))]
    assert not [text for text in everything if SECRET in text]
