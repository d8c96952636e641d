"""Scripts as strangers write them: whatever they do, the job ends as it should, and what is lost is said."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.training_code.own_scripts import SCHEDULED, OwnScript

AFTERWARDS = SCHEDULED | {"TRACKING": "afterwards", "MLFLOW_EXPERIMENT_NAME": "e", "REGISTERED_MODEL_NAME": "m"}
"""A job that reaches nothing: all that a script tells is in the record, and no server is needed to see it."""
MODEL = """
import os, pathlib, time, scheduled_job
model = pathlib.Path(os.environ["SM_MODEL_DIR"])
(model / "weights").write_text("1")
scheduled_job.claim()
"""


def kept(script: OwnScript) -> Path:
    return script.base / "output" / "data" / "unregistered"


def record_of(script: OwnScript) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((kept(script) / "record.json").read_text())
    return read


def failed_with(script: OwnScript) -> str:
    """The one line that a script's slip comes to, which is the FailureReason as well."""
    done = script.run()
    assert (done.returncode, done.stderr) == (1, "")
    reason = script.failure.read_text()
    assert f"training failed: {reason}" in done.stdout.splitlines()
    return reason


def test_a_metric_has_the_time_at_which_it_was_reported_and_not_that_of_the_registration(tmp_path: Path) -> None:
    text = f"""{MODEL}
before = time.time()
scheduled_job.report(loss=0.5, step=1)
scheduled_job.report(rmse=2)
after = time.time()
while time.time() < after + 0.01: pass
scheduled_job.register_once(model)
print(before, after)
"""
    script = OwnScript(tmp_path, text, AFTERWARDS)

    done = script.run()

    before, after = map(float, done.stdout.splitlines()[-1].split())
    metrics = {each["name"]: each for each in record_of(script)["metrics"]}
    assert {name: each["step"] for name, each in metrics.items()} == {"loss": 1, "validation:rmse": 0}
    for each in metrics.values():
        assert int(before * 1000) <= each["timestamp"] <= after * 1000


def test_every_value_that_is_a_number_is_kept_and_ten_thousand_of_them(tmp_path: Path) -> None:
    text = f"""{MODEL}
class Scalar:  # as NumPy's and PyTorch's are
    def __float__(self): return 0.25
    def __index__(self): return 7
for step in range(10_000, 0, -1): scheduled_job.report(loss=1 / step, step=step)
scheduled_job.report({{"a": float("nan"), "b": float("inf"), "c": Scalar(), "d": "0.5", "e": True}}, step=Scalar())
scheduled_job.report(loss=1, step=3.0)
scheduled_job.register_once(model)
"""
    script = OwnScript(tmp_path, text, AFTERWARDS)

    assert script.run().returncode == 0

    *losses, a, b, c, d, e, last = record_of(script)["metrics"]
    assert [each["step"] for each in losses] == list(range(10_000, 0, -1))
    assert [str(each["value"]) for each in (a, b, c, d, e)] == ["nan", "inf", "0.25", "0.5", "1"]
    assert (c["step"], last["step"]) == (7, 3)


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (
            "report({'a': 'much', 'b c': 1}, step='3')",
            "report: got step='3'; allowed: a whole number; got a='much'; allowed: a number; got the metric 'b c'; "
            "allowed: letters, digits and _ . / : -, as the log's lines are read by it",
        ),
        ("report(a=10**400)", f"report: got a={'1' + '0' * 39!r}"[:-1] + "...'; allowed: a number"),
        (
            "report({'../a': 1})",
            "report: got the metric '../a'; allowed: a name that is no path, without / at its ends",
        ),
        ("report({'a/': 1})", "report: got the metric 'a/'; allowed: a name that is no path, without / at its ends"),
        ("report(a=1, step=2**63)", "report: got step='9223372036854775808'; allowed: a whole number"),
        (
            "register_once(object())",
            "register_once: got a object; allowed: a directory, a file, or the URI of a logged model; save the model "
            "first, and name where",
        ),
        (
            "register_once(model, parameters=3)",
            "register_once: got int as parameters; allowed: a mapping of names to values, such as vars(arguments) of "
            "argparse",
        ),
        (
            "register_once(model / 'nowhere')",
            "register_once: got '{model}/nowhere', where there is no model; save it there before",
        ),
        ("fail(ValueError('no rows'))", "no rows"),
        ("fail(KeyError())", "KeyError"),
        ("fail('')", "no reason was given"),
    ],
)
def test_a_slip_is_one_line_that_names_all_of_it(call: str, reason: str, tmp_path: Path) -> None:
    script = OwnScript(tmp_path, f"{MODEL}\nscheduled_job.{call}\n", AFTERWARDS)

    assert failed_with(script) == reason.replace("{model}", str(script.base / "model"))
    assert not kept(script).exists()


