"""The AWS calls that MLflow's client makes when it tracks to a managed MLflow server.

MLflow's REST requests are authorized one by one as `sagemaker-mlflow` actions on the tracking server (an MLflow App:
one action for all of them). Artifacts do not pass through the server: the client writes them to the artifact store.

Sources: the requests that mlflow 3.17.2 sends for the training code, which the tests record anew; Service Authorization
Reference, "Amazon SageMaker with MLflow": an action is named as the request is. There is none of the name
CreateLoggedModel: creating a logged model is taken to be LogModel.
"""

from collections.abc import Iterator
from typing import Final

from components.aws_names import AwsScope
from components.s3_location import bucket_of, key_of
from rehearsal.permissions.object_calls import bucket_arn
from rehearsal.permissions.permissions import AwsCall

TRACKING_ACTIONS: Final = {
    "GetExperimentByName": "find the experiment",
    "CreateExperiment": "create the experiment",
    "SetExperimentTag": "say that the experiment is one of training",
    "SearchRuns": "look for an earlier run of the same invocation",
    "CreateRun": "start the run",
    "GetRun": "read the run",
    "UpdateRun": "end the run",
    "LogBatch": "log parameters, metrics and tags",
    "LogInputs": "log the datasets of the run",
    "LogOutputs": "link the model to the run",
    "SetTag": "tag the run",
    "DeleteTag": "take back that the run is a duplicate",
    "LogModel": "log the model",
    "SearchLoggedModels": "look for a logged model that an earlier start left",
    "GetLoggedModel": "read the logged model",
    "DeleteLoggedModel": "withdraw a double of the logged model",
    "FinalizeLoggedModel": "mark the logged model as ready",
    "SetLoggedModelTags": "tag the logged model",
    "CreateRegisteredModel": "create the registered model",
    "GetRegisteredModel": "read the registered model",
    "SetRegisteredModelAlias": "move the alias",
    "CreateModelVersion": "register the model version",
    "GetModelVersion": "read the model version",
    "SearchModelVersions": "look for a model version of the same invocation",
    "SetModelVersionTag": "tag the model version",
    "UpdateModelVersion": "say in the version's description why it is the champion or not",
    "DeleteModelVersion": "withdraw a duplicate that the same job registered",
}
"""`sagemaker-mlflow` action -> what the training code of this project needs it for."""


def tracking_calls(tracking_uri: str, scope: AwsScope, artifact_store: str | None) -> Iterator[AwsCall]:
    """Yield the calls that tracking needs; none where `tracking_uri` is not the ARN of a managed server.

    Args:
        tracking_uri: the value of MLFLOW_TRACKING_URI in the request.
        scope: where the job runs.
        artifact_store: `s3://bucket/prefix/` of the server's artifact store.

    """
    if not tracking_uri.startswith("arn:"):
        return
    if ":mlflow-app/" in tracking_uri:
        yield AwsCall("sagemaker:CallMlflowAppApi", tracking_uri, "track the run in the MLflow App")
    else:
        for action, purpose in TRACKING_ACTIONS.items():
            yield AwsCall(f"sagemaker-mlflow:{action}", tracking_uri, purpose)
    if artifact_store is not None:
        yield from _artifact_calls(artifact_store, scope)


def delivery_calls(uri: str, scope: AwsScope) -> Iterator[AwsCall]:
    """Yield the calls of a job that does not track: for the word of what was delivered, at `uri`; none for ""."""
    if not uri:
        return
    bucket, key = bucket_arn(bucket_of(uri), scope), key_of(uri)
    yield AwsCall("s3:ListBucket", bucket, "look for word of what was delivered", {"s3:prefix": key})
    yield AwsCall("s3:GetObject", f"{bucket}/{key}", "read word of what was delivered")
    yield AwsCall("s3:PutObject", f"{bucket}/{key}", "leave word of what was delivered")


def _artifact_calls(artifact_store: str, scope: AwsScope) -> Iterator[AwsCall]:
    bucket, prefix = bucket_arn(bucket_of(artifact_store), scope), key_of(artifact_store).rstrip("/")
    key = f"{prefix}/1/models/any-model/artifacts/MLmodel".lstrip("/")
    yield AwsCall("s3:PutObject", f"{bucket}/{key}", "write artifacts to the tracking server's store")
    yield AwsCall("s3:GetObject", f"{bucket}/{key}", "read artifacts back from the tracking server's store")
    context = {"s3:prefix": key.rpartition("/")[0]}
    yield AwsCall("s3:ListBucket", bucket, "list artifacts in the tracking server's store", context)
