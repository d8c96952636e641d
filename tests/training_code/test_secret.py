"""Credentials from a secret: read from an embedded Secrets Manager, and looked for everywhere afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest

from failure import TrainingError, without_secrets
from scheduled_job import secret
from tests.rehearsal.embedded_server import serve_embedded_aws

if TYPE_CHECKING:
    from tests.training_code.conftest import JobTree

ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:mlflow-AbCdEf"


def test_without_the_variable_nothing_is_fetched() -> None:
    assert secret.fetch({}) == {}
    assert secret.fetch({"SECRET_ARN": ""}) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"MLFLOW_TRACKING_USERNAME": "ann", "X_1": "y"}', {"MLFLOW_TRACKING_USERNAME": "ann", "X_1": "y"}),
        ("a-token\n", {"MLFLOW_TRACKING_TOKEN": "a-token"}),
        ("12345", {"MLFLOW_TRACKING_TOKEN": "12345"}),
    ],
)
def test_a_json_object_is_variables_and_anything_else_a_token(text: str, expected: dict[str, str]) -> None:
    assert secret.variables(text, ARN) == expected


@pytest.mark.parametrize("text", ['{"hunter 2": "x"}', '{"A": 12345678}'])
def test_a_secret_that_is_no_set_of_variables_is_reported_without_its_content(text: str) -> None:
    with pytest.raises(TrainingError) as caught:
        secret.variables(text, ARN)
    assert str(caught.value) == (
        f"secret {ARN} (SECRET_ARN): 1 of its 1 members cannot be environment variables; "
        "allowed: a JSON object of texts whose names are letters, digits and _"
    )


def test_an_empty_secret_is_reported() -> None:
    with pytest.raises(TrainingError, match="is empty; put the token"):
        secret.variables(" ", ARN)


def test_what_came_from_a_secret_is_hidden_in_every_text() -> None:
    environ = {"SECRET_VARIABLES": "A,B", "A": "hunter", "B": "hunter-two", "C": "shown"}
    assert without_secrets("hunter-two, hunter, shown", environ) == "<B>, <A>, shown"


@pytest.mark.slow
@pytest.mark.parametrize("as_json", [True, False])
def test_a_job_that_fails_with_a_secret_shows_it_nowhere(
    make_job: Callable[..., JobTree], as_json: bool, tmp_path: Path
) -> None:
    password = "hunter2-and-more"
    text = json.dumps({"MLFLOW_TRACKING_USERNAME": "ann-of-mlflow", "MLFLOW_TRACKING_PASSWORD": password})
    with serve_embedded_aws() as clients:
        manager = clients.session.client("secretsmanager", region_name="us-east-1", endpoint_url=clients.endpoint_url)
        name = f"mlflow-{as_json}"
        arn = manager.create_secret(Name=name, SecretString=text if as_json else password)["ARN"]
        job = make_job(
            tracking_uri=f"http://127.0.0.1:9/{password}",  # as bad as it gets: the reason would repeat it
            TRACKING_PATIENCE_SECONDS="1",
            SECRET_ARN=arn,
            AWS_ENDPOINT_URL=clients.endpoint_url,
            AWS_ACCESS_KEY_ID="rehearsal",
            AWS_SECRET_ACCESS_KEY="rehearsal",
            AWS_CONFIG_FILE="/dev/null",
        )
        done = job.run()
    assert done.returncode == 1
    assert "cannot be reached" in done.stdout
    left = [path.read_text(errors="replace") for path in job.base.rglob("*") if path.is_file()]
    for each in (done.stdout, done.stderr, *left):
        assert password not in each
        assert "ann-of-mlflow" not in each


@pytest.mark.slow
def test_a_secret_that_is_not_there_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve_embedded_aws() as clients:
        values = {"AWS_ENDPOINT_URL": clients.endpoint_url, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        boto3.setup_default_session()
        with pytest.raises(TrainingError) as caught:
            secret.fetch({"SECRET_ARN": ARN})
    assert str(caught.value) == (
        f"secret {ARN} (SECRET_ARN): cannot be read: ResourceNotFoundException; check that it exists and that the "
        "execution role may secretsmanager:GetSecretValue on it"
    )
