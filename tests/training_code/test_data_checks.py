from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from data.profile import NUMBERS, Column
from failure import TrainingError
from options.environment import Environment
from scheduled_job.registry import CHAMPION
from tests.training_code.tracked import MARKS, Trained, client_of, deliver, record_of
from tracking.data_checks import DataChecks
from tracking.tracker import Tracker

CHANGED = DataChecks("3", ("column 'a' is gone: the champion learnt from it", "3 rows, where it had 10"))


def test_what_has_changed_is_printed_and_the_job_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    CHANGED.report("advise")

    assert capsys.readouterr().out == (
        "data checks: beside the champion, version 3: column 'a' is gone: the champion learnt from it; 3 rows, where "
        "it had 10\n"
    )


def test_where_the_setting_says_so_the_job_ends_with_all_that_has_changed() -> None:
    with pytest.raises(TrainingError) as caught:
        CHANGED.report("refuse")

    assert str(caught.value) == (
        "data checks: beside the champion, version 3: column 'a' is gone: the champion learnt from it; 3 rows, where "
        "it had 10; correct the data, or set data_checks to advise to train on it nevertheless"
    )


@pytest.mark.parametrize(
    ("checks", "told"),
    [
        (DataChecks(), ""),
        (DataChecks("3"), "data checks: nothing has changed beside the champion, version 3\n"),
        (DataChecks("3", problem="the champion has no profile"), "data checks: the champion has no profile\n"),
    ],
)
@pytest.mark.parametrize("how", ["advise", "refuse"])
def test_nothing_that_has_changed_ends_no_job(
    capsys: pytest.CaptureFixture[str], checks: DataChecks, told: str, how: str
) -> None:
    checks.report(how)

    assert capsys.readouterr().out == told


class TestBesideAServer:
    pytestmark = MARKS

    def test_a_first_run_has_nothing_to_compare_with(self, env: Environment, trained: Trained) -> None:
        assert Tracker(env, {}).hold_against_champion(trained.data.profile) == DataChecks()

    def test_the_champion_s_run_keeps_its_profile(self, env: Environment, trained: Trained) -> None:
        deliver(env, trained)
        tracker = Tracker(env, {})
        profile = trained.data.profile

        assert tracker.hold_against_champion(profile) == DataChecks("1")
        other = replace(profile, columns={"a": profile.columns["a"], "c": Column(NUMBERS)})
        assert tracker.hold_against_champion(other) == DataChecks(
            "1",
            ("column 'b' is gone: the champion learnt from it", "column 'c' is new: the champion does not know it"),
        )

    def test_what_was_found_stands_on_run_and_version(self, env: Environment, trained: Trained) -> None:
        tracker, client = Tracker(env, {}), client_of(env)
        with tracker.run(None) as run_id, tempfile.TemporaryDirectory() as directory:
            tracker.deliver(record_of(env, trained, run_id, Path(directory) / "record", checks=CHANGED))

        run, version = client.get_run(run_id), client.get_model_version_by_alias(env.registered_model_name, CHAMPION)
        assert run.data.tags["data_checks"] == version.tags["data_checks"] == str(CHANGED)
        assert "- column 'a' is gone: the champion learnt from it\n" in version.description

    def test_a_champion_without_a_profile_is_told_and_refuses_nothing(self, env: Environment, trained: Trained) -> None:
        deliver(env, trained)
        client = client_of(env)
        run = client.create_run(client.get_experiment_by_name(env.experiment_name).experiment_id)
        source = client.get_model_version(env.registered_model_name, "1").source
        bare = client.create_model_version(
            env.registered_model_name, source, run.info.run_id, model_id=source.rpartition("/")[2]
        )
        client.set_registered_model_alias(env.registered_model_name, CHAMPION, bare.version)

        checks = Tracker(env, {}).hold_against_champion(trained.data.profile)

        assert str(checks) == f"the champion, version {bare.version}, has no profile of its data"
