"""No message repeats what may be a secret."""

import pulumi
import pytest

from settings import SettingsError, parse_settings
from tests.stack_values import JOB, STAGING, TEXT, changed, problems


@pytest.mark.parametrize("password", ["hunter2", "hun@ter2"])
def test_credentials_in_a_tracking_uri_are_not_repeated(password: str) -> None:
    tracking = {
        "tracking_uri": f"https://me:{password}@mlflow.example.com",
        "experiment_name": "e",
        "registered_model_name": "m",
    }

    assert problems(changed(f"{JOB}/tracking", tracking)) == [
        "training_jobs.breast-cancer.tracking.tracking_uri: got 'https://***@mlflow.example.com'; allowed: a URI "
        "without user name and password: everybody who may read the schedule reads it; "
        "keep them in Secrets Manager and set tracking.secret_arn"
    ]


@pytest.mark.parametrize("password", ["hun/ter2", "12/hunter2", "hun//ter2", "hun?ter2", "1/hun@ter2", "hun ter2"])
def test_a_password_that_ends_the_host_is_neither_taken_nor_repeated(password: str) -> None:
    (problem,) = problems(changed(f"{JOB}/tracking/tracking_uri", f"https://me:{password}@mlflow.example.com"))

    assert "tracking_uri: got 'https://***@mlflow.example.com'; allowed: " in problem
    assert "ter2" not in problem


@pytest.mark.parametrize(
    ("environment", "problem"),
    [
        ("TOKEN=hunter2", "environment: got (hidden); allowed: a mapping of names to values"),
        ({"TOKEN": ["hunter2"]}, f"environment.TOKEN: got (hidden); allowed: {TEXT}"),
        ({"TOKEN": "hunter2" * 99}, "environment.TOKEN: got (hidden); allowed: at most 512 characters"),
    ],
)
def test_values_of_environment_variables_are_hidden(environment: object, problem: str) -> None:
    assert problems(changed(f"{JOB}/environment", environment)) == [f"training_jobs.breast-cancer.{problem}"]


def test_the_words_of_a_containers_start_are_hidden() -> None:
    uri = "123456789012.dkr.ecr.us-east-1.amazonaws.com/training:1"
    image = {"uri": uri, "entrypoint": "hunter2", "arguments": ["--token", "hunter2" * 99]}

    assert problems(changed(f"{JOB}/training_image", image)) == [
        "training_jobs.breast-cancer.training_image.entrypoint: got (hidden); allowed: a list",
        "training_jobs.breast-cancer.training_image.arguments.1: got (hidden); allowed: at most 256 characters",
    ]


@pytest.mark.parametrize(
    ("setting", "uri"),
    [
        ("tracking/tracking_uri", "me:hunter2@mlflow.example.com"),
        ("tracking/tracking_uri", "me:hun/ter2@mlflow.example.com"),
        ("training_image/uri", "me:hunter2@registry.example.com/a"),
        ("training_image/uri", "https://me:hunter2@registry.example.com/a"),
    ],
)
def test_credentials_of_a_uri_without_its_scheme_or_tag_are_not_repeated(setting: str, uri: str) -> None:
    (problem, *_) = told = problems(changed(f"{JOB}/{setting}", uri))

    assert "***@" in problem
    assert "ter2" not in "".join(told)


def test_the_digest_of_an_image_is_shown() -> None:
    (problem,) = problems(changed(f"{JOB}/training_image", {"uri": "registry:5000/a@sha256:12"}))

    assert "got 'registry:5000/a@sha256:12'; " in problem


def test_credentials_in_an_images_uri_are_not_repeated() -> None:
    image = {"uri": "me:hunter2@registry.example.com/a:1", "repository_access_mode": "Vpc"}

    assert problems(changed(f"{JOB}/training_image", image)) == [
        "training_jobs.breast-cancer.training_image: uri begins with no host name; allowed: a registry's host name, "
        "with its port if it has one, and no credentials, such as registry.example.com:5000/team/training:1.0"
    ]


@pytest.mark.parametrize(
    "value", [[{"environment": {"TOKEN": "hunter2"}}], {"a": ["hunter2"]}, "hunter2", {"a": "hunter2"}]
)
def test_a_sub_tree_in_the_wrong_place_is_not_repeated(value: object) -> None:
    where = "training_jobs" if isinstance(value, list) else f"{JOB}/schedule/enabled"

    told = problems(changed(where, value), secret=["training_jobs"] if value == "hunter2" else None)

    assert len(told) == 1
    assert "hunter2" not in told[0]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (f"{JOB}/schedule/expression", "cron(hunter2 3 * * ? *)"),
        (f"{JOB}/output/s3_path", "s3://hunter2/a/"),
        (f"{JOB}/resources/instance_type", "hunter2"),
    ],
)
def test_the_values_of_a_secret_setting_are_not_shown_in_any_message(path: str, value: str) -> None:
    (problem,) = problems(changed(path, value), secret=["training_jobs"])

    assert "hunter2" not in problem
    assert problem.startswith(f"{path.replace('/', '.')}: got (hidden); ")


def test_a_refused_value_leaves_no_traceback_of_the_validator() -> None:
    with pytest.raises(SettingsError) as refused:
        parse_settings({}, "staging", None)

    assert isinstance(refused.value, pulumi.RunError), "the engine prints a RunError without a traceback"


@pytest.mark.parametrize("token", ["hunter2", "hun ter2", "hun\nter2"])
def test_the_query_of_a_tracking_uri_is_not_shown(token: str) -> None:
    (problem,) = problems(changed(f"{JOB}/tracking/tracking_uri", f"https://h/p?token={token}"))[:1]

    assert "got 'https://h/p?***'; allowed: a URI without " in problem
    assert "ter2" not in problem


def test_what_the_training_code_says_of_secret_jobs_is_not_repeated() -> None:
    line = "training_jobs.breast-cancer.hyperparameters.criterion: got 'hunter2', allowed: gini"

    settings = parse_settings(STAGING, "staging", "us-east-1", ["training_jobs"])
    with pytest.raises(SettingsError) as refused:
        parse_settings(changed("bucket", "ML"), "staging", "us-east-1", ["training_jobs"])

    assert settings.as_written([line]) == [
        "training_jobs.breast-cancer.hyperparameters.criterion: it is not allowed, and why would show a "
        "part of the secret"
    ]
    assert refused.value.known_jobs == {}, "asked about them, it would say more"
