"""A job's network, tried by real processes: what answers, what does not, and that nothing is left."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.container.sealed_network import SealedNetwork, sealed_network

PYTHON = Path(sys.executable)
ECHO = """
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as server:
    sent = b"x" * int(sys.argv[2])
    server.sendall(sent)
    server.shutdown(socket.SHUT_WR)
    back = b"".join(iter(lambda: server.recv(65536), b""))
print(back == sent)
"""
TRY = """
import socket, sys
try:
    socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=5).close()
    print("connected")
except OSError as error:
    print(type(error).__name__)
"""


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a server that sends back what it gets."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                while data := connection.recv(65536):
                    connection.sendall(data)

    thread = threading.Thread(target=serve)
    thread.start()
    yield server.getsockname()[1]
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()


@pytest.fixture
def network(echo: int, tmp_path: Path) -> Iterator[SealedNetwork]:
    with sealed_network([f"http://127.0.0.1:{echo}"], PYTHON, tmp_path) as sealed:
        if not sealed.prefix:
            pytest.skip(f"{sealed.difference}: the kernel does not let this user make one")
        yield sealed


def run(network: SealedNetwork, code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [*network.prefix, PYTHON, "-c", code, *map(str, arguments)]
    return subprocess.run(
        command, env={**os.environ, **network.variables}, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize("size", [1, 5_000_000])
def test_the_servers_answer_at_their_own_addresses(network: SealedNetwork, echo: int, size: int) -> None:
    assert run(network, ECHO, echo, size).stdout == "True\n"


def test_many_connections_at_once_are_each_answered(network: SealedNetwork, echo: int) -> None:
    command = [*network.prefix, PYTHON, "-c", ECHO, str(echo), "200000"]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(8)]

    assert [each.communicate()[0] for each in running] == ["True\n"] * 8


def test_no_other_server_of_this_machine_answers(network: SealedNetwork) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert run(network, TRY, "127.0.0.1", port).stdout == "ConnectionRefusedError\n"


def test_nothing_outside_of_this_machine_is_on_the_way(network: SealedNetwork) -> None:
    assert run(network, TRY, "192.0.2.1", 443).stdout == "OSError\n"  # an address of documentation: RFC 5737


def test_several_hosts_of_a_job_reach_each_other(network: SealedNetwork) -> None:
    code = (
        "import socket\nserver = socket.create_server(('127.9.9.1', 0))\n"
        "socket.create_connection(server.getsockname()).close()\nprint('connected')"
    )

    assert run(network, code).stdout == "connected\n"


def test_the_images_packages_cannot_be_written_to(network: SealedNetwork, tmp_path: Path) -> None:
    done = run(network, "open(__import__('sys').argv[1], 'w')", tmp_path / "new.py")

    assert "Read-only file system" in done.stderr
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "outside").touch()


def test_other_files_are_written_as_this_users_own(
    network: SealedNetwork, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("model") / "model.joblib"

    run(network, "open(__import__('sys').argv[1], 'w')", path)

    assert path.stat().st_uid == os.getuid()


@pytest.mark.parametrize(("code", "ended"), [("raise SystemExit(3)", 3), ("import os; os.kill(os.getpid(), 9)", -9)])
def test_a_process_ends_as_it_would_without(network: SealedNetwork, code: str, ended: int) -> None:
    assert run(network, code).returncode == ended


def test_a_process_in_it_is_the_one_that_was_started(network: SealedNetwork) -> None:
    process = subprocess.Popen(
        [*network.prefix, PYTHON, "-c", "import os; print(os.getpid())"], stdout=subprocess.PIPE, text=True
    )

    assert process.communicate()[0] == f"{process.pid}\n"


def test_nothing_is_left_of_it(echo: int, tmp_path: Path) -> None:
    with sealed_network([f"http://127.0.0.1:{echo}"], PYTHON, tmp_path) as sealed:
        holder = sealed.prefix[-1:]
        threads = threading.active_count()

    assert not any(Path("/proc", pid).exists() for pid in holder)
    assert threading.active_count() <= threads


def test_where_there_are_no_namespaces_the_way_out_leads_nowhere(echo: int, tmp_path: Path) -> None:
    with sealed_network([f"http://127.0.0.1:{echo}"], PYTHON, tmp_path, namespaces=False) as sealed:
        assert sealed.prefix == ()
        assert set(sealed.variables.values()) == {"http://127.0.0.1:9"}
        assert {"HTTPS_PROXY", "https_proxy"} <= sealed.variables.keys()
        assert sealed.difference == (
            "no network namespace here: a package index is cut off by a proxy that leads nowhere"
        )
        fetched = "import urllib.request; urllib.request.urlopen('http://192.0.2.1/')"
        assert "Connection refused" in run(sealed, fetched).stderr
