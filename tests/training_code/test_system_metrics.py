"""How busy the container is, measured and logged for real."""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import replace
from typing import Any

import pytest

from options.environment import Environment
from tests.training_code.breaking_way import NEVER, breaking
from tests.training_code.tracked import MARKS, client_of
from tracking.system_metrics import Sampler, nothing, sampler
from tracking.tracker import Tracker

pytestmark = MARKS

AT_EVERY_BEAT = {
    "system/system_memory_usage_megabytes",
    "system/system_memory_usage_percentage",
    "system/disk_usage_percentage",
    "system/disk_usage_megabytes",
    "system/disk_available_megabytes",
    "system/network_receive_megabytes",
    "system/network_transmit_megabytes",
}
CPU = "system/cpu_utilization_percentage"


def test_nothing_is_measured_where_nothing_is_asked_for() -> None:
    assert sampler(is_wanted=False) is nothing
    assert nothing() == {}


def test_every_sample_has_mlflows_names_and_from_the_second_on_a_share_of_the_cpu() -> None:
    sample = sampler(is_wanted=True)
    first, second = sample(), sample()

    assert set(first) == AT_EVERY_BEAT
    assert set(second) == AT_EVERY_BEAT | {CPU}
    assert 0 <= second[CPU] <= 100
    assert 0 < second["system/system_memory_usage_percentage"] < 100
    assert 0 < second["system/disk_usage_percentage"] <= 100


def test_an_image_without_psutil_trains_without_system_metrics(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.startswith("mlflow.system_metrics.metrics")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psutil", None)

    assert sampler(is_wanted=True) is nothing
    assert capsys.readouterr().out.startswith("note: system_metrics: nothing is measured, the image lacks psutil (")


def beat(env: Environment, sample: Sampler) -> tuple[Any, list[tuple[str, str]]]:
    """The run of a job that beats ten times a second, and the requests that came while it beat some times."""
    with breaking(env.tracking_uri, NEVER) as way:
        there = replace(env, tracking_uri=way.address, lease_seconds=0.6)
        with Tracker(there, {}).run(None, sample=sample) as run_id:
            before = len(way.came_by)
            give_up = time.monotonic() + 120
            while len(came := way.came_by[before:]) < 4:
                assert time.monotonic() < give_up, came
                time.sleep(0.02)
        for thread in threading.enumerate():
            if thread.name == "pulse":
                thread.join(120)  # a job does not wait for a beat that is on its way; who counts them does
    return client_of(env).get_run(run_id), came


def test_samples_go_out_with_the_pulse_and_cost_no_request(env: Environment) -> None:
    run, came = beat(env, sampler(is_wanted=True))

    assert set(run.data.metrics) == AT_EVERY_BEAT | {CPU}
    assert set(came) == {("POST", "/api/2.0/mlflow/runs/log-batch")}
    history = client_of(env).get_metric_history(run.info.run_id, "system/disk_usage_megabytes")
    beats = int(run.data.tags["scheduled_training.claim_heartbeat"].rpartition("-")[2])
    assert len(history) == beats
    assert [each.step for each in history] == list(range(beats))


def test_a_monitor_that_fails_ends_the_measuring_and_not_the_pulse(
    env: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> dict[str, float]:
        raise OSError("no such disk")

    run, came = beat(env, broken)

    assert run.data.metrics == {}
    assert len(came) > 1
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("note: ")]
    assert told == ["note: system_metrics: nothing more is measured: no such disk"]
