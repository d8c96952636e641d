"""What is remembered of servers that live on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rehearsal.local_servers import kept_servers
from rehearsal.local_servers.kept_servers import KeptServer, KeptServersError, process_identity
from rehearsal.local_servers.servers import stop_kept


def test_the_identity_of_a_process_is_its_start_and_its_command() -> None:
    command = [sys.executable, "-c", "print(flush=True) or input()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()  # until then it may not have its command yet
        identity = process_identity(process.pid)
        assert identity is not None
        assert identity.endswith(" ".join(command))
        assert process_identity(os.getpid()) != identity
        process.kill()
    assert process_identity(process.pid) is None


def test_kept_servers_are_remembered_until_they_are_forgotten(tmp_path: Path) -> None:
    server = KeptServer("the MLflow server", 1, 4000, "identity")
    assert kept_servers.read(tmp_path) == []
    kept_servers.write(tmp_path, [server])
    assert kept_servers.read(tmp_path) == [server]
    assert server.url == "http://127.0.0.1:4000"
    kept_servers.forget(tmp_path)
    assert kept_servers.read(tmp_path) == []


@pytest.mark.parametrize("text", ["{", '{"a": 1}', '[{"name": "MLflow"}]', "[1]"])
def test_a_damaged_record_of_kept_servers_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "servers.json").write_text(text)
    with pytest.raises(KeptServersError) as refused:
        stop_kept(tmp_path)
    assert str(refused.value) == (
        f"{tmp_path / 'servers.json'} is damaged, so it is not known which servers a rehearsal left running: end those "
        "that `ps` shows as rehearsal.local_servers, and remove the file"
    )
