"""How the settings of a stack come from Pulumi's configuration."""

import json
import logging
from contextvars import Context

import pytest
from pulumi.runtime import mocks, set_all_config
from pulumi.runtime.settings import configure

from settings import Settings, SettingsError, load_settings, parse_settings
from tests.stack_values import STAGING, stack_file


def load(config: dict[str, object], secret: tuple[str, ...] = ()) -> Settings:
    """load_settings as under the engine, which hands structured values over as JSON text."""

    def in_this_context() -> Settings:
        texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
        set_all_config(texts, list(secret))
        cloud = type("Cloud", (mocks.Mocks,), {"call": None, "new_resource": None})()
        configure(
            mocks.MockSettings(
                monitor=mocks.MockMonitor(cloud),
                engine=mocks.MockEngine(logging.getLogger("pulumi")),
                project="scheduled-training",
                stack="staging",
            )
        )
        return load_settings()

    return Context().run(in_this_context)


def test_settings_come_from_the_stacks_configuration() -> None:
    assert load(stack_file("staging")) == parse_settings(STAGING, "staging", "us-east-1")


def test_what_belongs_to_other_namespaces_is_left_alone() -> None:
    assert load(stack_file("staging") | {"aws:profile": "me", "other:bukket": "x"}).bucket == STAGING["bucket"]


@pytest.mark.parametrize("text", ["{oops", "[1,"])
def test_a_value_that_only_begins_like_json_is_reported_by_its_setting(text: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load(stack_file("staging") | {"scheduled-training:tags": text})

    assert str(refused.value) == (
        "Pulumi.staging.yaml has 1 problem:\n"
        f"  scheduled-training:tags: got {text!r}; allowed: a mapping of names to values"
    )


def test_a_secret_of_the_configuration_is_hidden() -> None:
    with pytest.raises(SettingsError) as refused:
        load(stack_file("staging") | {"scheduled-training:bucket": "Hunter2"}, ("scheduled-training:bucket",))

    assert str(refused.value).splitlines()[1:] == [
        "  scheduled-training:bucket: got (hidden); it is not allowed, and why would show a part of the secret"
    ]


@pytest.mark.parametrize(
    "namespace", ["sheduled-training", "scheduled_training", "scheduledtraining", "Scheduled-Training"]
)
def test_a_misspelt_namespace_is_reported(namespace: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load(stack_file("staging") | {f"{namespace}:tags": {"team": "ml"}})

    assert str(refused.value) == (
        "Pulumi.staging.yaml has 1 problem:\n"
        f"  {namespace}:tags: unknown namespace, which nothing reads; did you mean 'scheduled-training'?"
    )


@pytest.mark.parametrize("key", ["aws:profile", "pulumi:tags", "aws-native:region", "training:x", "scheduler:x"])
def test_a_namespace_of_somebody_else_is_left_alone(key: str) -> None:
    assert load(stack_file("staging") | {key: "x"}) == parse_settings(STAGING, "staging", "us-east-1")
