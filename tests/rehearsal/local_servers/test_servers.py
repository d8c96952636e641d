import json
import os
import select
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from rehearsal.aws_clients import AwsClients
from rehearsal.local_servers import kept_servers
from rehearsal.local_servers.kept_servers import KeptServer
from rehearsal.local_servers.server import ServerError
from rehearsal.local_servers.server_process import PortError, listening_socket
from rehearsal.local_servers.servers import Ports, start_servers, stop_kept
from rehearsal.sealed_environment import sealed_environment

ROOT = Path(__file__).parents[3]
STARTER = """
import sys, pathlib
from rehearsal.local_servers.servers import start_servers
with start_servers(pathlib.Path(sys.argv[1]), region="us-east-1", artifact_root="s3://ml-bucket/mlflow") as servers:
    print(servers.aws.process.pid, servers.mlflow.process.pid, flush=True)
    servers.aws.wait_until_ready()
    sys.stdin.read()
"""


@contextmanager
def starter(state_dir: Path) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """A process that has started both servers, and descriptors that tell when these have ended."""
    with subprocess.Popen(
        [sys.executable, "-c", STARTER, str(state_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        descriptors = [os.pidfd_open(int(pid)) for pid in process.stdout.readline().split()]
        try:
            assert len(descriptors) == 2
            yield process, descriptors
        finally:
            process.kill()
            for descriptor in descriptors:
                os.close(descriptor)


def have_ended(descriptors: list[int]) -> bool:
    return all(select.select([descriptor], [], [], 60)[0] for descriptor in descriptors)


@pytest.mark.slow
def test_the_embedded_aws_plays_the_account_that_it_is_told(tmp_path: Path) -> None:
    with start_servers(tmp_path, region="us-east-1", artifact_root=None, account_id="210987654321") as servers:
        clients = AwsClients(servers.endpoint_url, "us-east-1")
        role = clients.iam.create_role(RoleName="a", AssumeRolePolicyDocument="{}")

        assert clients.sts.get_caller_identity()["Account"] == "210987654321"
        assert role["Role"]["Arn"] == "arn:aws:iam::210987654321:role/a"


def test_a_port_that_is_taken_is_one_clear_error_and_nothing_is_started(tmp_path: Path) -> None:
    with listening_socket(0) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortError) as refused:
            start_servers(tmp_path, region="us-east-1", artifact_root=None, ports=Ports(aws=port))
    assert str(refused.value) == (
        f"port {port} of 127.0.0.1 is taken by another program: end that program, name another port, or name none to "
        "have a free one"
    )
    assert not list(tmp_path.glob("*.log"))


def test_a_port_that_needs_privileges_is_one_clear_error() -> None:
    if int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text()) == 0:
        pytest.skip("here everybody may listen on every port")
    code = """
import os
from rehearsal.local_servers.server_process import listening_socket
os.setuid(os.getuid() or 65534)
try:
    listening_socket(1)
except Exception as error:
    print(type(error).__name__, error, sep=": ")
"""
    done = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, check=True)
    assert done.stdout == (
        "PortError: port 1 of 127.0.0.1 cannot be used: Permission denied; name another port, or none to have a free "
        "one\n"
    )


def test_a_state_folder_that_cannot_be_made_is_named_and_nothing_is_started(tmp_path: Path) -> None:
    (tmp_path / ".rehearsal").write_text("a file")
    state_dir = tmp_path / ".rehearsal" / "staging"
    with pytest.raises(ServerError) as refused:
        start_servers(state_dir, region="us-east-1", artifact_root=None)
    assert str(refused.value) == (
        f"{state_dir} cannot be used: Not a directory; logs and database of a rehearsal are kept there: make it a "
        "folder that can be written, or remove what is in its place"
    )


def test_a_process_that_is_no_longer_ours_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True) as process:
        kept_servers.write(tmp_path, [KeptServer("the MLflow server", process.pid, 4000, "of another process")])
        assert stop_kept(tmp_path) == []
        assert process.poll() is None
        process.kill()
    assert kept_servers.read(tmp_path) == []


