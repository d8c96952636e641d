"""`train.py --describe`: what the training code takes and writes, told by what declares it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from options.environment import TrainingJob
from options.hyperparameters import RULES, Hyperparameters, parse
from progress import METRIC_NAMES, REGRESSION_METRIC_NAMES
from scheduled_job import tags
from tracking.description import described

TRAIN = Path(__file__).parents[2] / "training_code" / "train.py"
TOLD: dict[str, list[dict[str, Any]]] = described()


def names_of(kind: str) -> list[str]:
    return [each["name"] for each in TOLD[kind]]


def test_train_py_prints_it_and_nothing_else() -> None:
    done = subprocess.run([sys.executable, TRAIN, "--describe"], capture_output=True, text=True, check=True)

    assert json.loads(done.stdout) == TOLD
    assert done.stderr == ""


def test_it_has_every_hyperparameter() -> None:
    assert names_of("hyperparameters") == list(RULES)


@pytest.mark.parametrize(
    "entry", [each for entries in TOLD.values() for each in entries], ids=lambda each: each["name"]
)
def test_each_says_what_it_is(entry: dict[str, Any]) -> None:
    assert len(entry["text"]) > 5
    assert entry["text"].endswith(".")


@pytest.mark.parametrize("entry", TOLD["hyperparameters"], ids=lambda each: each["name"])
def test_a_default_that_is_written_out_is_the_default(entry: dict[str, Any]) -> None:
    if entry["default"] is None or entry["name"] == "accelerator":
        return
    settings, _, faults = parse([f"--{entry['name']}={entry['default']}"])

    assert faults == []
    assert settings == Hyperparameters()


def test_it_has_every_metric() -> None:
    assert set(names_of("metrics")) == {*METRIC_NAMES, *REGRESSION_METRIC_NAMES}


def test_it_has_every_tag_of_a_job_that_people_read() -> None:
    job = TrainingJob("job", "arn", "time", "id", "1", "digest", "image")
    read = {name for name in tags.job_tags(job) if not name.startswith(tags.PREFIX)}

    assert read < set(names_of("tags"))
    assert len(names_of("tags")) == len(set(names_of("tags")))
