"""What is judged before a job is what the job does: the same settings, asked through the process and in this one."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from components.aws_names import AwsScope, JobNames
from components.channel import Channel
from components.script_mode import script_arguments, script_variables
from components.settings_judge import judge_settings
from components.source_bundle import SourceBundle, read_source_files
from components.training_job_request import create_training_job_request
from components.training_job_spec import TrainingJobSpec
from failure import RefusedError
from options import environment, hosts, sharing
from settings import parse_settings
from tests.stack_values import STAGING

ROOT = Path(__file__).parents[2]
CONTAINER = ROOT / ".venv-container"
NAMES = JobNames(AwsScope("aws", "us-east-1", "123456789012"), "breast-cancer-staging")
CASES = 500
WORDS: Mapping[str, tuple[object, ...]] = {
    "n_estimators": (1, 50, "200", 0, "many", 2.5),
    "max_depth": (3, "none", "null", 0, "banana", True),
    "criterion": ("gini", "entropy", "ginny", "squared_error", "poisson"),
    "max_features": ("auto", "sqrt", 0.5, 1, "log3", "none"),
    "min_samples_leaf": (1, 0.1, 0, "x"),
    "class_weight": ("balanced", "none", "equal"),
    "bootstrap": (True, "false", "perhaps"),
    "random_state": (0, 42, -1),
    "n_jobs": (-1, 2, 0),
    "target_column": ("target", "1", '"quoted"', ""),
    "weight_column": ("weights", "target", "none"),
    "header": (True, "none", "no"),
    "missing_values": ("error", "keep", "drop"),
    "task": ("classification", "regression", "clustering"),
    "partial_fit_epochs": (3, "none", 0),
    "checkpoint_seconds": (0, 5.5, -1),
    "system_metrics": (True, "false", "yes"),
    "pictures": (False, "true", "some"),
    "categorical_columns": ("auto", "a,b", '["a", "b"]', ","),
    "learning_rate": (0.1, -1, "constant"),
    "C": (1.0, 0, "big"),
    "early_stopping": (True, "false", "soon"),
    "max_dept": (5,),
    "warm_start": (True,),
    "x": (1,),
}
ESTIMATORS = (
    "sklearn.ensemble.RandomForestRegressor",
    "sklearn.ensemble.ExtraTreesClassifier",
    "sklearn.ensemble.GradientBoostingClassifier",
    "sklearn.ensemble.HistGradientBoostingRegressor",
    "sklearn.linear_model.SGDClassifier",
    "sklearn.linear_model.LogisticRegression",
    "sklearn.svm.SVC",
    "sklearn.ensemble.NoSuch",
    "sklearn.ensemble.VotingClassifier",
    "xgboost.XGBClassifier",
)
METRICS = ("validation:accuracy", "validation:f1", "validation:accurasy", "validation:r2", "training:trees")
VARIABLES = (("INVOCATION_LEASE_SECONDS", ("60", "0")), ("TRACKING_PATIENCE_SECONDS", ("10", "soon")))


@pytest.fixture(scope="module")
def good() -> TrainingJobSpec:
    return parse_settings(STAGING, "staging", "us-east-1").training_jobs["breast-cancer"]


def changed(good: TrainingJobSpec, chance: random.Random) -> TrainingJobSpec:
    """A job with random hyperparameters and channels; about every other one is right."""
    rare = chance.random() < 0.5
    names = chance.sample(list(WORDS), chance.randint(0, 3))
    hyperparameters: dict[str, Any] = {
        name: WORDS[name][0] if rare and len(WORDS[name]) > 1 else chance.choice(WORDS[name]) for name in names
    }
    if chance.random() < 0.4:
        hyperparameters["estimator"] = chance.choice(ESTIMATORS)
    channel = good.channels["training"]
    sharded = Channel.model_construct(**{**vars(channel), "s3_data_distribution_type": "ShardedByS3Key"})
    channels: dict[str, Channel] = {name: channel for name in ("validation", "foo") if chance.random() < 0.1}
    if chance.random() < 0.93:
        channels["training"] = sharded if chance.random() < 0.1 else channel
    minimum = {chance.choice(METRICS): 0.5} if chance.random() < 0.15 else {}
    count = 2 if chance.random() < 0.15 else 1
    return good.model_copy(
        update={
            "hyperparameters": hyperparameters,
            "channels": channels or {"foo": channel},
            "promotion": good.promotion.model_copy(update={"minimum_metrics": minimum}),
            "resources": good.resources.model_copy(update={"instance_count": count}),
            "accelerator": "intelex" if chance.random() < 0.1 else None,
            "environment": {name: chance.choice(values) for name, values in VARIABLES if chance.random() < 0.1},
        }
    )


def told(spec: TrainingJobSpec) -> tuple[list[str], dict[str, str]]:
    """Arguments and variables of the job's script, from the request as it is sent."""
    request = create_training_job_request(spec, NAMES, SourceBundle(b"", "0" * 64), {})
    channels = {
        each["ChannelName"]: each["DataSource"]["S3DataSource"]["S3DataDistributionType"]
        for each in request["InputDataConfig"]
    }
    variables = script_variables(channels, request["ResourceConfig"]["InstanceCount"])
    return script_arguments(request["HyperParameters"]), request["Environment"] | variables | {
        "TRAINING_JOB_NAME": "job"
    }


