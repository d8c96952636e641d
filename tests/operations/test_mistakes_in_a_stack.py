"""What a person gets wrong in a stack, through `training-jobs check`: one message, exit code 1."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from settings import TrainingJobSettings
from tests.operations.projects import change, processes_of
from tests.operations.projects import typed as run

JOB = "scheduled-training:training_jobs.breast-cancer"
SPOT_AND_CHECKPOINT = "      managed_spot_training: true\n      checkpoint:\n        s3_path: checkpoints/\n"

KNOWN = (
    "accelerator, bootstrap, categorical_columns, category_encoding, ccp_alpha, checkpoint_seconds, class_weight, "
    "criterion, csv_comment, csv_decimal, csv_delimiter, csv_encoding, csv_null_values, csv_quote, csv_thousands, "
    "data_checks, date_columns, date_format, date_parts, drop_columns, estimator, feature_columns, fill_value, header, "
    "max_depth, max_features, max_leaf_nodes, max_samples, min_impurity_decrease, min_samples_leaf, "
    "min_samples_split, min_weight_fraction_leaf, missing_values, monotonic_cst, n_estimators, n_jobs, oob_score, "
    "partial_fit_epochs, partition_columns, pictures, random_state, split_by_group, split_by_time, system_metrics, "
    "target_column, task, validation_fraction, weight_column"
)
MISTAKES = {
    "unknown-setting": (
        "staging",
        "      output:\n",
        "      colour: red\n      output:\n",
        f"{JOB}.colour: unknown setting; allowed: {', '.join(sorted(TrainingJobSettings.model_fields))}",
    ),
    "misspelt-setting": (
        "staging",
        "time_zone: UTC",
        "timezone: UTC",
        f"{JOB}.schedule.timezone: unknown setting; did you mean 'time_zone'? allowed: "
        "action_after_completion, description, enabled, end_date, expression, flexible_time_window_in_minutes, "
        "maximum_event_age_in_seconds, maximum_retry_attempts, start_date, time_zone",
    ),
    "malformed-cron": (
        "staging",
        "cron(0 3 * * ? *)",
        "cron(0 3 * * * *)",
        f"{JOB}.schedule.expression: got 'cron(0 3 * * * *)'; "
        "exactly one of day-of-month ('*') and day-of-week ('*') has to be '?'",
    ),
    "no-expression-at-all": (
        "staging",
        "cron(0 3 * * ? *)",
        "every night",
        f"{JOB}.schedule.expression: got 'every night'; allowed: "
        "cron(minutes hours day-of-month month day-of-week year), rate(value unit) or at(yyyy-mm-ddThh:mm:ss), "
        "for example cron(0 3 * * ? *)",
    ),
    "malformed-rate": (
        "staging",
        "cron(0 3 * * ? *)",
        "rate(1 days)",
        f"{JOB}.schedule.expression: got 'rate(1 days)'; "
        "rate(1 days) needs a singular unit for 1 and a plural one otherwise, as in rate(12 hours)",
    ),
    "unknown-time-zone": (
        "staging",
        "time_zone: UTC",
        "time_zone: Mars/Base",
        f"{JOB}.schedule.time_zone: got 'Mars/Base'; "
        "allowed: a name of the IANA time zone database, such as UTC or Europe/Berlin",
    ),
    "s3-path-outside-the-bucket": (
        "staging",
        "s3_path: datasets/training/",
        "s3_path: s3://other-bucket/datasets/",
        f"{JOB}.channels.training.s3_path: got 's3://other-bucket/datasets/'; the bucket 'other-bucket' is not "
        "the configured one; allowed: a path such as datasets/training/, a URI under "
        "s3://ml-platform-staging-ml-bucket/, or one in a bucket of data_buckets (none); name it there",
    ),
    "name-too-long": (
        "staging",
        "    breast-cancer:\n",
        "    breast-cancer-weekly:\n",
        "scheduled-training:training_jobs.breast-cancer-weekly: the name 'breast-cancer-weekly-staging' (job and "
        "stack) has 28 characters; allowed: 26, because 37 more make a training job name; shorten the job's name",
    ),
    "spot-without-checkpoint": (
        "prod",
        SPOT_AND_CHECKPOINT,
        "      managed_spot_training: true\n",
        f"{JOB}: managed_spot_training needs checkpoint.s3_path, such as checkpoints/",
    ),
    "spot-with-too-short-a-wait": (
        "prod",
        "max_wait_time_in_seconds: 7200",
        "max_wait_time_in_seconds: 60",
        f"{JOB}: managed_spot_training needs stopping_condition.max_wait_time_in_seconds (got 60) of at least "
        "max_runtime_in_seconds (3600)",
    ),
    "unknown-hyperparameter": (
        "staging",
        "        max_depth: 5\n",
        "        max_dept: 5\n",
        f"{JOB}.hyperparameters.max_dept: got '5'; not known; did you mean max_depth? known are {KNOWN}",
    ),
    "hyperparameter-of-another-type": (
        "staging",
        "max_depth: 5",
        "max_depth: banana",
        f"{JOB}.hyperparameters.max_depth: got 'banana', allowed: a whole number from 1 to 10000, or none",
    ),
    "misspelt-word": (
        "staging",
        "criterion: gini",
        "criterion: ginny",
        f"{JOB}.hyperparameters.criterion: got 'ginny', allowed: gini or entropy or log_loss",
    ),
    "no-such-estimator": (
        "staging",
        "        max_depth: 5\n",
        "        estimator: sklearn.ensemble.NoSuch\n",
        f"{JOB}.hyperparameters.estimator: got 'sklearn.ensemble.NoSuch'; scikit-learn has no "
        "'sklearn.ensemble.NoSuch'",
    ),
    "no-channel-but-validation": (
        "staging",
        "        training:\n",
        "        validation:\n",
        f"{JOB}.channels: not set; give the job a channel named training; the job has the channels '[\"validation\"]'",
    ),
    "a-channel-of-another-name": (
        "staging",
        "        training:\n",
        "        foo:\n",
        f"{JOB}.channels: not set; give the job a channel named training; the job has the channels '[\"foo\"]'",
    ),
    "misspelt-metric": (
        "staging",
        "      output:\n",
        "      promotion: {minimum_metrics: {'validation:accurasy': 0.9}}\n      output:\n",
        f"{JOB}.promotion.minimum_metrics: got 'validation:accurasy'; did you mean validation:accuracy? allowed: "
        "validation:accuracy, validation:balanced_accuracy, validation:f1, validation:roc_auc, validation:log_loss, "
        "training:trees",
    ),
    "metric-of-a-regression-for-a-classification": (
        "staging",
        "      output:\n",
        "      promotion: {minimum_metrics: {'validation:r2': 0.9}}\n      output:\n",
        f"{JOB}.promotion.minimum_metrics: got 'validation:r2'; allowed: validation:accuracy, "
        "validation:balanced_accuracy, validation:f1, validation:roc_auc, validation:log_loss, training:trees",
    ),
    "metric-of-a-classification-for-a-regression": (
        "staging",
        "        max_depth: 5\n        n_estimators: 100\n        random_state: 42\n        criterion: gini\n"
        "        max_features: auto\n",
        "        task: regression\n      promotion: {minimum_metrics: {'validation:f1': 0.9}}\n",
        f"{JOB}.promotion.minimum_metrics: got 'validation:f1'; allowed: validation:rmse, "
        "validation:mae, validation:r2, training:trees",
    ),
    "wrong-type": (
        "staging",
        "volume_size_in_gb: 30",
        "volume_size_in_gb: thirty",
        f"{JOB}.resources.volume_size_in_gb: got 'thirty'; allowed: a whole number",
    ),
}


@pytest.mark.parametrize(("stack", "old", "new", "problem"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_a_stack_is_one_message(project: Path, stack: str, old: str, new: str, problem: str) -> None:
    change(project, stack, old, new)

    result = run("check", "-s", stack)

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"error: Pulumi.{stack}.yaml has 1 problem:\n  {problem}\n"
    assert processes_of(project) == [], "the policy pack, which was starting meanwhile"


def test_several_mistakes_are_reported_together(project: Path) -> None:
    change(project, "staging", "cron(0 3 * * ? *)", "banana")
    change(project, "staging", "volume_size_in_gb: 30", "volume_size_in_gb: thirty")
    change(project, "staging", "      output:\n", "      colour: red\n      output:\n")

    result = run("check")

    assert result.exit_code == 1
    title, *problems = result.stderr.splitlines()
    assert title == "error: Pulumi.staging.yaml has 3 problems:"
    assert {problem.split(":")[1].removeprefix("training_jobs.breast-cancer.") for problem in problems} == {
        "colour",
        "resources.volume_size_in_gb",
        "schedule.expression",
    }


def test_what_the_training_code_refuses_is_reported_for_all_jobs_together(project: Path) -> None:
    path = project / "Pulumi.staging.yaml"
    job = path.read_text().partition("    breast-cancer:\n")[2]
    second = job.replace("max_depth: 5", "max_depth: -1").replace("criterion: gini", "criterion: ginny")
    path.write_text(path.read_text().replace("n_estimators: 100", "n_estimators: 0") + f"    weekly:\n{second}")

    result = run("check")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        "error: Pulumi.staging.yaml has 3 problems:",
        f"  {JOB}.hyperparameters.n_estimators: got '0', allowed: a whole number from 1 to 100000",
        "  scheduled-training:training_jobs.weekly.hyperparameters.criterion: got 'ginny', allowed: gini or entropy or "
        "log_loss",
        "  scheduled-training:training_jobs.weekly.hyperparameters.max_depth: got '-1', allowed: a whole number from 1 "
        "to 10000, or none",
    ]


def test_what_the_training_code_refuses_is_reported_beside_other_mistakes(project: Path) -> None:
    change(project, "staging", "    breast-cancer:\n", "    breast_cancer:\n")
    change(project, "staging", "instance_type: ml.m5.large", "instance_type: m5.large")
    change(project, "staging", "volume_size_in_gb: 30", "volume_size_in_gb: 30GB")
    change(project, "staging", "n_estimators: 100", "n_estimators: many")

    result = run("check")

    assert (result.exit_code, result.stdout) == (1, "")
    job = "  scheduled-training:training_jobs.breast_cancer"
    assert result.stderr.splitlines() == [
        "error: Pulumi.staging.yaml has 4 problems:",
        f"{job}: got 'breast_cancer'; allowed: lower-case letters and digits, and '-' between two of them, beginning "
        "with a letter, such as breast-cancer",
        f"{job}.resources.instance_type: got 'm5.large'; allowed: text that matches ^ml\\.[a-z0-9-]+\\.[a-z0-9-]+$, "
        "such as ml.m5.large",
        f"{job}.resources.volume_size_in_gb: got '30GB'; allowed: a whole number; write 30, which is 30GB",
        f"{job}.hyperparameters.n_estimators: got 'many', allowed: a whole number from 1 to 100000",
    ]


@pytest.mark.slow
def test_a_channel_that_nothing_reads_is_a_note(project: Path) -> None:
    change(
        project,
        "prod",
        "        validation:\n",
        "        extra:\n          s3_path: datasets/x/\n        validation:\n",
    )

    result = run("check", "-s", "prod")

    assert (result.exit_code, result.stderr) == (0, "")
    note, _, verdict = result.stdout.splitlines()
    assert note == (
        "note      training_jobs.breast-cancer.channels: extra is read by nothing; read are training, validation"
    )
    assert verdict.startswith("stack prod passes")


@pytest.mark.slow
def test_code_of_ones_own_is_told_not_to_be_judged(project: Path) -> None:
    (project / "mine").mkdir()
    (project / "mine" / "fit.py").write_text("raise SystemExit('started')\n")
    source = "      source: {directory: mine, entry_point: fit.py}\n"
    change(project, "prod", "      output:\n", f"{source}      output:\n")
    change(project, "prod", "max_depth: 5", "max_dept: 5")

    document = json.loads(run("check", "-s", "prod", "--format", "json").stdout)

    assert document["passed"]
    assert document["notes"] == [
        "hyperparameters of the code in mine/ are not judged (training_jobs breast-cancer): it is your own, and "
        "source.judges_settings is not set"
    ]


def test_an_encrypted_value_cannot_be_read_offline(project: Path) -> None:
    change(project, "staging", "bucket: ml-platform-staging-ml-bucket", "bucket:\n    secure: AAABAGh1c2g=")

    result = run("check")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"error: {project}/Pulumi.staging.yaml holds encrypted values that cannot be decrypted offline: "
        "scheduled-training:bucket; keep the value itself in AWS Secrets Manager or SSM and configure its name, "
        "or use `pulumi preview`\n"
    )
    assert "AAABAGh1c2g=" not in result.output


def test_a_stack_that_is_no_yaml_is_shown_where(project: Path) -> None:
    change(project, "staging", "enabled: false", "enabled: [false")

    result = run("check")

    assert (result.exit_code, result.stdout) == (1, "")
    message, *context = result.stderr.splitlines()
    assert message == f"error: {project}/Pulumi.staging.yaml is not YAML: while parsing a flow sequence"
    assert [line.strip() for line in context if "line" in line] == [
        'in "Pulumi.staging.yaml", line 13, column 18:',
        'in "Pulumi.staging.yaml", line 14, column 21:',
    ]
