"""The plugin as the engine starts and asks it: what it registers, what it answers, what it refuses."""

import json
from typing import Any

import grpc
import pytest
from google.protobuf import json_format
from pulumi.runtime import rpc
from pulumi.runtime.proto import provider_pb2

from provider.plain_inputs import NOT_PLAIN
from tests.components.test_upgrade_contract import CHURN, ROOT
from tests.provider.engine_stand_in import COMPONENT, Constructed, Plugin, Refusal, refusal_of

pytestmark = pytest.mark.slow

SCHEDULE = "aws:scheduler/schedule:Schedule"
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
MINE = {"directory": "mine", "entryPoint": "fit.py"}


def refused(plugin: Plugin, inputs: dict[str, Any], **more: object) -> Refusal:
    answer = plugin.construct(inputs, **more)
    assert isinstance(answer, Refusal), answer
    assert "Traceback" not in answer.message + plugin.stderr.read_text()
    return answer


def constructed(plugin: Plugin, inputs: dict[str, Any], **more: object) -> Constructed:
    answer = plugin.construct(inputs, **more)
    assert isinstance(answer, Constructed), answer
    return answer


def unknown(value: object) -> bool:
    return rpc.UNKNOWN in json.dumps(value)


def lines(answer: Refusal) -> list[str]:
    """What the message says below its first line."""
    return [line.strip().removeprefix("- ") for line in answer.message.splitlines()[1:]]


def test_the_whole_job_is_known_at_the_first_preview(plugin: Plugin, inputs: dict[str, Any]) -> None:
    answer = constructed(plugin, inputs)

    assert [each.name for each in plugin.monitor.registered if rpc.UNKNOWN in str(each.object)] == []
    request = json.loads(plugin.monitor.inputs(SCHEDULE)["target"]["input"])
    assert request["TrainingJobName"] == "readmission-dev-<aws.scheduler.execution-id>"
    assert request["HyperParameters"]["n_estimators"] == "300"
    assert json.loads(answer.state["targetInput"]) == request
    assert {name for name, value in answer.state.items() if unknown(value)} == {"deadLetterQueueUrl"}
    assert plugin.monitor.outputs[answer.urn] == answer.state


def test_the_urns_are_those_of_the_component_in_python(plugin: Plugin, inputs: dict[str, Any]) -> None:
    inputs["source"] = MINE

    urn = constructed(plugin, inputs).urn

    assert urn == f"urn:pulumi:dev::readmission::{COMPONENT}::readmission"
    expected = {urn.removeprefix(ROOT).replace("::churn", "::readmission") for urn in CHURN}
    assert {
        f"{each.parent.split('::')[2]}${each.type}::{each.name}" if each.parent else f"{each.type}::{each.name}"
        for each in plugin.monitor.registered
    } == expected
    assert {each.parent for each in plugin.monitor.registered} == {"", urn}


def test_an_artifact_store_that_is_not_written_is_asked_for_and_known_at_the_first_preview(
    plugin: Plugin, inputs: dict[str, Any]
) -> None:
    inputs["source"] = MINE
    del inputs["tracking"]["artifactStore"]
    explicit = "urn:pulumi:dev::readmission::pulumi:providers:aws::other::0a1b"

    answer = constructed(plugin, inputs, providers={"aws": explicit})

    assert set(plugin.monitor.asked_with) == {explicit}
    assert len(plugin.monitor.asked_with) == 4, "account, partition, region, and the store"
    store = answer.state["artifactStore"].removeprefix("s3://")
    assert store.endswith(f"/{inputs['tracking']['trackingServer']}/")
    (policy,) = [each for each in plugin.monitor.registered if each.name == "readmission-execution-policy"]
    assert f'"arn:aws:s3:::{store}*"' in json_format.MessageToDict(policy.object)["policy"]
    assert {each.type for each in plugin.monitor.registered if "mlflow" in each.type.lower()} == set()


def test_a_store_inside_a_channel_is_told_by_its_property_beside_other_faults(
    plugin: Plugin, inputs: dict[str, Any]
) -> None:
    inputs["channels"]["training"]["s3Path"] = "artifact-store-looked-up-at-deployment/"
    del inputs["tracking"]["artifactStore"]
    inputs["bucket"] = "artifact-store-looked-up-at-deployment"
    inputs["hyperparameters"]["n_estimators"] = 0

    answer = refused(plugin, inputs)

    (line,) = [each for each in lines(answer) if "artifactStore" in each]
    assert line.startswith("property tracking.artifactStore has a problem: is not set, and AWS says s3://")
    assert set(answer.reasons) == {"hyperparameters.n_estimators"}


