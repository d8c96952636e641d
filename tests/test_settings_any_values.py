"""Whatever stands in a stack gives settings or a SettingsError."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from settings import Settings, SettingsError, parse_settings
from tests.stack_values import PROD, sub_trees

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=8), inner, max_size=2),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(sub_trees(PROD))), JSON)
def test_anything_in_place_of_a_sub_tree_gives_settings_or_a_settings_error(
    path: tuple[str, ...], value: object
) -> None:
    values = copy.deepcopy(PROD)
    place = values
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value

    try:
        parsed = parse_settings(values, "prod", "us-east-1")
    except SettingsError as error:
        head, *lines = str(error).splitlines()
        assert head.startswith("Pulumi.prod.yaml has ")
        assert lines
        assert [line for line in lines if not line.startswith("  scheduled-training:")] == []
    else:
        assert isinstance(parsed, Settings)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["bucket", "tags", "training_jobs", "x"]) | st.text(max_size=5), JSON),
    st.text(max_size=5),
)
def test_any_values_at_all_give_settings_or_a_settings_error(values: dict[str, Any], region: str) -> None:
    with pytest.raises(SettingsError):
        parse_settings(values, "prod", region)