@pytest.mark.slow
def test_two_rehearsals_in_one_state_folder_are_refused(tmp_path: Path) -> None:
    with start_servers(tmp_path, region="us-east-1", artifact_root=None):
        with pytest.raises(ServerError) as refused:
            start_servers(tmp_path, region="us-east-1", artifact_root=None)
        assert str(refused.value) == (
            f"another rehearsal is running in {tmp_path}: wait for its end, or give this one another state folder"
        )
    with start_servers(tmp_path, region="us-east-1", artifact_root=None):
        pass


@pytest.mark.slow
def test_a_server_that_dies_is_reported_with_the_end_of_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A module of that name comes first on the servers' path and breaks their start.
    (tmp_path / "moto.py").write_text("raise LookupError('no clouds today')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with (
        start_servers(tmp_path / "state", region="us-east-1", artifact_root=None) as servers,
        pytest.raises(ServerError) as failed,
    ):
        servers.wait_until_ready()
    log = tmp_path / "state" / "embedded_aws.log"
    assert str(failed.value).startswith(
        f"the embedded AWS ended with exit code 1 instead of starting; the end of its log {log}:\n"
    )
    assert str(failed.value).endswith("LookupError: no clouds today")


@pytest.mark.slow
def test_a_server_that_stays_silent_is_reported(tmp_path: Path) -> None:
    with start_servers(tmp_path, region="us-east-1", artifact_root=None) as servers:
        os.kill(servers.aws.process.pid, signal.SIGSTOP)
        with pytest.raises(ServerError) as failed:
            servers.aws.wait_until_ready(deadline_in_seconds=0.3)
        os.kill(servers.aws.process.pid, signal.SIGCONT)
    assert str(failed.value).startswith("the embedded AWS did not answer within 0.3 s; the end of its log ")


@pytest.mark.slow
def test_leaving_the_block_ends_the_servers_and_waits_for_their_end(tmp_path: Path) -> None:
    with start_servers(tmp_path, region="us-east-1", artifact_root="s3://ml-bucket/mlflow") as servers:
        processes = [servers.aws.process, servers.mlflow.process] if servers.mlflow else []
        assert [process.poll() for process in processes] == [None, None]
    assert [process.returncode for process in processes] == [-signal.SIGTERM, -signal.SIGTERM]


def use_the_embedded_aws(state_dir: Path, *, kill: bool) -> None:
    with start_servers(state_dir, region="us-east-1", artifact_root=None) as servers:
        servers.wait_until_ready()
        if kill:
            servers.aws.process.kill()
            servers.aws.process.wait()
        AwsClients(servers.endpoint_url, "us-east-1").s3.delete_bucket(Bucket="nobodys")


@pytest.mark.slow
def test_what_fails_after_the_death_of_a_server_is_told_as_that(tmp_path: Path) -> None:
    with pytest.raises(ServerError) as raised:
        use_the_embedded_aws(tmp_path, kill=True)
    assert str(raised.value).startswith(
        "the embedded AWS ended with exit code -9 while the rehearsal needed it; the end of its log "
        f"{tmp_path / 'embedded_aws.log'}:\n"
    )
    assert type(raised.value.__cause__).__name__ == "EndpointConnectionError"


@pytest.mark.slow
def test_what_fails_while_the_servers_run_is_told_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(ClientError, match="NoSuchBucket"):
        use_the_embedded_aws(tmp_path, kill=False)


@pytest.mark.slow
def test_no_server_survives_ctrl_c(tmp_path: Path) -> None:
    with starter(tmp_path) as (process, descriptors):
        process.send_signal(signal.SIGINT)
        assert have_ended(descriptors)
        assert process.wait(60) != 0
    assert not (tmp_path / "servers.json").exists()