def takes(spec: TrainingJobSpec) -> bool:
    """Whether the training code itself begins with these settings."""
    arguments, environ = told(spec)
    try:
        found = hosts.read(environ)
        _, settings, _ = environment.read(arguments, environ)
    except RefusedError:
        return False
    return not sharing.faults(settings, found)


@pytest.mark.slow
def test_what_is_judged_before_a_job_is_exactly_what_the_job_takes(good: TrainingJobSpec, tmp_path: Path) -> None:
    chance = random.Random(14)
    jobs = {f"job-{number}": changed(good, chance) for number in range(CASES)}
    sources = {"training_code": read_source_files(ROOT / "training_code")}
    code_at = {"training_code": ROOT / "training_code"}

    judged = judge_settings({name: (spec, NAMES) for name, spec in jobs.items()}, sources, code_at, tmp_path)

    refused = {problem.split(".")[1] for problem in judged.problems}
    taken = {name for name, spec in jobs.items() if takes(spec)}
    assert {name: jobs[name].hyperparameters for name in refused & taken} == {}, "refused, and the job would run"
    assert {name: jobs[name].hyperparameters for name in jobs.keys() - refused - taken} == {}, (
        "passed, and it would fail"
    )
    assert CASES / 4 < len(taken) < CASES * 3 / 4


@pytest.mark.slow
def test_the_toolkit_starts_a_script_with_the_arguments_that_are_judged(good: TrainingJobSpec) -> None:
    if not (CONTAINER / "bin" / "train").is_file():
        pytest.skip("no container environment: run `make install`")
    chance = random.Random(15)
    bundle = SourceBundle(b"", "0" * 64)
    requests = [create_training_job_request(changed(good, chance), NAMES, bundle, {}) for _ in range(100)]
    given = [request["HyperParameters"] for request in requests]
    texts = ("null", "[1, 2]", '{"b": 1, "a": null}', '"x"', "1e-3", "NaN", "", "é", "1e400", "007", " 5 ")
    given += [{"a": text, "bc": text} for text in texts]
    code = (
        "import json, sys\nfrom sagemaker_training import mapping\n"
        "def read(text):\n    try: return json.loads(text)\n    except ValueError: return text\n"
        "def last(args): return [*args[:-1], args[-1].strip('\"')] if args else []\n"
        "print(json.dumps([last(mapping.to_cmd_args({k: read(v) for k, v in each.items() "
        "if not k.startswith('sagemaker_')})) for each in json.load(sys.stdin)]))"
    )
    done = subprocess.run(
        [CONTAINER / "bin" / "python", "-c", code], input=json.dumps(given), capture_output=True, text=True, check=True
    )

    assert json.loads(done.stdout) == [script_arguments(each) for each in given]


def test_a_forest_is_judged_without_scikit_learn(tmp_path: Path) -> None:
    """It takes more than a second to load; what needs it is another estimator, or a parameter that has no rule here."""
    blocked = "import sys; sys.modules['sklearn'] = sys.modules['numpy'] = sys.modules['pandas'] = None\n"
    code = f"{blocked}import io\nfrom options import settings_judge\nsettings_judge.answer(sys.stdin, sys.stdout)"
    arguments = ["--n_estimators", "banana", "--criterion", "gini", "--max_features", "auto"]
    questions = [{"arguments": arguments, "environment": {"SM_CHANNELS": '["training"]'}}]

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT / "training_code",
        input=json.dumps(questions),
        capture_output=True,
        text=True,
        check=True,
    )

    (answer,) = json.loads(done.stdout)
    assert answer["faults"][0] == {
        "kind": "hyperparameter",
        "name": "n_estimators",
        "text": "got 'banana', allowed: a whole number from 1 to 100000",
    }


@pytest.mark.parametrize(
    ("estimator", "why"),
    [
        ("sklearn.ensemble.RandomForestClassifier", ""),
        ("sklearn.svm.SVC", "cannot be grown step by step"),
    ],
)
def test_the_answer_says_whether_a_job_can_have_checkpoints(estimator: str, why: str) -> None:
    from options import settings_judge

    variables = ("TRAINING_JOB_NAME", "MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME", "REGISTERED_MODEL_NAME")
    environ = script_variables({"training": "FullyReplicated"}, 1) | dict.fromkeys(variables, "x")

    answer = settings_judge.judge(["--estimator", estimator], environ)

    assert answer["faults"] == []
    assert answer["checkpoints"] == why
    assert ("validation:log_loss" in answer["metrics"]) is (not why)
