from collections.abc import Callable

import pytest

from rehearsal.requests.request_check import RequestProblem, check_request
from tests.rehearsal.requests.good_requests import Change, Request, boto3_report, good_request, good_spot_request


@pytest.mark.parametrize("make", [good_request, good_spot_request])
def test_a_good_request_has_no_problem(make: Callable[[], Request]) -> None:
    assert check_request("sagemaker", "CreateTrainingJob", make()) == ()
    assert boto3_report(make()) == ""


CASES: list[tuple[str, Change, str]] = [
    (
        "a name of 64 characters",
        lambda r: r.update(TrainingJobName="a" * 64),
        "TrainingJobName: got 64 characters; allowed: 1 to 63 characters",
    ),
    (
        "a colon in the name",
        lambda r: r.update(TrainingJobName="job-2022-03-22T18:59:43Z"),
        "TrainingJobName: got 'job-2022-03-22T18:59:43Z'; "
        "allowed: a value that matches [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}",
    ),
    (
        "a missing role",
        lambda r: r.pop("RoleArn"),
        "RoleArn: got nothing; allowed: a value, because it is required",
    ),
    (
        "an unknown member",
        lambda r: r.update(Hyperparameters={}),
        "Hyperparameters: got an unknown member; "
        "allowed: a member of CreateTrainingJobRequest; did you mean HyperParameters?",
    ),
    (
        "a number as a hyperparameter",
        lambda r: r["HyperParameters"].update(max_depth=5),
        "HyperParameters.max_depth: got a value of type int; allowed: a string",
    ),
    (
        "a string as a number",
        lambda r: r["ResourceConfig"].update(VolumeSizeInGB="30"),
        "ResourceConfig.VolumeSizeInGB: got '30' (str); allowed: an integer",
    ),
    (
        "true as a number",
        lambda r: r["ResourceConfig"].update(InstanceCount=True),
        "ResourceConfig.InstanceCount: got True (bool); allowed: an integer",
    ),
    (
        "a text as a switch",
        lambda r: r.update(EnableNetworkIsolation="true"),
        "EnableNetworkIsolation: got 'true' (str); allowed: true or false",
    ),
    (
        "a mode that does not exist",
        lambda r: r["InputDataConfig"][0].update(InputMode="Fast"),
        "InputDataConfig[0].InputMode: got 'Fast'; allowed: Pipe, File, FastFile",
    ),
    (
        "a bad channel name",
        lambda r: r["InputDataConfig"][0].update(ChannelName="training data"),
        "InputDataConfig[0].ChannelName: got 'training data'; allowed: a value that matches [A-Za-z0-9\\.\\-_]+",
    ),
    (
        "no channel",
        lambda r: r.update(InputDataConfig=[]),
        "InputDataConfig: got 0 items; allowed: 1 to 20 items",
    ),
    (
        "an object as a list",
        lambda r: r.update(InputDataConfig={}),
        "InputDataConfig: got a value of type dict; allowed: a list",
    ),
    (
        "a runtime below the minimum",
        lambda r: r["StoppingCondition"].update(MaxRuntimeInSeconds=0),
        "StoppingCondition.MaxRuntimeInSeconds: got 0; allowed: at least 1",
    ),
    (
        "a bad environment key",
        lambda r: r["Environment"].update({"MLFLOW-URI": "x"}),
        "Environment.MLFLOW-URI: got the key 'MLFLOW-URI'; allowed: a value that matches [a-zA-Z_][a-zA-Z0-9_]*",
    ),
    (
        "compression without a stream",
        lambda r: r["InputDataConfig"][0].update(CompressionType="Gzip"),
        "InputDataConfig[0].CompressionType: got Gzip; allowed: None, because InputMode is File",
    ),
    (
        "records wrapped without a stream",
        lambda r: r["InputDataConfig"][0].update(RecordWrapperType="RecordIO", InputMode="FastFile"),
        "InputDataConfig[0].RecordWrapperType: got RecordIO; allowed: None, because InputMode is FastFile",
    ),
    (
        "an augmented manifest without a stream",
        lambda r: r["InputDataConfig"][0]["DataSource"]["S3DataSource"].update(
            S3DataType="AugmentedManifestFile", AttributeNames=["a"]
        ),
        "InputDataConfig[0].DataSource.S3DataSource.S3DataType: got AugmentedManifestFile; allowed: S3Prefix or "
        "ManifestFile, because InputMode is File",
    ),
    (
        "a manifest of what is read as it is needed",
        lambda r: (
            r["InputDataConfig"][0].update(InputMode="FastFile"),
            r["InputDataConfig"][0]["DataSource"]["S3DataSource"].update(S3DataType="ManifestFile"),
        ),
        "InputDataConfig[0].DataSource.S3DataSource.S3DataType: got ManifestFile; allowed: S3Prefix, because InputMode "
        "is FastFile",
    ),
    (
        "an augmented manifest without attributes",
        lambda r: (
            r["InputDataConfig"][0].update(InputMode="Pipe"),
            r["InputDataConfig"][0]["DataSource"]["S3DataSource"].update(S3DataType="AugmentedManifestFile"),
        ),
        "InputDataConfig[0].DataSource.S3DataSource.AttributeNames: got nothing; allowed: names, because S3DataType is "
        "AugmentedManifestFile",
    ),
    (
        "attributes of a prefix",
        lambda r: r["InputDataConfig"][0]["DataSource"]["S3DataSource"].update(AttributeNames=["a"]),
        "InputDataConfig[0].DataSource.S3DataSource.AttributeNames: got names; allowed: nothing, unless S3DataType is "
        "AugmentedManifestFile",
    ),
    (
        "a waiting time without spot",
        lambda r: r["StoppingCondition"].update(MaxWaitTimeInSeconds=7200),
        "StoppingCondition.MaxWaitTimeInSeconds: got 7200; allowed: nothing, unless EnableManagedSpotTraining is true",
    ),
    (
        "spot without a waiting time",
        lambda r: r.update(EnableManagedSpotTraining=True),
        "StoppingCondition.MaxWaitTimeInSeconds: got nothing; "
        "allowed: a value, because EnableManagedSpotTraining is true",
    ),
]