@pytest.mark.slow
def test_no_server_survives_when_its_starter_is_killed(tmp_path: Path) -> None:
    with starter(tmp_path) as (process, descriptors):
        process.send_signal(signal.SIGKILL)
        assert have_ended(descriptors)


@pytest.mark.slow
def test_kept_servers_live_on_and_can_be_stopped_by_another_process(tmp_path: Path) -> None:
    code = STARTER.replace("    sys.stdin.read()", "    servers.keep()")
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, capture_output=True, cwd=ROOT)
    kept = kept_servers.read(tmp_path)
    descriptors = [os.pidfd_open(server.pid) for server in kept]
    try:
        assert [server.name for server in kept] == ["the embedded AWS", "the MLflow server"]
        with urllib.request.urlopen(f"{kept[0].url}/_rehearsal/health") as answer:
            assert json.load(answer) == {"status": "ok"}
        assert stop_kept(tmp_path) == ["the embedded AWS", "the MLflow server"]
        assert have_ended(descriptors)
    finally:
        for descriptor in descriptors:
            os.close(descriptor)
    assert stop_kept(tmp_path) == []


WRITE_A_RUN = """
import sys, mlflow
mlflow.set_tracking_uri(sys.argv[1])
with mlflow.start_run() as run:
    mlflow.log_text("hello", "notes/hello.txt")
print(run.info.run_id, run.info.artifact_uri, file=sys.stderr)
"""


@pytest.mark.slow
def test_mlflow_keeps_artifacts_in_the_embedded_s3_and_its_pages_show_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("AWS_PROFILE", "prod")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("MLFLOW_BACKEND_STORE_URI", "sqlite:////nowhere/else.db")
    with start_servers(tmp_path, region="us-east-1", artifact_root="s3://ml-bucket/mlflow") as servers:
        clients = AwsClients(servers.endpoint_url, "us-east-1")
        clients.s3.create_bucket(Bucket="ml-bucket")
        servers.wait_until_ready()
        done = subprocess.run(
            [sys.executable, "-c", WRITE_A_RUN, servers.tracking_uri],
            env=sealed_environment(os.environ, region="us-east-1", endpoint_url=servers.endpoint_url),
            capture_output=True,
            text=True,
            check=True,
        )
        run_id, artifact_uri = done.stderr.split()[-2:]
        assert artifact_uri == f"s3://ml-bucket/mlflow/0/{run_id}/artifacts"
        key = f"mlflow/0/{run_id}/artifacts/notes/hello.txt"
        assert clients.s3.get_object(Bucket="ml-bucket", Key=key)["Body"].read() == b"hello"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

        def page(path: str) -> bytes:
            with closing(opener.open(f"{servers.tracking_uri}{path}")) as answer:
                return bytes(answer.read())

        listed = json.loads(page(f"/ajax-api/2.0/mlflow/artifacts/list?run_id={run_id}&path=notes"))
        assert [entry["path"] for entry in listed["files"]] == ["notes/hello.txt"]
        assert page(f"/get-artifact?run_uuid={run_id}&path=notes/hello.txt") == b"hello"
        assert json.loads(page("/ajax-api/3.0/mlflow/ui-telemetry"))["disable_ui_telemetry"] is True
        assert b"<title>MLflow</title>" in page("/")
    saved = list((tmp_path / "cache" / "scheduled-training" / "mlflow").glob("empty-mlflow-*.db"))
    assert len(saved) == 1
    with start_servers(tmp_path, region="us-east-1", artifact_root="s3://ml-bucket/mlflow") as servers:
        assert (tmp_path / "mlflow.db").stat().st_size == saved[0].stat().st_size
        servers.wait_until_ready()
        request = urllib.request.Request(
            f"{servers.tracking_uri}/api/2.0/mlflow/runs/search",
            data=b'{"experiment_ids": ["0"]}',
            headers={"Content-Type": "application/json"},
        )
        with closing(opener.open(request)) as answer:
            assert json.load(answer) == {}, "a new rehearsal starts without the runs of the last"