def test_names_of_parameters_that_mlflow_refuses_cost_no_model(tmp_path: Path) -> None:
    text = f"{MODEL}\nscheduled_job.register_once(model, parameters={{'n (rounds)': 3, '/a//b/': 1, 'depth': 2}})\n"
    script = OwnScript(tmp_path, text, AFTERWARDS)

    done = script.run()

    assert record_of(script)["parameters"] == {"n _rounds_": "3", "a/b": "1", "depth": "2"}
    assert (
        "registering: parameters: 'n (rounds)' is recorded as 'n _rounds_', '/a//b/' is recorded as 'a/b', as MLflow "
        "takes names"
    ) in done.stdout.splitlines()


def test_a_second_model_and_a_late_metric_are_not_lost_in_silence(tmp_path: Path) -> None:
    text = f"""{MODEL}
scheduled_job.register_once(model / "weights")
scheduled_job.register_once(model)
scheduled_job.report(late=1)
scheduled_job.report(late=2, step=2)
"""
    script = OwnScript(tmp_path, text, AFTERWARDS)

    done = script.run()

    assert done.stdout.splitlines()[-4:] == [
        "registering: not again: one invocation has one model version; put several models into one directory",
        "late=1",
        "report: the model is registered already: only the log has what is reported after it",
        "late=2",
    ]
    assert [path.name for path in (kept(script) / "model").iterdir()] == ["weights"]
    assert record_of(script)["metrics"] == []


@pytest.mark.parametrize("claims", ["", "scheduled_job.claim()"])
def test_a_failure_in_a_thread_ends_the_whole_job_and_the_first_reason_stands(claims: str, tmp_path: Path) -> None:
    text = f"""
import threading, scheduled_job
{claims}
scheduled_job.report(a=1)
def fall(reason):
    scheduled_job.fail(reason)
threads = [threading.Thread(target=fall, args=(f"reason {{n}}",)) for n in range(3)]
for each in threads: each.start()
for each in threads: each.join()
threading.Event().wait(60)
print("not reached")
"""
    script = OwnScript(tmp_path, text, AFTERWARDS)

    done = script.run()

    assert done.returncode == 1
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("training failed: ")]
    assert line == f"training failed: {script.failure.read_text()}"
    assert "not reached" not in done.stdout


def test_a_reason_that_cannot_be_left_is_in_the_log(tmp_path: Path) -> None:
    script = OwnScript(tmp_path, "import scheduled_job\nscheduled_job.fail('no rows')\n")
    script.base.mkdir()
    (script.base / "output").write_text("a file where a directory should be")

    done = script.run()

    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("training failed: no rows\nthe reason cannot be left for SageMaker: ")


def test_what_a_forked_process_reports_is_said_to_be_in_the_log_only(tmp_path: Path) -> None:
    text = f"""{MODEL}
if os.fork() == 0:
    scheduled_job.report(a=1, step=1)
    scheduled_job.report(a=2, step=2)
    os._exit(0)
os.wait()
scheduled_job.report(b=1, step=1)
scheduled_job.register_once(model)
"""
    script = OwnScript(tmp_path, text, AFTERWARDS)

    done = script.run()

    said = "report: only the log has what a process reports that was forked off after claim()"
    assert done.stdout.splitlines()[1:5] == ["a=1.0000000"[:3], said, "a=2", "b=1"]
    assert [each["name"] for each in record_of(script)["metrics"]] == ["b"]


