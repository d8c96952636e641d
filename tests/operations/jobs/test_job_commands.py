"""The commands about training jobs, on a deployed stack whose training jobs have come to what a test reports."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from rich.console import Console

from operations.deployed_jobs import OutputsError
from operations.jobs.backfilling import BackfillWanted, Work, backfill
from operations.jobs.deployed_schedules import choose_schedule
from operations.jobs.history import JobRun
from operations.jobs.history_asking import describe_job
from operations.jobs.invocations import execution_id_of, request_of
from operations.jobs.operated_stack import OperatedStack
from operations.jobs.runners import SageMakerRunner
from operations.jobs.running import RunWanted, Told, run_now
from operations.jobs.status_asking import Wanted, read_status
from operations.jobs.status_commands import watch_status
from operations.places import PlaceError
from operations.registering.by_itself import bring_in_own
from tests.operations.deployed_stack import DeployedStack
from tests.operations.jobs.ending import end
from tests.operations.projects import typed

pytestmark = pytest.mark.slow
REASON = "AlgorithmError: no S3 objects found under s3://b/dt=2026-10-01/; see whether the data has come, exit code: 1"


def told() -> tuple[Told, io.StringIO]:
    output = io.StringIO()
    return Told(Console(file=output, width=400, highlight=False)), output


def document(*arguments: str) -> Any:  # noqa: ANN401 - JSON
    result = typed(*arguments, "--rehearsal", "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_status_tells_why_a_job_failed_and_json_has_the_same(deployed: DeployedStack, stack: OperatedStack) -> None:
    name = deployed.run_job("Failed", FailureReason=REASON)

    shown = typed("status", "--rehearsal", "--no-models", "-n", "1")
    (job,) = document("status", "--no-models", "-n", "1")["jobs"]

    assert shown.exit_code == 0
    assert name[-36:-28] in shown.stdout
    assert "no S3 objects found under s3://b/dt=2026-10-01/" in shown.stdout
    assert f"training-jobs logs {name} --rehearsal" in " ".join(shown.stdout.split())
    (run,) = job["training_jobs"]
    assert (run["name"], run["status"], run["scheduled_time"]) == (name, "Failed", "2026-10-01T03:00:00Z")
    assert run["reason"].startswith("no S3 objects found under")
    assert job["schedules"][0]["state"] == "DISABLED"


def test_a_server_that_does_not_answer_is_a_note_and_the_rest_is_told(
    deployed: DeployedStack, stack: OperatedStack
) -> None:
    name = deployed.run_job()

    status = read_status(deployed.project, "staging", stack.place, [deployed.job], Wanted(runs=1))

    assert status.jobs[0].history.runs[0].name == name
    assert status.versions == {}
    (note,) = status.notes
    assert note.startswith("MLflow does not answer: MLflow at http://127.0.0.1:9")


def test_what_is_watched_is_shown_again_until_somebody_interrupts(
    deployed: DeployedStack, stack: OperatedStack
) -> None:
    name, waited = deployed.create_job(), list[float]()

    def wait(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 2:
            raise KeyboardInterrupt
        end(deployed, name)

    output = io.StringIO()
    console = Console(file=output, width=200, highlight=False)

    assert watch_status(stack, None, Wanted(runs=1, with_models=False), console, wait) == 0
    shown = output.getvalue()
    assert shown.index("InProgress (Starting)") < shown.index("Stopped")
    assert shown.count(f"│ {name[-36:-28]} │") == 2


def test_a_dry_run_prints_the_request_and_sends_nothing(deployed: DeployedStack, stack: OperatedStack) -> None:
    before = deployed.clients.sagemaker.list_training_jobs(MaxResults=100)["TrainingJobSummaries"]

    shown = json.loads(typed("run", "--rehearsal", "--dry-run", "--set", "max_depth=7").stdout)

    request = shown["request"]
    assert request["HyperParameters"] == deployed.job.request["HyperParameters"] | {"max_depth": "7"}
    assert request["Environment"]["SCHEDULED_TIME"] == shown["scheduled_time"]
    assert request["Environment"]["SCHEDULE_ARN"] == deployed.job.schedule_arn
    assert "<aws.scheduler." not in json.dumps(request)
    assert deployed.clients.sagemaker.list_training_jobs(MaxResults=100)["TrainingJobSummaries"] == before


def test_a_hyperparameter_is_judged_as_check_judges_it_before_anything_is_sent(stack: OperatedStack) -> None:
    result = typed("run", "--rehearsal", "--set", "max_depth=deep", "--set", "no_such_thing=1")

    assert result.exit_code == 1
    assert result.stderr.startswith(
        "error: --set max_depth=deep, no_such_thing=1 is refused, nothing was sent. With it, Pulumi.staging.yaml has 2 "
        "problems:\n"
    )
    assert "breast-cancer.hyperparameters.max_depth: got 'deep', allowed: a whole number" in result.stderr
    assert "breast-cancer.hyperparameters.no_such_thing: " in result.stderr


def test_a_run_is_started_with_the_callers_own_call_and_says_how_to_follow_it(
    deployed: DeployedStack, stack: OperatedStack
) -> None:
    words, output = told()

    assert run_now(stack, RunWanted(), words) == 0

    (line,) = [line for line in output.getvalue().splitlines() if line.startswith("started; see: ")]
    name = line.split()[4]
    end(deployed, name)
    described = deployed.clients.sagemaker.describe_training_job(TrainingJobName=name)
    assert described["Environment"]["SCHEDULE_ARN"] == deployed.job.schedule_arn
    assert line == f"started; see: training-jobs logs {name} --follow"


def test_waiting_hears_of_each_status_and_ends_with_the_first_job_that_does(
    deployed: DeployedStack, stack: OperatedStack, in_progress: str
) -> None:
    heard = list[JobRun]()
    reports = iter(
        [{"SecondaryStatus": "Uploading"}, {"TrainingJobStatus": "Completed", "SecondaryStatus": "Completed"}]
    )
    runner = SageMakerRunner(stack.place, lambda _seconds: deployed.report(in_progress, **next(reports)))

    run = runner.wait_for_one([in_progress], heard.append)

    assert run.status == "Completed"
    assert [each.secondary_status for each in heard] == ["Training", "Uploading", "Completed"]


@pytest.mark.parametrize(("status", "is_asked"), [("Completed", True), ("Failed", False)])
def test_the_record_of_a_job_without_a_network_is_fetched_when_it_has_succeeded(
    deployed: DeployedStack, stack: OperatedStack, status: str, is_asked: bool
) -> None:
    name = deployed.create_job(environment={"TRACKING": "afterwards"})
    end(deployed, name, status)
    run = describe_job(stack.place.sagemaker, name)

    why = bring_in_own(stack, run, Console(quiet=True))

    assert (f"training job {name} (Completed) kept no record in " in why) is is_asked  # nothing was trained
    assert bool(why) is is_asked


def test_stop_asks_a_job_that_runs_and_leaves_one_that_has_ended(
    deployed: DeployedStack, stack: OperatedStack, in_progress: str
) -> None:
    assert "is asked to stop; it has 120 s" in typed("stop", in_progress, "--rehearsal").stdout
    assert "is being stopped already" in typed("stop", in_progress, "--rehearsal").stdout
    end(deployed, in_progress)

    ended = typed("stop", in_progress, "--rehearsal")

    assert ended.exit_code == 0
    assert "has ended already, as Stopped at " in " ".join(ended.stdout.split())
    answer = document("stop", in_progress)
    assert (answer["asked_to_stop"], answer["training_job"]["status"]) == (False, "Stopped")


def test_a_backfill_skips_what_ran_and_runs_the_rest_some_at_a_time(
    deployed: DeployedStack, stack: OperatedStack
) -> None:
    first, second, third = (datetime(2026, 9, day, 3, tzinfo=UTC) for day in (1, 2, 3))
    arn = deployed.job.schedule_arn
    schedule = choose_schedule(stack.place, stack.jobs, None, None)[1].deployed
    assert schedule is not None
    deployed.run_job(due=first)
    words, _ = told()
    # The Scheduler's own job of the first day was created just now: it is not among those of its day.
    names = {
        day: f"{deployed.job.training_job_name_prefix}-{execution_id_of(arn, day)}" for day in (first, second, third)
    }
    at_once = list[int]()

    def wait(_seconds: float) -> None:
        running = [each for each in names.values() if each in work.running]
        at_once.append(len(running))
        end(deployed, running[0], "Completed")

    work = Work(stack, SageMakerRunner(stack.place, wait), schedule, words)
    work.do({day: request_of(schedule, day, execution_id_of(arn, day)) for day in names}, parallel=2)

    assert [run.scheduled_time[:10] for run in work.ended] == ["2026-09-01", "2026-09-02", "2026-09-03"]
    assert at_once == [2, 2, 1]
    again, output = told()
    assert backfill(stack, BackfillWanted("2026-09-01", "2026-09-03"), again) == 0
    assert "3 invocations, 0 to make up for, 3 skipped" in output.getvalue()
    assert f"2026-09-02T03:00:00Z  skipped: training job {names[second]} has succeeded" in output.getvalue()


def test_two_backfills_at_once_make_one_job(deployed: DeployedStack, stack: OperatedStack) -> None:
    day = datetime(2026, 9, 10, 3, tzinfo=UTC)
    schedule = choose_schedule(stack.place, stack.jobs, None, None)[1].deployed
    assert schedule is not None
    request = request_of(schedule, day, execution_id_of(schedule.arn, day))
    deployed.clients.sagemaker.create_training_job(**request)
    words, output = told()

    work = Work(stack, SageMakerRunner(stack.place), schedule, words)
    work.do({day: request}, parallel=1)

    end(deployed, request["TrainingJobName"])
    assert (work.ended, work.refused) == ([], [])
    assert f"somebody else has just started training job {request['TrainingJobName']}" in output.getvalue()


def test_a_schedule_is_chosen_by_its_name_and_others_are_named(stack: OperatedStack) -> None:
    job, found = choose_schedule(stack.place, stack.jobs, "breast-cancer", "breast-cancer-staging")

    assert (job.name, found.name, found.exported.schedule_name) == ("breast-cancer", "", "breast-cancer-staging")
    with pytest.raises(OutputsError, match="--schedule got 'weekly'; the schedules: breast-cancer-staging"):
        choose_schedule(stack.place, stack.jobs, None, "weekly")


def test_a_schedule_that_is_gone_is_not_deployed(stack: OperatedStack) -> None:
    gone = stack.jobs["breast-cancer"].model_copy(update={"schedule_name": "gone"})

    with pytest.raises(OutputsError, match="gone is not deployed: run pulumi up"):
        choose_schedule(stack.place, {"breast-cancer": gone}, None, None)


def test_a_training_job_is_found_by_the_beginning_of_its_id(deployed: DeployedStack, stack: OperatedStack) -> None:
    name = deployed.run_job()

    assert stack.training_job(None) == name
    assert stack.training_job(name[-36:-28]) == stack.training_job(name[-36:]) == stack.training_job(name) == name
    with pytest.raises(PlaceError, match=r"none of the 500 newest .* has an id that begins with 00000000-0000"):
        stack.training_job("00000000-0000")


def test_a_job_that_is_not_there_is_one_message(stack: OperatedStack) -> None:
    result = typed("stop", "no-such-job", "--rehearsal")

    assert result.exit_code == 1
    assert result.stderr.startswith("error: training job no-such-job cannot be read: ")


@pytest.mark.parametrize("arguments", [("status", "--watch"), ("logs", "--follow")])
def test_what_never_ends_has_no_document(stack: OperatedStack, arguments: tuple[str, str]) -> None:
    assert typed(*arguments, "--json", "--rehearsal").exit_code == 2
