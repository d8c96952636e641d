import json
from pathlib import Path

import pytest

from rehearsal.judging.policy_configuration import (
    PolicyConfiguration,
    PolicyConfigurationError,
    PolicyInfo,
    read_policy_configuration,
    reconcile,
)

SHORT = PolicyInfo("short", "mandatory", {"maximum": {"type": "integer", "default": 64}})
KNOWN = PolicyInfo("known", "advisory")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "staging.json"


def test_levels_and_objects_are_read_and_environments_are_none_of_the_policies(file: Path) -> None:
    file.write_text(
        json.dumps(
            {
                "all": "advisory",
                "short": {"enforcementLevel": "mandatory", "maximum": 3},
                "known": {"maximum": 4},
                "environments": ["team/shared"],
            }
        )
    )
    assert read_policy_configuration(file) == {
        "all": PolicyConfiguration("advisory"),
        "short": PolicyConfiguration("mandatory", {"maximum": 3}),
        "known": PolicyConfiguration(None, {"maximum": 4}),
    }


def test_an_empty_file_configures_nothing(file: Path) -> None:
    file.write_text(" \n")
    assert read_policy_configuration(file) == {}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[]", "FILE is not a JSON object of policy names"),
        ('{"short": 3}', "FILE: short: got 3; give a level or an object"),
        (
            '{"short": "must"}',
            "FILE: short: 'must' is not an enforcement level; allowed: advisory, mandatory, remediate, disabled",
        ),
        (
            '{"short": {"enforcementLevel": 1}}',
            "FILE: short: 1 is not an enforcement level; allowed: advisory, mandatory, remediate, disabled",
        ),
        (
            "{",
            "cannot read the policy configuration FILE: Expecting property name enclosed in double quotes: "
            "line 1 column 2 (char 1)",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_reported(file: Path, content: str, message: str) -> None:
    file.write_text(content)
    with pytest.raises(PolicyConfigurationError) as refused:
        read_policy_configuration(file)
    assert str(refused.value) == message.replace("FILE", str(file))


def test_defaults_come_from_the_pack() -> None:
    assert reconcile([SHORT, KNOWN]) == {
        "short": PolicyConfiguration("mandatory", {"maximum": 64}),
        "known": PolicyConfiguration("advisory"),
    }


def test_later_configuration_wins_and_a_policys_own_level_wins_over_all() -> None:
    first = {"short": PolicyConfiguration("advisory", {"maximum": 10})}
    second = {"all": PolicyConfiguration("disabled"), "known": PolicyConfiguration("mandatory")}
    assert reconcile([SHORT, KNOWN], first, second) == {
        "short": PolicyConfiguration("disabled", {"maximum": 10}),
        "known": PolicyConfiguration("mandatory"),
    }


def test_a_policy_that_the_pack_does_not_have_is_reported() -> None:
    with pytest.raises(PolicyConfigurationError) as refused:
        reconcile([SHORT, KNOWN], {"shrot": PolicyConfiguration("disabled")})
    assert str(refused.value) == "the pack has no policy shrot; it has known, short"


def test_values_outside_a_policys_schema_are_reported() -> None:
    with pytest.raises(PolicyConfigurationError) as refused:
        reconcile([SHORT], {"short": PolicyConfiguration(None, {"maximum": "many"})})
    assert str(refused.value) == "short: maximum: 'many' is not of type 'integer'"


def test_a_required_value_that_is_missing_is_reported() -> None:
    required = PolicyInfo("short", "mandatory", {"maximum": {"type": "integer"}}, ["maximum"])
    with pytest.raises(PolicyConfigurationError) as refused:
        reconcile([required])
    assert str(refused.value) == "short: 'maximum' is a required property"
