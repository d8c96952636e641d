"""What stands in offline for an artifact store that AWS would be asked for, and what is said of it."""

from pathlib import Path

import pytest

from components.artifact_stores import STORE
from rehearsal.declaring.artifact_store_stand_ins import (
    GET_RESOURCE,
    Invoked,
    is_stand_in,
    stand_in_answer,
    stand_in_notes,
    unknown_store_notes,
    without_stand_ins,
)
from rehearsal.declaring.program import Declaration, OfflineMocks, declare
from tests.operations.projects import change, copy_project

SERVER = {"typeName": "AWS::SageMaker::MlflowTrackingServer", "identifier": "ml"}
APP = {
    "typeName": "AWS::SageMaker::MlflowApp",
    "identifier": "arn:aws:sagemaker:us-east-1:123456789012:mlflow-app/app-A1",
}
STAND_IN = "s3://ml-data/artifact-store-looked-up-at-deployment/mlflow-tracking-server/ml/"


def test_each_server_and_app_has_a_prefix_of_its_own_in_the_stacks_bucket() -> None:
    answers = [stand_in_answer(GET_RESOURCE, each, "ml-data") for each in (SERVER, APP)]

    assert [answer and answer["properties"] for answer in answers] == [
        f'{{"{STORE}": "s3://ml-data/artifact-store-looked-up-at-deployment/{place}"}}'
        for place in ("mlflow-tracking-server/ml", "mlflow-app/app-A1")
    ]


@pytest.mark.parametrize(
    ("token", "arguments"),
    [("aws:index/getRegion:getRegion", {}), (GET_RESOURCE, {"typeName": "AWS::ECS::Cluster", "identifier": "a"})],
)
def test_nothing_stands_in_for_anything_else(token: str, arguments: dict[str, str]) -> None:
    assert stand_in_answer(token, arguments, "ml-data") is None


def test_each_is_told_once_and_by_its_kind() -> None:
    invokes = [Invoked(GET_RESOURCE, each) for each in (SERVER, APP, SERVER)]
    invokes.append(Invoked("aws:index/getRegion:getRegion", {}))

    for notes in (list(stand_in_notes(invokes)), list(unknown_store_notes(invokes))):
        assert [note.partition(":")[0].partition(",")[0] for note in notes] == [
            "tracking.artifact_store is not set for the tracking server ml",
            "tracking.artifact_store is not set for the App arn",
        ]


def test_a_stand_in_is_known_by_its_place_and_taken_out_of_outputs() -> None:
    exports = {
        "churn": {
            "artifact_store": STAND_IN,
            "channels": {"training": "s3://ml-data/training/"},
            "further_schedules": {"weekly": {"artifact_store": "s3://ml-data/mlflow/"}},
        },
        "text": "an export that is no job",
    }

    assert is_stand_in(STAND_IN)
    assert [is_stand_in(each) for each in ("s3://ml-data/mlflow/", None)] == [False, False]
    assert without_stand_ins(exports) == exports | {"churn": exports["churn"] | {"artifact_store": None}}  # type: ignore[operator] # a mapping


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> Declaration:
    project: Path = copy_project(tmp_path_factory.mktemp("declared") / "project")
    change(project, "staging", "        artifact_store: mlflow-artifacts/\n", "")
    return declare(project, "staging", lambda region: OfflineMocks(region=region), preview=True)


def test_a_stack_is_declared_with_it_and_says_what_was_asked(declared: Declaration) -> None:
    place = "artifact-store-looked-up-at-deployment/mlflow-tracking-server/ml-platform-staging"
    store = f"ml-platform-staging-ml-bucket/{place}"
    (policy,) = [each for each in declared.resources if each.name == "breast-cancer-execution-policy"]

    assert declared.exports["breast-cancer"]["artifact_store"] == f"s3://{store}/"
    assert f'"arn:aws:s3:::{store}/*"' in policy.inputs["policy"]
    assert [each.arguments for each in declared.invokes if each.token == GET_RESOURCE] == [
        SERVER | {"identifier": "ml-platform-staging"}
    ]


def test_nothing_of_it_is_in_the_target_input_or_among_the_resources(declared: Declaration) -> None:
    written = declare(Path(__file__).parents[3], "staging", lambda region: OfflineMocks(region=region), preview=True)

    assert {each.urn for each in declared.resources} == {each.urn for each in written.resources}
    assert declared.exports["breast-cancer"]["target_input"] == written.exports["breast-cancer"]["target_input"]
    assert GET_RESOURCE not in {each.token for each in written.invokes}
