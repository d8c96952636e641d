"""The datasets that MLflow's page of a run shows: of the channels, and of what is held out from one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data import dataset
from options.environment import Environment, TrainingJob
from options.hyperparameters import Hyperparameters
from scheduled_job.delivery import Delivery
from scheduled_job.registry import Registry
from tests.training_code.breaking_way import NEVER, breaking
from tests.training_code.tracked import Trained, client_of, deliver, record_of
from tracking import datasets
from tracking.tracker import Tracker

SETTINGS = Hyperparameters(n_jobs=1)
ROWS = "".join(f"{i % 7},{'red' if i % 3 else 'blue'},{i % 2}\n" for i in range(40))
FILES = {"x.csv": "size,colour,target\n" + ROWS}
HERE = Environment(
    tracking_uri="http://localhost:5000",
    experiment_name="e",
    registered_model_name="m",
    job=TrainingJob("job-1"),
    training_channel=Path("/opt/ml/input/data/training"),
    validation_channel=Path("/opt/ml/input/data/validation"),
    model_directory=Path("/opt/ml/model"),
    output_directory=Path("/opt/ml/output/data"),
    checkpoint_directory=None,
    channel_uris={"training": "s3://bucket/training/", "validation": "s3://bucket/validation/"},
)
Channel = Callable[..., Path]


def described(
    training: Path, validation: Path | None = None, settings: Hyperparameters = SETTINGS, env: Environment = HERE
) -> list[dict[str, str]]:
    return datasets.describe(dataset.read(training, validation, settings), settings, env)


def test_a_channel_is_described_by_its_place_its_rows_and_its_columns(channel: Channel) -> None:
    judges = channel({"y.csv": "size,colour,target\n1,red,0\n2,blue,1\n"}, "validation")
    training, validation = described(channel(FILES), judges)

    assert training | {"digest": ""} == {
        "name": "training",
        "digest": "",
        "context": "training",
        "source_type": "s3",
        "source": '{"uri": "s3://bucket/training/"}',
        "schema": json.dumps(
            {
                "mlflow_colspec": [
                    {"type": "double", "name": "size", "required": True},
                    {"type": "string", "name": "colour", "required": True},
                    {"type": "long", "name": "target", "required": True},
                ]
            }
        ),
        "profile": '{"num_rows": 40, "num_elements": 120}',
    }
    assert (validation["name"], validation["context"]) == ("validation", "validation")
    assert validation["source"] == '{"uri": "s3://bucket/validation/"}'
    assert json.loads(validation["profile"]) == {"num_rows": 2, "num_elements": 6}


def test_rows_that_are_held_out_are_named_so_and_say_how_they_were_chosen(channel: Channel) -> None:
    training, held_out = described(channel(FILES))

    assert (training["name"], held_out["name"]) == ("training", "held out from training")
    assert (training["context"], held_out["context"]) == ("training", "validation")
    assert training["source"] == held_out["source"] == '{"uri": "s3://bucket/training/"}'
    split = {"validation_fraction": 0.2, "random_state": 42}
    assert json.loads(training["profile"]) == {"num_rows": 32, "num_elements": 96, "hold_out": split}
    assert json.loads(held_out["profile"]) == {"num_rows": 8, "num_elements": 24, "hold_out": split}


def test_a_weight_is_a_column_of_the_rows_that_are_trained_on(channel: Channel) -> None:
    rows = "".join(f"{i % 7},{i % 2},{1 + i % 3}\n" for i in range(40))
    settings = replace(SETTINGS, weight_column="weight")
    training, _ = described(channel({"x.csv": "size,target,weight\n" + rows}), settings=settings)

    columns = json.loads(training["schema"])["mlflow_colspec"]
    assert [(each["name"], each["type"]) for each in columns] == [
        ("size", "double"),
        ("target", "long"),
        ("weight", "double"),
    ]


def test_a_job_that_was_not_told_where_its_channels_come_from_names_their_directories(channel: Channel) -> None:
    training, _ = described(channel(FILES), env=replace(HERE, channel_uris={}))

    assert (training["source_type"], training["source"]) == ("local", '{"uri": "/opt/ml/input/data/training"}')


def test_the_same_data_split_in_the_same_way_has_the_same_digest(channel: Channel) -> None:
    here = channel(FILES)
    first, again = described(here), described(here)
    assert [each["digest"] for each in first] == [each["digest"] for each in again]
    assert all(len(each["digest"]) == 16 for each in first)


@pytest.mark.parametrize("change", [{"validation_fraction": 0.5}, {"random_state": 7}])
def test_another_split_of_the_same_data_has_another_digest(channel: Channel, change: dict[str, Any]) -> None:
    here = channel(FILES)
    one, other = described(here), described(here, settings=replace(SETTINGS, **change))
    assert not {each["digest"] for each in one} & {each["digest"] for each in other}


def test_more_columns_than_mlflow_takes_are_counted_and_not_named(channel: Channel) -> None:
    names = [f"a_column_with_a_long_name_{number:04}" for number in range(1200)]
    rows = "".join(",".join(str(row % 7) for _ in names) + f",{row % 2}\n" for row in range(10))
    training, _ = described(channel({"x.csv": ",".join(names) + ",target\n" + rows}))

    assert training["schema"] == ""
    assert json.loads(training["profile"])["num_elements"] == 8 * 1201


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Operation with range is deprecated")
def test_a_run_has_its_datasets_once_however_often_they_are_sent(
    env: Environment, trained: Trained, tmp_path: Path
) -> None:
    client = client_of(env)
    with Tracker(env, {}).run(None) as run_id:
        experiment_id = client.get_run(run_id).info.experiment_id
        made = record_of(env, trained, run_id, tmp_path / "record")
        for _ in range(2):
            Delivery(client, experiment_id, Registry(client, env.registered_model_name, env.job), made)._log()

    found = client.get_run(run_id).inputs.dataset_inputs
    shown = {each.dataset.name: ({tag.key: tag.value for tag in each.tags}, each.dataset) for each in found}
    assert len(found) == len(shown) == 2
    context, held_out = shown["held out from training"]
    assert context == {"mlflow.data.context": "validation"}
    assert json.loads(held_out.profile)["num_rows"] == len(trained.data.validation.target)
    context, training = shown["training"]
    assert context == {"mlflow.data.context": "training"}
    assert [each["name"] for each in json.loads(training.schema)["mlflow_colspec"]] == ["b", "a", "target"]
    (model,) = client.search_logged_models([experiment_id])
    judged = {each.key: (each.dataset_name, each.dataset_digest) for each in model.metrics}
    assert judged.pop("training:trees") == (None, None)
    assert set(judged.values()) == {("held out from training", held_out.digest)}
    assert "validation:accuracy" in judged


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Operation with range is deprecated")
def test_a_server_that_takes_no_datasets_gets_the_run_and_the_version_all_the_same(
    env: Environment, trained: Trained, capsys: pytest.CaptureFixture[str]
) -> None:
    with breaking(env.tracking_uri, NEVER, without="log-inputs") as way:
        run_id, standing = deliver(replace(env, tracking_uri=way.address), trained)

    assert standing.version == "1"
    run = client_of(env).get_run(run_id)
    assert (run.info.status, list(run.inputs.dataset_inputs)) == ("FINISHED", [])
    assert "note: the run's page will show no datasets: " in capsys.readouterr().out