@pytest.mark.parametrize(("change", "message"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_one_fault_is_one_problem_that_says_what_is_allowed(change: Change, message: str) -> None:
    request = good_request()
    change(request)

    assert [str(problem) for problem in check_request("sagemaker", "CreateTrainingJob", request)] == [message]


def test_a_waiting_time_shorter_than_the_runtime_is_reported() -> None:
    request = good_spot_request()
    request["StoppingCondition"]["MaxWaitTimeInSeconds"] = 3599

    assert check_request("sagemaker", "CreateTrainingJob", request) == (
        RequestProblem("StoppingCondition.MaxWaitTimeInSeconds", "3599", "at least MaxRuntimeInSeconds, which is 3600"),
    )


def test_a_warm_pool_and_spot_training_exclude_each_other() -> None:
    request = good_spot_request()
    request["ResourceConfig"]["KeepAlivePeriodInSeconds"] = 0
    assert check_request("sagemaker", "CreateTrainingJob", request) == ()

    request["ResourceConfig"]["KeepAlivePeriodInSeconds"] = 600

    assert check_request("sagemaker", "CreateTrainingJob", request) == (
        RequestProblem(
            "ResourceConfig.KeepAlivePeriodInSeconds", "600", "nothing or 0, because EnableManagedSpotTraining is true"
        ),
    )
    request["EnableManagedSpotTraining"] = False
    del request["StoppingCondition"]["MaxWaitTimeInSeconds"]
    assert check_request("sagemaker", "CreateTrainingJob", request) == ()


def test_an_instance_type_with_a_typing_error_is_answered_with_the_nearest_ones() -> None:
    request = good_request()
    request["ResourceConfig"]["InstanceType"] = "ml.m5.larg"

    (problem,) = check_request("sagemaker", "CreateTrainingJob", request)

    assert problem.path == "ResourceConfig.InstanceType"
    assert "did you mean ml.m5.large" in problem.allowed


def test_a_long_value_is_shortened() -> None:
    request = good_request()
    request["RoleArn"] = "not-an-arn-" + "x" * 200

    (problem,) = check_request("sagemaker", "CreateTrainingJob", request)

    assert problem.got == "'not-an-arn-" + "x" * 47 + "…"


@pytest.mark.parametrize(
    ("service", "operation", "message"),
    [
        ("sagemaker", "CreateTrainingJobs", "AWS service 'sagemaker' has no operation 'CreateTrainingJobs'; close: "),
        ("sagemakr", "CreateTrainingJob", "no AWS service 'sagemakr'; close: sagemaker"),
    ],
)
def test_an_unknown_service_or_operation_is_an_error_that_names_close_ones(
    service: str, operation: str, message: str
) -> None:
    with pytest.raises(ValueError) as raised:
        check_request(service, operation, {})

    assert str(raised.value).startswith(message)


SECRET = 271828182845


@pytest.mark.parametrize(
    "change",
    [
        lambda r: r["Environment"].update(PASSWORD=SECRET),
        lambda r: r["HyperParameters"].update(password=[str(SECRET)]),
        lambda r: r["HyperParameters"].update(password=f"{SECRET}\n" * 2501),
        lambda r: r.update(Environment=f"PASSWORD={SECRET}"),
        lambda r: r.update(HyperParameters=[{"password": SECRET}]),
        lambda r: r.update(AlgorithmSpecification=[{"ContainerArguments": [str(SECRET)]}]),
        lambda r: r.update(InputDataConfig=[{"Environment": {"PASSWORD": SECRET}}, str(SECRET)]),
        lambda r: r["AlgorithmSpecification"].update(ContainerArguments=[SECRET]),
        lambda r: r["AlgorithmSpecification"].update(ContainerEntrypoint=[f"--password={SECRET}\n"]),
        lambda r: r.update(DebugHookConfig={"S3OutputPath": "s3://b/", "HookParameters": {"password": SECRET}}),
        lambda r: r.update(TrainingJobName={"password": SECRET}),
    ],
)
def test_no_message_shows_what_may_be_a_secret(change: Change) -> None:
    request = good_request()
    change(request)
    problems = check_request("sagemaker", "CreateTrainingJob", request)
    assert problems
    assert str(SECRET) not in "\n".join(map(str, problems))
