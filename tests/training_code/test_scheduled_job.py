"""What a script of a team's own gets where nothing is tracked: the standard library alone."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from components.script_mode import DEFAULT_METRIC_DEFINITIONS
from tests.training_code.own_scripts import PACKAGE, SCHEDULED, OwnScript

EVERYTHING = """
import scheduled_job, os, pathlib
scheduled_job.claim()
points = scheduled_job.checkpoints()
print("found", points.latest())
with points.save(1) as directory:
    (directory / "weights").write_text("1")
scheduled_job.report(accuracy=0.975, rmse=12.5, loss=-1e-9)
scheduled_job.report({"training:trees": 3}, step=1)
print("version", scheduled_job.register_once(os.environ["SM_MODEL_DIR"]))
"""


def test_without_tracking_the_standard_library_is_enough(tmp_path: Path) -> None:
    done = OwnScript(tmp_path, EVERYTHING).run()

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "checkpoints: none are kept, the stack sets no checkpoint",
        "found None",
        "validation:accuracy=0.975000",
        "validation:rmse=12.500000",
        "loss=-0.0000000010000000",
        "training:trees=3",
        "registering: nothing here, because this process does not track",
        "version None",
    ]


def test_what_is_reported_by_its_short_name_is_found_by_the_default_definition(tmp_path: Path) -> None:
    values = {name.partition(":")[2]: f"0.{number}" for number, name in enumerate(DEFAULT_METRIC_DEFINITIONS, 1)}
    called = ", ".join(f"{name}={value}" for name, value in values.items())

    done = OwnScript(tmp_path, f"import scheduled_job\nscheduled_job.report({called})\n").run()

    for name, regex in DEFAULT_METRIC_DEFINITIONS.items():
        assert list(map(float, re.findall(regex, done.stdout))) == [float(values[name.partition(":")[2]])]


def test_the_invocation_has_the_schedule_its_time_and_a_key_that_every_delivery_shares(tmp_path: Path) -> None:
    text = "import scheduled_job\nfound = scheduled_job.invocation()\n"
    text += "print(found.schedule_name, found.scheduled_time.isoformat(), found.execution_id, found.attempt_number)\n"
    text += "print(found.key)\n"

    done = OwnScript(tmp_path, text, SCHEDULED).run()

    assert done.stdout.splitlines() == [
        "nightly 2026-11-23T06:00:00+00:00 2f9c 2",
        "arn:aws:scheduler:us-east-1:123456789012:schedule/group/nightly 2026-11-23T06:00:00Z",
    ]


def test_a_job_started_by_hand_has_its_name_for_a_key(tmp_path: Path) -> None:
    by_hand = {"SCHEDULE_ARN": "<aws.scheduler.schedule-arn>", "SCHEDULED_TIME": "<aws.scheduler.scheduled-time>"}

    done = OwnScript(tmp_path, "import scheduled_job\nprint(scheduled_job.invocation())\n", by_hand).run()

    assert done.stdout.startswith("Invocation(key='job-1', training_job_name='job-1', schedule_name='', ")


def test_a_failure_is_told_to_sagemaker_cut_and_without_secrets(tmp_path: Path) -> None:
    text = "import scheduled_job\nscheduled_job.fail('hunter2: ' + 'x' * 2000)\nprint('not reached')\n"
    script = OwnScript(tmp_path, text, {"MLFLOW_TRACKING_TOKEN": "hunter2"})

    done = script.run()

    assert done.returncode == 1
    assert "not reached" not in done.stdout
    assert "hunter2" not in done.stdout + done.stderr
    told = script.failure.read_text()
    assert told.startswith("<MLFLOW_TRACKING_TOKEN>: xxx")
    assert len(told) == 1024


def test_an_exception_that_nobody_catches_is_the_reason_of_the_failure(tmp_path: Path) -> None:
    script = OwnScript(tmp_path, "import scheduled_job\nscheduled_job.claim()\n{}['loss']\n")

    done = script.run()

    assert done.returncode == 1
    assert "KeyError: 'loss'" in done.stderr
    assert script.failure.read_text() == "unexpected KeyError: 'loss'"


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ("report(rmse='much')", "report: got rmse='much'; allowed: a number"),
        (
            "report({'a loss': 1})",
            "report: got the metric 'a loss'; allowed: letters, digits and _ . / : -, as the log's lines are read "
            "by it",
        ),
        ("checkpoints(keep=0)", "checkpoints: got keep=0; allowed: 1 or more"),
    ],
)
def test_a_slip_of_the_script_is_one_line(tmp_path: Path, call: str, reason: str) -> None:
    script = OwnScript(tmp_path, f"import scheduled_job\nscheduled_job.claim()\nscheduled_job.{call}\n")

    done = script.run()

    assert (done.returncode, done.stdout, done.stderr) == (1, f"training failed: {reason}\n", "")
    assert script.failure.read_text() == reason


def test_a_job_that_tracks_without_mlflow_says_where_to_put_it(tmp_path: Path) -> None:
    tracked = {"MLFLOW_TRACKING_URI": "http://127.0.0.1:9", "MLFLOW_EXPERIMENT_NAME": "e", "REGISTERED_MODEL_NAME": "m"}

    done = OwnScript(tmp_path, "import scheduled_job\nscheduled_job.claim()\n", tracked).run()

    assert (done.returncode, done.stderr) == (1, "")
    assert "add mlflow-skinny to the requirements.txt of the source directory, or to the image" in done.stdout


def test_what_a_tracking_job_was_not_told_is_said_all_at_once(tmp_path: Path) -> None:
    told = {"MLFLOW_TRACKING_URI": "http://127.0.0.1:9", "INVOCATION_LEASE_SECONDS": "soon", "PROMOTION_MARGIN": "-1"}

    done = OwnScript(tmp_path, "import scheduled_job\nscheduled_job.claim()\n", told).run()

    for name in ("MLFLOW_EXPERIMENT_NAME", "REGISTERED_MODEL_NAME", "INVOCATION_LEASE_SECONDS", "PROMOTION_MARGIN"):
        assert f"environment variable {name}: " in done.stdout


@pytest.mark.parametrize("second", [{"SM_HOSTS": '["algo-1", "algo-2"]', "SM_CURRENT_HOST": "algo-2"}, {"RANK": "1"}])
def test_a_further_host_or_process_of_a_job_leaves_tracking_to_the_first(
    tmp_path: Path, second: dict[str, str]
) -> None:
    done = OwnScript(tmp_path, EVERYTHING, {"MLFLOW_TRACKING_URI": "http://127.0.0.1:9"} | second).run()

    assert (done.returncode, done.stderr) == (0, "")
    assert "version None" in done.stdout


def test_importing_it_loads_nothing_of_it_before_it_is_used() -> None:
    code = "import sys, scheduled_job\nprint([name for name in sys.modules if name.startswith('scheduled_job')])"

    done = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=PACKAGE.parent, capture_output=True, text=True, check=True
    )

    assert done.stdout == "['scheduled_job']\n"


AFTERWARDS = {"TRACKING": "afterwards", "MLFLOW_EXPERIMENT_NAME": "e", "REGISTERED_MODEL_NAME": "m"}


def test_without_a_network_the_record_is_left_in_the_output_by_the_standard_library_alone(tmp_path: Path) -> None:
    text = EVERYTHING.replace(
        "scheduled_job.report(",
        "(pathlib.Path(os.environ['SM_MODEL_DIR']) / 'w').write_text('1')\nscheduled_job.report(",
        1,
    )
    done = OwnScript(tmp_path, text, SCHEDULED | AFTERWARDS).run()

    assert (done.returncode, done.stderr) == (0, "")
    first, *_, before, last = done.stdout.splitlines()
    assert first.startswith("tracking: afterwards: nothing is reached from here, so no other delivery")
    assert before.endswith("`training-jobs register job-1` brings it in")
    assert last == "version None"
    kept = tmp_path / "ml" / "output" / "data" / "unregistered"
    record = json.loads((kept / "record.json").read_text())
    assert (record["run_id"], record["title"], record["script"]) == ("", "fit", "fit.py")
    assert record["evaluation"]["validation:accuracy"] == 0.975
    assert [each["step"] for each in record["metrics"] if each["name"] == "training:trees"] == [1]
    assert (kept / "model" / "w").read_text() == "1"


def test_what_mlflow_has_logged_is_refused_without_a_network(tmp_path: Path) -> None:
    text = "import scheduled_job\nscheduled_job.register_once('models:/m-0123')\n"
    done = OwnScript(tmp_path, text, SCHEDULED | AFTERWARDS).run()

    assert done.returncode == 1
    assert (
        "register_once: got 'models:/m-0123'; allowed where no MLflow is reached: a directory or a file" in done.stdout
    )
