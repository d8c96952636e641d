"""What the deploying role may for an artifact store that is looked up: read the one server or App, and nothing else."""

from __future__ import annotations

from typing import Any, Final

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from components.artifact_stores import READ_BY
from components.mlflow_names import ManagedMlflow
from operations.delivery.deploy_policy import deploy_statements
from operations.delivery.grants import Phase
from rehearsal.declaring.artifact_store_stand_ins import GET_RESOURCE, Invoked
from rehearsal.permissions.permissions import AwsCall
from tests.operations.delivery.declared import decide, declared, deployed
from tests.operations.delivery.test_resource_rows import only_star

SERVER: Final = ManagedMlflow("ml")
APP: Final = ManagedMlflow(app="arn:aws:sagemaker:eu-west-1:210987654321:mlflow-app/app-A1")
ARNS: Final = {SERVER: "arn:aws:sagemaker:us-east-1:123456789012:mlflow-tracking-server/ml", APP: APP.identifier}
BOTH: Final = pytest.mark.parametrize("mlflow", [SERVER, APP], ids=["tracking server", "App"])


def invoked(mlflow: ManagedMlflow) -> Invoked:
    return Invoked(GET_RESOURCE, {"typeName": mlflow.type_name, "identifier": mlflow.identifier})


def policy(*mlflows: ManagedMlflow, **options: object) -> list[dict[str, Any]]:
    return deploy_statements([], deployed("staging", **options), [invoked(each) for each in mlflows])


@BOTH
@pytest.mark.parametrize("phases", [tuple(Phase), (Phase.READ,)], ids=["deploys", "previews"])
def test_the_server_or_app_may_be_read_by_cloud_control(mlflow: ManagedMlflow, phases: tuple[Phase, ...]) -> None:
    statements = policy(mlflow, phases=phases)

    for action in READ_BY[mlflow.setting]:
        assert decide(AwsCall(action, ARNS[mlflow], "look up"), statements).allowed
    assert decide(AwsCall("cloudformation:GetResource", "*", "look up"), statements).allowed


@BOTH
def test_no_other_may_be_read_and_nothing_be_done_with_it(mlflow: ManagedMlflow) -> None:
    arn, statements = ARNS[mlflow], policy(mlflow)
    read, tags = READ_BY[mlflow.setting]
    others = [f"{arn}-2", arn.replace(":sagemaker:", ":sagemaker:x"), arn.replace("2109", "9999").replace("1234", "9")]
    beside = [AwsCall(action, other, "other") for action in (read, tags) for other in others]
    beside += [
        AwsCall(f"sagemaker:{verb}{'MlflowApp' if mlflow.app else 'MlflowTrackingServer'}", arn, verb)
        for verb in ("Create", "Update", "Delete")
    ]
    beside += [AwsCall("sagemaker:AddTags", arn, "tag"), AwsCall("sagemaker:CallMlflowAppApi", arn, "track")]
    beside += [
        AwsCall(f"cloudformation:{verb}", "*", verb)
        for verb in ("CreateResource", "UpdateResource", "DeleteResource", "ListResources", "GetTemplate")
    ]

    assert [f"{call.action} {call.resource}" for call in beside if decide(call, statements).allowed] == []


def test_the_star_stands_beside_the_one_action_that_takes_no_resource() -> None:
    starred = {action.lower() for each in policy(SERVER, APP) if each["Resource"] == "*" for action in each["Action"]}

    assert starred == {"sts:getcalleridentity", "cloudformation:getresource"}
    assert starred <= only_star()


def test_each_action_is_one_of_awss() -> None:
    models = {
        "sagemaker": ServiceModel(Loader().load_service_model("sagemaker", "service-2")),
        "cloudformation": ServiceModel(Loader().load_service_model("cloudcontrol", "service-2")),
    }
    actions = {action for each in policy(SERVER, APP) for action in each["Action"]} - {"sts:GetCallerIdentity"}

    assert {action for action in actions if action.partition(":")[2] not in _names(models, action)} == set()


def _names(models: dict[str, ServiceModel], action: str) -> list[str]:
    return list(models[action.partition(":")[0]].operation_names)


def test_two_jobs_with_one_server_need_it_once_and_a_written_store_needs_none() -> None:
    assert policy(SERVER, SERVER) == policy(SERVER)
    assert [each["Sid"] for each in policy()] == ["KnowTheCaller"]
    assert "cloudformation:GetResource" not in str(
        deploy_statements(declared("staging").resources, deployed("staging"), declared("staging").invokes)
    )
