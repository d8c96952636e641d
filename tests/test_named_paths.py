"""What a message names is a setting, and the value that it shows is the one that stands there."""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, get_args, get_origin

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.fitting import FittingModel
from components.model_fields import bare, is_model
from settings import TrainingJobSettings
from tests.drawn_jobs import Values, stacks
from tests.stack_values import problems_of
from tests.test_joint_faults import GOOD, put, stack

_SENTENCE: Final = re.compile(
    r"(?P<path>[a-z_0-9]+(?:\.[^\s:;,]+)*)(?=[:\s]|$)(?:: got (?P<got>'[^']*'|\"[^\"]*\"); )?"
)
_ENDS_A_PATH: Final = re.compile(r"[\s:;,]")
GPU: Final = "ml.g5.xlarge"


def lies_in(values: Any, kind: Any, path: str) -> Any:  # noqa: ANN401 - any part of a stack
    """What stands at a path of the values, or the default there; KeyError where there can be nothing."""
    if not path:
        return values
    if is_model(kind):
        name, _, rest = path.partition(".")
        field = kind.model_fields[name]
        if isinstance(values, Mapping) and name in values:
            return lies_in(values[name], bare(field.annotation), rest)
        return lies_in(field.get_default(), bare(field.annotation), rest)
    if isinstance(values, list):
        place, _, rest = path.partition(".")
        return lies_in(values[int(place)], bare(get_args(kind)[0]) if get_origin(kind) is tuple else Any, rest)
    if isinstance(values, Mapping):
        for name in sorted(values, key=len, reverse=True):
            written = repr(name)[1:-1]
            if path == written or path.startswith(f"{written}."):
                inner = bare(get_args(kind)[1]) if get_origin(kind) is dict else Any
                return lies_in(values[name], inner, path[len(written) + 1 :])
    raise KeyError(path)


def sentences(values: Values) -> Iterator[str]:
    """Each thing that is said across the settings of the job."""
    for line in problems_of(values):
        place, _, text = line.removeprefix("  scheduled-training:").partition(": ")
        if place == "training_jobs.churn":
            yield from text.split("\0")


def names_in(values: Any) -> Iterator[str]:  # noqa: ANN401 - any part of a stack
    """Each name of each mapping, as it is written in a sentence."""
    if isinstance(values, Mapping):
        yield from (repr(name)[1:-1] for name in values)
    for part in values.values() if isinstance(values, Mapping) else values if isinstance(values, list) else ():
        yield from names_in(part)


def assert_it_names_what_is_there(job: Values, sentence: str) -> None:
    if any(_ENDS_A_PATH.search(name) and name in sentence for name in names_in(job)):
        return  # nobody can tell where such a name ends
    found = _SENTENCE.match(sentence)
    assert found, sentence
    value = lies_in(job, TrainingJobSettings, found["path"])
    if found["got"]:
        assert ast.literal_eval(found["got"]) == value, sentence


@pytest.fixture
def told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FittingModel, "between", "\0")


@pytest.mark.usefixtures("told_apart")
@settings(max_examples=40, deadline=None, suppress_health_check=[*HealthCheck])
@given(stacks(), st.sampled_from([{}, {"resources": {"instance_groups": [{"name": "a", "instance_type": GPU}]}}]))
def test_each_sentence_names_a_setting_and_the_value_that_stands_there(values: Values, change: Values) -> None:
    job = values["training_jobs"]["churn"] | change
    for sentence in sentences(values | {"training_jobs": {"churn": job}}):
        assert_it_names_what_is_there(job, sentence)


@pytest.mark.parametrize(
    ("resources", "named"),
    [
        ({"instance_type": GPU}, "resources.instance_type: got 'ml.g5.xlarge'"),
        (
            {"instance_groups": [{"name": "a", "instance_type": "ml.m5.large"}, {"name": "b", "instance_type": GPU}]},
            "resources.instance_groups.1.instance_type: got 'ml.g5.xlarge'",
        ),
        (
            {"instance_preferences": [{"instance_type": GPU}]},
            "resources.instance_preferences.0.instance_type: got 'ml.g5.xlarge'",
        ),
    ],
)
def test_an_instance_type_is_named_where_it_was_written(resources: Values, named: str) -> None:
    (line,) = problems_of(stack(put(GOOD, "resources", resources)))

    assert f"training_jobs.churn: {named}; allowed with training_image.scikit_learn_version: " in line


def test_the_key_of_a_volume_is_told_with_the_group_whose_machines_need_none() -> None:
    groups = [{"name": "a", "instance_type": "ml.m5d.large"}]
    key = "arn:aws:kms:us-east-1:123456789012:key/1f2e3d4c-5b6a-4798-8c9d-0e1f2a3b4c5d"
    (line,) = problems_of(stack(put(GOOD, "resources", {"instance_groups": groups, "volume_kms_key_arn": key})))

    assert "resources.volume_kms_key_arn is not allowed with resources.instance_groups.0.instance_type" in line


def test_the_number_of_machines_is_told_where_it_was_written() -> None:
    preferences = [{"instance_type": "ml.m5.large", "instance_count": 2}]
    job = put(GOOD, "resources", {"instance_preferences": preferences}) | {"accelerator": "intelex"}
    (line,) = problems_of(stack(job))

    assert "accelerator: got 'intelex' with resources.instance_preferences 2; it works on one machine: ask for" in line


def test_a_manifest_by_date_is_named_as_the_object_that_it_is() -> None:
    job = put(GOOD, "channels.training", {"s3_object": "in/{scheduled_date}.csv"}) | {"network_isolation": True}
    (line,) = problems_of(stack(job))

    assert "network_isolation: got true with channels.training.s3_object by date" in line


def test_what_a_further_schedule_has_of_its_job_is_named_in_the_job() -> None:
    weekly = {"schedule": {"expression": "rate(7 days)"}}
    (line,) = problems_of(
        stack(GOOD | {"environment": {"A": "<aws.scheduler.x>"}, "further_schedules": {"weekly": weekly}})
    )

    assert "training_jobs.churn: environment.A: names <aws.scheduler.x>" in line
    assert "weekly" not in line


def test_what_is_looked_up_is_written_or_a_default() -> None:
    with pytest.raises(KeyError):
        lies_in(GOOD, TrainingJobSettings, "channels.other.s3_path")
    assert lies_in(GOOD, TrainingJobSettings, "channels.training.s3_path") == "in/a/"
    assert lies_in(GOOD, TrainingJobSettings, "managed_spot_training") is False