def test_an_update_registers_what_the_preview_showed(plugin: Plugin, inputs: dict[str, Any]) -> None:
    inputs["source"] = MINE
    constructed(plugin, inputs)
    previewed = {(each.type, each.name, each.parent): str(each.object) for each in plugin.monitor.registered}

    answer = constructed(plugin, inputs, preview=False)

    assert {(each.type, each.name, each.parent): str(each.object) for each in plugin.monitor.registered} == previewed
    assert answer.state["deadLetterQueueUrl"] == "https://url.of/readmission-dead-letters"


def test_code_of_ones_own_is_read_in_the_programs_directory(plugin: Plugin, inputs: dict[str, Any]) -> None:
    inputs["source"] = MINE

    constructed(plugin, inputs)

    request = json.loads(plugin.monitor.inputs(SCHEDULE)["target"]["input"])
    assert request["HyperParameters"]["sagemaker_program"] == "fit.py"
    assert plugin.monitor.messages == [
        "hyperparameters of the code in mine/ are not judged (training_jobs readmission): it is your own, and "
        "source.judges_settings is not set"
    ]


def test_a_further_schedule_is_judged_and_declared_like_the_jobs_own(plugin: Plugin, inputs: dict[str, Any]) -> None:
    weekly = {"schedule": {"expression": "rate(7 days)"}, "hyperparameters": {"n_estimators": 900}}

    answer = constructed(plugin, inputs | {"furtherSchedules": {"weekly": weekly}})

    (further,) = [each for each in plugin.monitor.registered if each.name == "readmission-schedule.weekly"]
    request = json.loads(json_format.MessageToDict(further.object)["target"]["input"])
    assert request["HyperParameters"]["n_estimators"] == "900"
    assert json.loads(answer.state["furtherSchedules"]["weekly"]["targetInput"]) == request

    weekly["hyperparameters"]["n_estimators"] = 0
    assert refused(plugin, inputs | {"furtherSchedules": {"weekly": weekly}}).reasons == {
        "furtherSchedules.weekly.hyperparameters.n_estimators": "got '0', allowed: a whole number from 1 to 100000"
    }


def test_region_and_provider_are_those_that_the_component_is_given(plugin: Plugin, inputs: dict[str, Any]) -> None:
    explicit = "urn:pulumi:dev::readmission::pulumi:providers:aws::china::0a1b"

    constructed(plugin, inputs, region="cn-north-1", providers={"aws": explicit})

    assert set(plugin.monitor.asked_with) == {explicit}
    assert {each.provider for each in plugin.monitor.registered if each.custom} == {explicit}
    target = plugin.monitor.inputs(SCHEDULE)["target"]
    assert target["roleArn"] == "arn:aws-cn:iam::123456789012:role/readmission-dev-scheduler"


def test_everything_that_is_wrong_is_said_at_once_by_property(plugin: Plugin, inputs: dict[str, Any]) -> None:
    inputs["resources"] |= {"instanceCount": 0, "volumeSizeInGb": "much"}
    inputs["channels"]["training"]["s3Path"] = "readmission/training"
    inputs["channels"]["training"]["colour"] = "blue"
    inputs["schedule"] = {"timeZone": "Berlin"}

    answer = refused(plugin, inputs)

    assert (answer.code, answer.message) == (
        grpc.StatusCode.INVALID_ARGUMENT,
        "training job readmission has 6 problems\n\t\t- property channels.training.colour has a problem: unknown "
        "property; allowed: attributeNames, compressionType, contentType, fileSystem, inputMode, instanceGroupNames, "
        "recordWrapperType, s3DataDistributionType, s3DataType, s3Object, s3Path, shuffleSeed, timeZone",
    )
    assert answer.reasons == {
        "resources.instanceCount": "got 0; allowed: 1 to 100",
        "resources.volumeSizeInGb": "got 'much'; allowed: a whole number",
        "channels.training.s3Path": "got 'readmission/training'; allowed: a prefix that ends with '/' and has no empty "
        "part, such as datasets/training/ (without the last '/', datasets/training-old/ would match as well)",
        "schedule.expression": "is required and not set",
        "schedule.timeZone": "got 'Berlin'; allowed: a name of the IANA time zone database, such as UTC or "
        "Europe/Berlin",
    }
    assert plugin.monitor.registered == []


@pytest.mark.parametrize(
    "value",
    [rpc.UNKNOWN, {SIGNATURE: SECRET, "value": "hospital-data"}],
    ids=["of a resource that does not exist yet", "secret"],
)
def test_a_value_that_is_not_known_or_secret_is_refused(value: object, plugin: Plugin, inputs: dict[str, Any]) -> None:
    answer = refused(plugin, inputs | {"bucket": value})

    assert (answer.reasons, lines(answer)) == ({}, [f"property bucket has a problem: {NOT_PLAIN}"])
    assert "hospital-data" not in str(answer)


