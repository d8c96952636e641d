"""Which hyperparameters and environment variables a job may have, and how they reach the script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.reserved_names import RESERVED_ENVIRONMENT, RESERVED_HYPERPARAMETERS
from components.script_mode import hyperparameter_text
from tests.components.good_job import refusals, validate, with_change


@pytest.mark.parametrize("value", [object(), {1}, [{1: 2}], {"a": [b"x"]}])
def test_a_hyperparameter_that_is_not_json_is_reported_once(value: object) -> None:
    assert refusals(with_change("hyperparameters/max_depth", value)) == [
        ("hyperparameters/max_depth", "allowed: text, a number, true, false, null, and lists and mappings of these")
    ]


@pytest.mark.parametrize(
    ("field", "limit"),
    [("hyperparameters", 100 - len(RESERVED_HYPERPARAMETERS)), ("environment", 100 - len(RESERVED_ENVIRONMENT))],
)
def test_there_is_room_for_what_the_request_adds_itself(field: str, limit: int) -> None:
    validate(with_change(field, {f"name_{n}": "x" for n in range(limit)}))

    message = f"Dictionary should have at most {limit} items after validation, not "
    ((where, got),) = refusals(with_change(field, {f"name_{n}": "x" for n in range(limit + 1)}))
    assert (where, got[: len(message)]) == (field, message)


@pytest.mark.parametrize("name", RESERVED_HYPERPARAMETERS)
def test_a_hyperparameter_of_script_mode_is_refused(name: str) -> None:
    assert refusals(with_change("hyperparameters", {name: "x"})) == [
        ("", f"hyperparameters.{name} is set from source; remove it")
    ]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("AWS_REGION", "is set by SageMaker, whatever the request says; remove it"),
        ("TRAINING_JOB_NAME", "is set by SageMaker, whatever the request says; remove it"),
        ("TRAINING_JOB_ARN", "is set by SageMaker, whatever the request says; remove it"),
        ("CURRENT_HOST", "is set by the training toolkit when it starts; remove it"),
        (
            "AWS_SECRET_ACCESS_KEY",
            "would take the place of the execution role's credentials, and whoever may read the schedule could read "
            "it; remove it",
        ),
        (
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
            "begins with AWS_CONTAINER_, as what SageMaker tells of the execution role's credentials; choose another "
            "name",
        ),
        (
            "SM_HP_MAX_DEPTH",
            "begins with SM_, as all that the training toolkit tells a script: it would be overwritten, or believed; "
            "choose another name",
        ),
        (
            "SAGEMAKER_PROGRAM",
            "begins with SAGEMAKER_, as what SageMaker, its images and the training toolkit read and set; choose "
            "another name",
        ),
    ],
)
def test_a_variable_that_others_set_is_refused_with_the_reason(name: str, why: str) -> None:
    assert refusals(with_change("environment", {name: "x"})) == [("", f"environment.{name} {why}")]


@pytest.mark.parametrize(
    "name", ["SMTP_HOST", "sm_hosts", "AWS_MAX_ATTEMPTS", "AWS_REGIONS", "INVOCATION_LEASE_SECONDS"]
)
def test_a_variable_that_only_looks_like_one_is_taken(name: str) -> None:
    assert validate(with_change("environment", {name: "x"})).environment == {name: "x"}


@pytest.mark.parametrize("name", RESERVED_ENVIRONMENT)
def test_a_variable_that_the_request_sets_is_refused(name: str) -> None:
    assert refusals(with_change("environment", {name: "x"})) == [
        ("", f"environment.{name} is set by the training job itself; remove it")
    ]


def test_a_long_hyperparameter_is_refused() -> None:
    validate(with_change("hyperparameters", {"note": "x" * 2500}))
    assert refusals(with_change("hyperparameters", {"note": "x" * 2501})) == [
        ("", "hyperparameters.note has more than 2500 characters")
    ]


@pytest.mark.parametrize("character", "\n\r\u0085\u2028")
def test_a_hyperparameter_is_one_line(character: str) -> None:
    assert refusals(with_change("hyperparameters", {"note": f"a{character}b"})) == [
        ("", "hyperparameters.note has a line break; allowed: one line")
    ]
    # In JSON it is written with a backslash.
    assert validate(with_change("hyperparameters", {"note": ["a\nb"]}))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((5, "5"), (0.5, "0.5"), (True, "true"), (False, "false"), ("gini", "gini"), ("", ""), (None, "null")),
        *(("1e-3", "1e-3"), ("0.10", "0.10"), (1e-05, "1e-05"), (2**70, str(2**70)), (float("inf"), "inf")),
        *(([1, "a", None], '[1, "a", null]'), ({"b": [True], "a": "é"}, '{"a": "é", "b": [true]}'), ([], "[]")),
    ],
)
def test_a_hyperparameter_is_text_that_script_mode_reads_back(value: object, text: str) -> None:
    assert hyperparameter_text(value) == text


NUMBERS = st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    NUMBERS | st.none(), lambda inner: st.lists(inner | st.text()) | st.dictionaries(st.text(), inner | st.text())
)


@given(JSON)
def test_all_but_text_survives_script_modes_json(value: object) -> None:
    import json

    read = json.loads(hyperparameter_text(value))

    assert (read, type(read)) == (value, type(value))