def test_a_model_with_any_names_is_kept_and_one_that_is_half_kept_is_not_taken_for_it(tmp_path: Path) -> None:
    names = ["Modèle α.bin", "a b#c%?.onnx", "tief/er/x.pkl", ".hidden"]
    text = f"""{MODEL}
(model / "weights").unlink()
for name in {names!r}:
    (model / name).parent.mkdir(parents=True, exist_ok=True)
    (model / name).write_text(name)
scheduled_job.register_once(model)
"""
    script = OwnScript(tmp_path, text, AFTERWARDS)
    killed = kept(script).with_suffix(".partial")
    killed.mkdir(parents=True)
    (killed / "torn").write_text("")

    assert script.run().returncode == 0

    found = {path.relative_to(kept(script) / "model").as_posix() for path in (kept(script) / "model").rglob("*")}
    assert {*names} < found
    assert [path.name for path in kept(script).parent.iterdir()] == ["unregistered"]


def test_a_claim_that_failed_and_was_caught_fails_again_and_not_by_an_assertion(tmp_path: Path) -> None:
    tracked = {"MLFLOW_TRACKING_URI": "http://127.0.0.1:9", "MLFLOW_EXPERIMENT_NAME": "e", "REGISTERED_MODEL_NAME": "m"}
    text = (
        "import scheduled_job\ntry: scheduled_job.claim()\nexcept Exception: pass\nscheduled_job.register_once('.')\n"
    )

    assert failed_with(OwnScript(tmp_path, text, SCHEDULED | tracked)).startswith("scheduled_job: the job tracks to")


def test_a_job_that_is_stopped_while_it_writes_a_checkpoint_goes_on_from_the_one_before(tmp_path: Path) -> None:
    text = """
import sys, time, scheduled_job
points = scheduled_job.checkpoints()
found = points.latest()
step = found.step + 1 if found else 1
if found is None:
    with points.save(step) as directory: (directory / "a").write_text("1")
with points.save(step + 1) as directory:
    (directory / "a").write_text("2")
    print("writing", flush=True)
    if found is None: sys.stdin.readline()
"""
    script = OwnScript(tmp_path, text, {"CHECKPOINT_LOCAL_PATH": str(tmp_path / "points")})
    with script.start() as process:
        assert process.stdout is not None
        assert any(line == "writing\n" for line in process.stdout)
        process.send_signal(signal.SIGTERM)
    assert process.returncode == -signal.SIGTERM

    done = script.run()

    assert "checkpoints: going on from step 1 in " in done.stdout
    assert len([*(tmp_path / "points").iterdir()]) == 2


def test_arguments_that_are_not_known_are_for_the_script_to_take_or_to_leave(tmp_path: Path) -> None:
    text = """
import argparse, scheduled_job
parser = argparse.ArgumentParser()
parser.add_argument("--depth", type=int, default=3)
known, unknown = parser.parse_known_args(["--depth", "5", "--more", "1"])
print(known.depth, unknown)
print(repr(scheduled_job.invocation().key))
"""
    laptop = OwnScript(tmp_path, text, {"TRAINING_JOB_NAME": ""})

    assert laptop.run().stdout.splitlines() == ["5 ['--more', '1']", "''"]


@pytest.mark.parametrize(
    ("variables", "call"),
    [(AFTERWARDS, "register_once()"), (SCHEDULED | {"MLFLOW_TRACKING_URI": "http://127.0.0.1:9"}, "claim()")],
)
def test_values_that_come_to_no_run_are_said_to_be_in_the_log_only(
    variables: dict[str, str], call: str, tmp_path: Path
) -> None:
    done = OwnScript(tmp_path, "import scheduled_job\nscheduled_job.report(a=1)\n", variables).run()

    assert done.stdout.splitlines() == ["a=1", f"report: only the log has what was reported: {call} was not called"]
