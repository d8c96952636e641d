"""What MLflow's pages say of a run and its version, before anybody looks at a number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from options.environment import TrainingJob
from scheduled_job.promotion import Champion
from scheduled_job.run_names import run_name, source_tags
from tests.training_code.tracked import forest_trained
from tracking.summary import in_words, summarize

SCHEDULED = TrainingJob("job-1", "arn:aws:scheduler:eu-west-1:123456789012:schedule/g/nightly", "2026-11-23T06:00:00Z")


def test_a_summary_says_what_was_trained_on_what_and_how_good_it_is(channel: Callable[..., Path]) -> None:
    description = replace(forest_trained(channel).description, metrics={"validation:accuracy": 0.9123456})
    told = summarize(description, TrainingJob("job-1"), Champion())

    assert told.splitlines() == [
        "**RandomForestClassifier** for `target`, trained on 48 rows of 2 features and judged by 12 others.",
        "",
        "| metric | here |",
        "|---|---|",
        "| validation:accuracy | 0.912346 |",
        "",
        "Features: `b`, `a`.",
        "",
        "Training job `job-1`, started by hand.",
    ]


def test_a_summary_shows_the_champion_on_the_same_rows_or_why_it_does_not(channel: Callable[..., Path]) -> None:
    description = replace(forest_trained(channel).description, metrics={"validation:accuracy": 0.9})
    champion = Champion("3", {"validation:accuracy": 0.8})

    assert "| validation:accuracy | 0.9 | 0.8 |" in summarize(description, TrainingJob("job-1"), champion)
    assert "| metric | here | champion (version 3), same rows |" in summarize(description, SCHEDULED, champion)
    assert "The champion, version 3, cannot be compared with: it has other columns." in summarize(
        description, SCHEDULED, Champion("3", problem="it has other columns")
    )


def test_columns_that_are_left_out_are_named_and_many_are_counted(channel: Callable[..., Path]) -> None:
    description = forest_trained(channel).description
    told = summarize(
        replace(description, features=[f"c{n}" for n in range(12)], left_out=["id"]), SCHEDULED, Champion()
    )

    assert "`c9` and 2 more." in told
    assert "Left out: `id`." in told


def test_a_scheduled_job_links_to_its_pages_in_its_own_region(channel: Callable[..., Path]) -> None:
    description = forest_trained(channel).description
    line = summarize(description, SCHEDULED, Champion()).splitlines()[-1]

    assert "(https://eu-west-1.console.aws.amazon.com/sagemaker/home?region=eu-west-1#/jobs/job-1)" in line
    assert line.endswith("of the invocation at 2026-11-23T06:00:00Z of schedule `schedule/g/nightly`.")
    china = replace(SCHEDULED, schedule_arn=SCHEDULED.schedule_arn.replace("arn:aws:", "arn:aws-cn:"))
    assert "http" not in summarize(description, china, Champion())


def test_the_source_of_a_run_is_the_script_and_its_bundle() -> None:
    assert source_tags(replace(SCHEDULED, source_bundle_digest="e456e2652d40" + "0" * 52), "train.py") == {
        "mlflow.source.name": "train.py of source bundle e456e2652d40",
        "mlflow.source.type": "JOB",
        "mlflow.user": "g/nightly",
    }


def test_a_run_has_a_commit_where_the_settings_tell_one_and_a_creator_where_a_schedule_started_it() -> None:
    assert source_tags(TrainingJob("job-1", git_commit="890aad9"), "train.py") == {
        "mlflow.source.name": "train.py",
        "mlflow.source.type": "JOB",
        "mlflow.source.git.commit": "890aad9",
    }


@pytest.mark.parametrize(
    ("estimator", "words"),
    [
        ("sklearn.ensemble.RandomForestClassifier", "random forest"),
        ("sklearn.ensemble.HistGradientBoostingRegressor", "hist gradient boosting"),
        ("sklearn.linear_model.LogisticRegression", "logistic regression"),
        ("sklearn.linear_model.RidgeClassifierCV", "ridge CV"),
        ("sklearn.linear_model.SGDClassifier", "SGD"),
        ("sklearn.neighbors.KNeighborsClassifier", "k neighbors"),
        ("sklearn.svm.LinearSVC", "linear SVC"),
    ],
)
def test_a_run_is_named_after_its_due_time_what_is_fitted_and_its_job(estimator: str, words: str) -> None:
    job = replace(SCHEDULED, name="breast-cancer-staging-db9f32c4-4d7d-471f-8be8-c58a81d309c8")
    assert run_name(job, in_words(estimator)) == f"2026-11-23 06:00 UTC · {words} · 09c8"


def test_a_run_that_was_started_by_hand_has_the_name_that_a_person_gave_it() -> None:
    assert run_name(TrainingJob("deeper-trees"), in_words("sklearn.tree.DecisionTreeRegressor")) == (
        "by hand · decision tree · deeper-trees"
    )
