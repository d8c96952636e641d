"""Answers whether a job would take its settings, before there is a job: `python train.py --judge-settings`.

On standard input a JSON list of jobs, each `{"arguments": [...], "environment": {...}}` as the toolkit would start the
script; on standard output a JSON list with an answer for each. What judges is what the job itself begins with, and
neither reads data nor, for a random forest and what is declared of it, loads scikit-learn.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, TextIO

from options import environment, estimators, hosts, sharing
from options.estimators import FOREST, REGRESSION_FOREST
from options.hyperparameters import Hyperparameters
from options.known import judged

CHANNELS = ("training", "validation")
"""Channels that are read; the others of a job are told in a note."""


def answer(questions: TextIO, answers: TextIO) -> None:
    """Judge every job of a list, and write what is said of them."""
    json.dump([judge(each["arguments"], each["environment"]) for each in json.load(questions)], answers)


def judge(arguments: Sequence[str], environ: Mapping[str, str]) -> dict[str, Any]:
    """What a job would say of its settings.

    `faults` are kind, name and text each; without any, `accepted` is what it would train with, `metrics` those that it
    may report, `checkpoints` is "" or why it can have none on the way; `notes` are for the log, `channels` those read.
    """
    found, host_faults = hosts.look(environ)
    told = environment.look(arguments, environ)
    faults = [*host_faults, *told.faults, *judged(partial(sharing.faults, told.known, found))]
    return {
        "accepted": {} if faults else told.settings.described,
        "notes": told.notes,
        "faults": [{"kind": each.kind, "name": each.name, "text": each.text} for each in faults],
        "channels": list(CHANNELS),
        "metrics": [] if faults else list(told.metrics),
        "checkpoints": "" if faults else _without_checkpoints(told.settings),
    }


def _without_checkpoints(settings: Hyperparameters) -> str:
    if settings.partial_fit_epochs or settings.estimator in (FOREST, REGRESSION_FOREST):
        return ""
    return estimators.at_once(estimators.find(settings.estimator), settings.parameters)
