"""How jobs end that do not succeed: failed, at their limit, stopped, interrupted."""

import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from rehearsal.aws_clients import AwsClients
from tests.rehearsal.container.containers import SUCCEEDING, good_request, keys, logged, put_bundle, run

pytestmark = pytest.mark.slow


def test_a_job_that_fails_uploads_what_it_has_left_and_says_why_as_sagemaker_does(clients: AwsClients) -> None:
    put_bundle(
        clients,
        train_py=SUCCEEDING + "\nraise ValueError('the label column is missing')\n",
    )

    result = run(clients, good_request())

    assert (result.status, result.secondary_status) == ("Failed", "Failed")
    assert (result.failure_reason or "").startswith("AlgorithmError: ExecuteUserScriptError:\nExitCode 1\n")
    assert (result.failure_reason or "").endswith(", exit code: 1")
    assert result.model_artifact_uri is None
    assert keys(clients, "outputs/") == ["outputs/job/output/model.tar.gz", "outputs/job/output/output.tar.gz"]
    assert keys(clients, "checkpoints/") == ["checkpoints/1/second"]
    assert "ValueError: the label column is missing" in logged(clients, result)


def test_a_failure_file_of_the_script_is_the_reason(clients: AwsClients) -> None:
    put_bundle(
        clients,
        train_py="import os, sys\n"
        "open(os.path.join(os.environ['SM_OUTPUT_DIR'], 'failure'), 'w').write('the label column is missing')\n"
        "sys.exit(2)\n",
    )

    assert run(clients, good_request()).failure_reason == "AlgorithmError: the label column is missing, exit code: 1"


def test_a_requirement_that_the_container_lacks_fails_the_job_and_nothing_is_downloaded(clients: AwsClients) -> None:
    put_bundle(clients, train_py=SUCCEEDING, requirements_txt="no-such-requirement-of-ours==1.0\n")

    result = run(clients, good_request())

    assert (result.failure_reason or "").startswith("AlgorithmError: InstallRequirementsError:\n")
    log = logged(clients, result)
    assert "ERROR: No matching distribution found for no-such-requirement-of-ours==1.0" in log
    assert not [line for line in log if "Retrying" in line or "Looking in indexes" in line]


def test_a_missing_source_bundle_fails_the_job(clients: AwsClients) -> None:
    result = run(clients, good_request())

    assert result.status == "Failed"
    assert (result.failure_reason or "").startswith("AlgorithmError: Framework Error: \nTraceback")
    assert len(result.failure_reason or "") == 1024
    error = "botocore.exceptions.ClientError: An error occurred (404) when calling the HeadObject operation: Not Found"
    assert error in logged(clients, result)


ENDLESS = """
import os, pathlib, signal, time
signal.signal(signal.SIGTERM, lambda *_: print("the script got SIGTERM"))
pathlib.Path(os.environ["SM_MODEL_DIR"], "half").write_text("half a model")
pathlib.Path(os.environ["CHECKPOINT_LOCAL_PATH"], "half").write_text("half a forest")
print("ready")
while True:
    time.sleep(1)
"""


def test_a_job_at_its_time_limit_is_stopped_which_is_no_success(
    clients: AwsClients, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_bundle(clients, train_py=ENDLESS)
    request = good_request()
    seconds = request["StoppingCondition"]["MaxRuntimeInSeconds"]
    is_ready = threading.Event()
    # The limit's clock stands still until the script has begun, however long that takes here.
    clock = SimpleNamespace(monotonic=lambda: float(is_ready.is_set() and seconds))
    monkeypatch.setattr("rehearsal.container.process.time", clock)

    result = run(clients, request, on_line=lambda line: line == "ready" and is_ready.set())

    assert (result.status, result.secondary_status) == ("Stopped", "MaxRuntimeExceeded")
    assert (result.failure_reason, result.model_artifact_uri) == (None, None)
    assert keys(clients, "outputs/") == ["outputs/job/output/model.tar.gz"]


def test_a_job_that_is_asked_to_stop_keeps_its_checkpoints_and_hears_nothing_of_sigterm(clients: AwsClients) -> None:
    put_bundle(clients, train_py=ENDLESS)
    stop = threading.Event()
    lines: list[str] = []

    def stop_when_ready(line: str) -> None:
        lines.append(line)
        if line == "ready":
            stop.set()

    result = run(clients, good_request(), on_line=stop_when_ready, stop_requested=stop)

    assert (result.status, result.secondary_status) == ("Stopped", "Stopped")
    assert keys(clients, "outputs/") == ["outputs/job/output/model.tar.gz"]
    assert keys(clients, "checkpoints/") == ["checkpoints/1/half"]
    assert "the script got SIGTERM" not in lines


def test_an_interrupted_rehearsal_leaves_no_upload_and_no_directory(
    clients: AwsClients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_bundle(clients, train_py=ENDLESS)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def interrupt(line: str) -> None:
        if line == "ready":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(clients, good_request(), on_line=interrupt)

    assert keys(clients, "outputs/") == []
    assert list(tmp_path.iterdir()) == []
