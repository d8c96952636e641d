"""ScheduledTrainingJobArgs: the settings of one job in a program of somebody else."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest

import components
from components.job_args import JobSettingsError, ScheduledTrainingJobArgs
from components.program_places import ProgramPlaces
from components.schedule_spec import ScheduleSpec
from components.scheduled_training_job import ScheduledTrainingJob
from components.shipped_code import shipped_code_directory
from components.source_bundle import SourceBundleError
from settings import Settings, TrainingJobSettings

ROOT = Path(__file__).parents[2]
SCHEDULE = "aws:scheduler/schedule:Schedule"
GOOD: dict[str, Any] = {
    "bucket": "ml-data",
    "schedule": {"expression": "cron(0 3 * * ? *)"},
    "training_image": {"scikit_learn_version": "1.9-0"},
    "resources": {"instance_type": "ml.m5.large"},
    "channels": {"training": {"s3_path": "training/"}},
    "output": {"s3_path": "models/"},
    "tracking": {"tracking_uri": "https://mlflow.example.com", "experiment_name": "a", "registered_model_name": "a"},
}
Declare = Callable[..., Any]


def problems(**changes: object) -> list[str]:
    with pytest.raises(JobSettingsError) as refused:
        ScheduledTrainingJobArgs(**(GOOD | changes))
    head, *lines = str(refused.value).splitlines()
    assert head == f"ScheduledTrainingJobArgs has {len(lines)} problem{'s' if len(lines) > 1 else ''}:"
    return [line.removeprefix("  ") for line in lines]


def test_the_fields_are_those_of_a_stacks_job_and_those_of_all_its_jobs() -> None:
    of_the_stack = set(Settings.model_fields) - {"stack", "region", "training_jobs", "defaults"}

    assert set(ScheduledTrainingJobArgs.model_fields) == {*TrainingJobSettings.model_fields, *of_the_stack}


def test_relative_paths_are_in_the_bucket() -> None:
    args = ScheduledTrainingJobArgs(**GOOD)

    assert args.output.s3_path == "s3://ml-data/models/"
    assert args.source.s3_path == "s3://ml-data/training-code/"


def test_a_part_may_be_given_as_the_model_itself() -> None:
    schedule = ScheduleSpec(expression="rate(1 day)")

    assert ScheduledTrainingJobArgs(**(GOOD | {"schedule": schedule})).schedule == schedule


def test_every_mistake_is_named_at_once() -> None:
    assert problems(bucket="ML", resources={"instance_type": "ml.m5.large", "instance_count": 0}, colour="blue") == [
        "resources.instance_count: got 0; allowed: 1 to 100",
        "bucket: got 'ML'; allowed: 3-63 lower-case letters, digits, '.' and '-', with a letter or digit at both ends, "
        "such as ml-platform-staging-ml-bucket",
        "colour: unknown setting; allowed: " + ", ".join(sorted(ScheduledTrainingJobArgs.model_fields)),
    ]


def test_what_the_training_code_refuses_is_named_beside_other_mistakes() -> None:
    weekly = {"schedule": {"expression": "rate(7 days)"}, "hyperparameters": {"max_depth": "banana"}}

    assert problems(
        resources={"instance_type": "ml.m5.large", "instance_count": 0},
        hyperparameters={"n_estimators": "many"},
        promotion={"minimum_metrics": {"validation:f1": "0.9", "validation:accurasy": 0.9}},
        further_schedules={"weekly": weekly},
    ) == [
        "resources.instance_count: got 0; allowed: 1 to 100",
        "promotion.minimum_metrics.validation:f1: got '0.9'; allowed: a number; write 0.9, without quotes",
        "hyperparameters.n_estimators: got 'many', allowed: a whole number from 1 to 100000",
        "promotion.minimum_metrics: got 'validation:accurasy'; did you mean validation:accuracy? allowed: "
        "validation:accuracy, validation:balanced_accuracy, validation:f1, validation:roc_auc, validation:log_loss, "
        "training:trees",
        "further_schedules.weekly.hyperparameters.max_depth: got 'banana', allowed: a whole number from 1 to 10000, or "
        "none",
    ]


def test_a_further_schedule_says_what_is_different_and_only_that_is_judged_again() -> None:
    weekly = {"schedule": {"expression": "rate(7 days)"}, "resources": {"instance_count": 2}}

    args = ScheduledTrainingJobArgs(**(GOOD | {"further_schedules": {"weekly": weekly}}))

    further = args.further_schedules["weekly"]
    assert (further.resources.instance_type, further.resources.instance_count) == ("ml.m5.large", 2)
    assert problems(further_schedules={"weekly": {"source": {}}}, accelerator="none") == [
        "further_schedules.weekly.source: cannot differ from the job's, because all schedules of a job start the same "
        "training code; remove it",
        "further_schedules.weekly.schedule.expression: is required and not set",
        "accelerator: got 'none'; allowed: 'intelex'",
    ]


def test_a_data_bucket_is_another_bucket() -> None:
    assert problems(data_buckets={"ml-data": {}}) == [
        "data_buckets.ml-data: got the stack's own bucket; allowed: others; remove it, and name its key in "
        "data_kms_key_arns"
    ]


def test_tags_are_judged_as_a_stacks_are() -> None:
    assert problems(tags={"aws:a": "b"}) == [
        "tags.aws:a: got 'aws:a'; allowed: names that do not begin with 'aws:', which is AWS's own"
    ]


def test_a_mistake_is_shown_without_a_traceback() -> None:
    assert issubclass(JobSettingsError, pulumi.RunError)


def test_the_package_names_what_is_for_others_and_loads_it_when_asked() -> None:
    assert components.ScheduledTrainingJob is ScheduledTrainingJob
    assert components.ScheduledTrainingJobArgs is ScheduledTrainingJobArgs
    with pytest.raises(AttributeError, match="module 'components' has no attribute 'Nothing'"):
        components.Nothing  # noqa: B018 - the access is what is tested


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of a program, which the engine starts it in."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "fit.py").write_text("print('fitted')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


@pytest.mark.usefixtures("program")
def test_account_region_and_names_are_the_components_own_business(
    declare: Declare, find_unknown: Callable[[object], list[str]]
) -> None:
    args = ScheduledTrainingJobArgs(**(GOOD | {"source": {"directory": "mine", "entry_point": "fit.py"}}))

    declared = declare(lambda: ScheduledTrainingJob("churn", args) and None, stack="dev", preview=True)

    assert declared.one(SCHEDULE).inputs["target"]["roleArn"] == "arn:aws:iam::123456789012:role/churn-dev-scheduler"
    assert [find_unknown(each.inputs) for each in declared.resources if find_unknown(each.inputs)] == []


@pytest.mark.usefixtures("program")
def test_two_jobs_with_the_same_packages_upload_one_and_the_same_object(declare: Declare) -> None:
    args = ScheduledTrainingJobArgs(**GOOD)

    declared = declare(
        lambda: [ScheduledTrainingJob(name, args) for name in ("a", "b")] and None, stack="dev", preview=True
    )

    objects = [each.inputs for each in declared.resources if each.parent.endswith("-packages")]
    assert len(objects) == 2
    assert objects[0] == objects[1]
    assert len({each.urn for each in declared.resources}) == len(declared.resources)


def test_what_is_kept_is_kept_in_the_persons_cache(tmp_path: Path) -> None:
    places = ProgramPlaces.of_this_process({"XDG_CACHE_HOME": str(tmp_path)})

    assert places == ProgramPlaces(Path.cwd(), tmp_path / "scheduled-training" / "programs")


def test_a_directory_is_relative_to_the_program_and_the_shipped_code_is_not(program: Path) -> None:
    places = ProgramPlaces(program, program)

    assert places.code("mine") == program / "mine"
    assert places.code("training_code") == shipped_code_directory() == ROOT / "training_code"


def test_in_this_repository_the_programs_own_training_code_is_the_shipped_one() -> None:
    assert ProgramPlaces(ROOT, ROOT).code("training_code") == ROOT / "training_code"


def test_another_directory_with_the_shipped_codes_name_is_refused(program: Path) -> None:
    (program / "training_code").mkdir()

    with pytest.raises(SourceBundleError, match=r"rename that one, and set source\.directory to its new name"):
        ProgramPlaces(program, program).code("training_code")
