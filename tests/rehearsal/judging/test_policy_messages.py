import pytest
from pulumi.runtime.proto import analyzer_pb2

from rehearsal.judging.policy_messages import PolicyDescription, PolicyMessage, describe, policy_id, read_line

FAULT = "shorter than MaxRuntimeInSeconds (3600), which SageMaker rejects"
CURE = "raise it to at least 3600"


@pytest.mark.parametrize(
    ("shown", "value"),
    [
        ("", ""),
        (" is 1800", "1800"),
        (" is missing", "missing"),
        (" is unknown", "unknown"),
        (' is ["a: b", {"c": null}]', '["a: b", {"c": null}]'),
        (' is "ends with: Cure"', '"ends with: Cure"'),
    ],
)
def test_a_line_is_taken_apart(shown: str, value: str) -> None:
    path = 'target.input.HyperParameters["a\\u0020b"]'

    assert read_line(f"{path}{shown}: {FAULT}. Cure: {CURE}.") == PolicyMessage(FAULT, path, value, CURE)


@pytest.mark.parametrize(
    "line",
    [
        "the bucket is public",
        "can't run policy 'documents-are-known' from policy pack 'p@v0.0.1' during preview: it is unknown",
        "a path with spaces is 3: wrong. Cure: none.",
        "",
    ],
)
def test_a_line_of_another_form_is_a_fault_as_a_whole(line: str) -> None:
    assert read_line(line) == PolicyMessage(line)


def test_a_value_that_is_no_json_stays_in_the_fault() -> None:
    assert read_line("policy is broken: mend it. Cure: mend.") == PolicyMessage("broken: mend it", "policy", "", "mend")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("SG16-spot-max-wait", "SG16"), ("names-are-short", "names-are-short"), ("settings", "settings")],
)
def test_the_id_is_what_stands_before_the_words(name: str, expected: str) -> None:
    assert policy_id(name) == expected


def test_what_a_pack_leaves_out_is_empty() -> None:
    bare = analyzer_pb2.PolicyInfo(name="names-are-short", description="Names are short.")

    assert describe(bare, "advisory") == PolicyDescription("names-are-short", "advisory", "Names are short.")


def test_what_a_pack_says_of_a_policy_is_read() -> None:
    policy = analyzer_pb2.PolicyInfo(
        name="SG20-few-retries",
        description="Retries are few.",
        displayName="Few retries",
        severity=analyzer_pb2.POLICY_SEVERITY_MEDIUM,
        tags=["aws"],
        remediation_steps="Set a small number.",
        url="https://example.org/retries",
    )

    assert describe(policy, "mandatory") == PolicyDescription(
        name="SG20-few-retries",
        level="mandatory",
        description="Retries are few.",
        title="Few retries",
        severity="medium",
        tags=("aws",),
        cure="Set a small number.",
        url="https://example.org/retries",
    )