def test_what_the_training_code_refuses_is_told_beside_others_and_not_of_what_is_not_known(
    plugin: Plugin, inputs: dict[str, Any]
) -> None:
    given = {"n_estimators": "many", "estimator": rpc.UNKNOWN}

    answer = refused(plugin, inputs | {"hyperparameters": {"n_estimators": "many"}, "bucket": rpc.UNKNOWN})
    assert (answer.reasons, lines(answer)) == (
        {"hyperparameters.n_estimators": "got 'many', allowed: a whole number from 1 to 100000"},
        [f"property bucket has a problem: {NOT_PLAIN}"],
    )
    answer = refused(plugin, inputs | {"hyperparameters": given})
    assert (answer.reasons, lines(answer)) == ({}, [f"property hyperparameters.estimator has a problem: {NOT_PLAIN}"])


def test_what_fits_only_together_is_told_in_properties(plugin: Plugin, inputs: dict[str, Any]) -> None:
    answer = refused(plugin, inputs | {"managedSpotTraining": True, "checkpoint": {"s3Path": "checkpoints/"}})

    assert (answer.reasons, lines(answer)) == (
        {},
        [
            "managedSpotTraining needs stoppingCondition.maxWaitTimeInSeconds (not set) of at least "
            "maxRuntimeInSeconds (3600)"
        ],
    )


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        (
            {"hyperparameters": {"n_estimators": 0}},
            {"hyperparameters.n_estimators": "got '0', allowed: a whole number from 1 to 100000"},
        ),
        (
            {"output": {"s3Path": "models/", "kmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/1f2e3d4c"}},
            {
                "output.kmsKeyArn": "got 'arn:aws:kms:us-east-1:123456789012:key/1f2e3d4c'; allowed: a key of the "
                "stack's region, eu-central-1"
            },
        ),
        (
            {"tags": {"aws:a": "b"}},
            {'tags["aws:a"]': "got 'aws:a'; allowed: names that do not begin with 'aws:', which is AWS's own"},
        ),
    ],
    ids=["the training code's judgement", "another region's key", "tags"],
)
def test_what_only_the_place_or_the_training_code_knows_has_its_property_too(
    changes: dict[str, Any], reasons: dict[str, str], plugin: Plugin, inputs: dict[str, Any]
) -> None:
    answer = refused(plugin, inputs | changes)

    assert (answer.reasons, lines(answer)) == (reasons, [])


def test_a_name_that_is_too_long_is_refused(plugin: Plugin, inputs: dict[str, Any]) -> None:
    assert lines(refused(plugin, inputs, name="a-name-that-is-longer-than-others")) == [
        "the name 'a-name-that-is-longer-than-others-dev' (job and stack) has 37 characters; allowed: 26, because 37 "
        "more make a training job name; shorten the job's name"
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"environment": {"API_TOKEN": "hunter2" * 99}},
        {"environment": {"API TOKEN": "hunter2"}},
        {"hyperparameters": {"api_token": "hunter2"}},
        {"apiToken": "hunter2"},
        {"tracking": {"trackingUri": "https://me:hunter2@h", "experimentName": "e", "registeredModelName": "m"}},
        {"trainingImage": {"uri": {"token": "hunter2"}}},
        {"trainingImage": {"uri": ["hunter2"]}},
    ],
    ids=["variable", "its name", "hyperparameter", "unknown property", "password", "mapping", "list"],
)
def test_the_engine_is_not_made_to_show_what_may_be_a_secret(
    changes: dict[str, Any], plugin: Plugin, inputs: dict[str, Any]
) -> None:
    answer = refused(plugin, inputs | changes)

    (line,) = lines(answer)
    assert line.startswith(f"property {'apiToken' if 'apiToken' in changes else next(iter(changes))}")
    assert (answer.reasons, "hunter2" in answer.message) == ({}, False)


def test_code_that_is_not_there_is_a_message_without_a_traceback(plugin: Plugin, inputs: dict[str, Any]) -> None:
    answer = refused(plugin, inputs | {"source": MINE | {"entryPoint": "fot.py"}})

    assert answer == Refusal(
        grpc.StatusCode.INVALID_ARGUMENT,
        "source.entryPoint 'fot.py' is not in the source directory; it has: fit.py",
        {},
    )


def test_another_type_of_resource_is_refused(plugin: Plugin) -> None:
    request = provider_pb2.ConstructRequest(
        type="scheduled-training:index:Other", name="x", project="p", stack="s", monitorEndpoint=plugin.address
    )
    with pytest.raises(grpc.RpcError) as error:
        plugin.stub.Construct(request)

    assert refusal_of(error.value).message == (
        f"unknown resource type scheduled-training:index:Other; allowed: {COMPONENT}"
    )
