import json
from collections.abc import Mapping
from typing import Any

import pytest

from components.aws_names import AwsScope, JobNames
from components.channel import Channel
from components.data_buckets import DataBucket
from components.execution_role_policy import WILDCARD_REASONS, execution_permissions
from components.iam_policies import scheduler_permissions
from components.s3_location import BucketContext
from components.tracking_permissions import MLFLOW_ACTIONS, MLFLOW_ACTIONS_OF_OTHER_CODE
from components.tracking_spec import TrackingSpec
from components.training_image_spec import TrainingImage
from components.training_job_spec import TrainingJobSpec
from settings import TrainingJobSettings

OTHER = "210987654321"
REPOSITORY = f"arn:aws:ecr:eu-west-1:{OTHER}:repository/"
BUCKET = "arn:aws:s3:::ml-platform-staging-ml-bucket"
PROD_BUCKET = "arn:aws:s3:::ml-platform-prod-ml-bucket"
SIDS_OF_STAGING = [
    "ReadObjects",
    "WriteObjects",
    "ListPrefixes1",
    "PullTrainingImage",
    "LogInToRegistry",
    "UseLogGroup",
    "WriteLogs",
    "PutMetrics",
    "TrackWithMlflow",
]
SIDS_OF_PROD_ONLY = {
    "PruneCheckpoints",
    "CreateNetworkInterfaces",
    "ManageNetworkInterfaces",
    "DescribeNetwork",
    "EncryptVolumes",
    "EncryptOutput",
}


def by_sid(
    spec: TrainingJobSpec, names: JobNames, data_buckets: Mapping[str, DataBucket] | None = None
) -> dict[str, dict[str, Any]]:
    statements = execution_permissions(spec, names, data_buckets or {})
    found = {statement["Sid"]: statement for statement in statements}
    assert len(found) == len(statements), "a Sid stands twice"
    return found


@pytest.fixture(params=["staging", "prod"])
def every_statement(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    spec, names = request.getfixturevalue(request.param), request.getfixturevalue(f"{request.param}_names")
    return [*execution_permissions(spec, names), *scheduler_permissions(spec, names)]


def test_no_statement_has_a_wildcard_action(every_statement: list[dict[str, Any]]) -> None:
    for statement in every_statement:
        assert not [action for action in statement["Action"] if "*" in action or "?" in action]
        assert not {"NotAction", "NotResource", "NotPrincipal"} & set(statement)
        assert statement["Effect"] == "Allow"


def test_only_actions_that_accept_nothing_else_stand_on_every_resource(every_statement: list[dict[str, Any]]) -> None:
    for statement in every_statement:
        resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
        if "*" in resources:
            assert set(statement["Action"]) <= set(WILDCARD_REASONS), statement["Sid"]


def test_every_reason_for_a_wildcard_is_used_and_said(prod: TrainingJobSettings, prod_names: JobNames) -> None:
    spec = prod.model_copy(update={"remote_debug": True})
    used = {
        action
        for statement in execution_permissions(spec, prod_names)
        if statement["Resource"] == "*"
        for action in statement["Action"]
    }

    assert used == set(WILDCARD_REASONS)
    assert all(WILDCARD_REASONS.values())


def test_staging_has_no_permission_for_what_only_prod_does(
    staging: TrainingJobSettings, staging_names: JobNames, prod: TrainingJobSettings, prod_names: JobNames
) -> None:
    assert list(by_sid(staging, staging_names)) == SIDS_OF_STAGING
    assert set(by_sid(prod, prod_names)) - set(SIDS_OF_STAGING) == SIDS_OF_PROD_ONLY
    actions = {action for s in execution_permissions(staging, staging_names) for action in s["Action"]}
    assert not [
        action for action in actions if action.startswith(("kms:", "ec2:")) or ("Delete" in action and "s3" in action)
    ]


def test_objects_are_read_written_and_listed_by_prefix(staging: TrainingJobSettings, staging_names: JobNames) -> None:
    found = by_sid(staging, staging_names)

    assert found["ReadObjects"]["Resource"] == [
        f"{BUCKET}/datasets/training/*",
        f"{BUCKET}/training-code/packages/*",
        f"{BUCKET}/training-code/breast-cancer-staging/*",
        f"{BUCKET}/mlflow-artifacts/*",
    ]
    assert found["WriteObjects"]["Resource"] == [f"{BUCKET}/training-outputs/*", f"{BUCKET}/mlflow-artifacts/*"]
    assert found["ListPrefixes1"] == {
        "Sid": "ListPrefixes1",
        "Effect": "Allow",
        "Action": ["s3:ListBucket"],
        "Resource": BUCKET,
        "Condition": {
            "StringLike": {"s3:prefix": ["datasets/training/*", "training-code/packages/*", "mlflow-artifacts/*"]}
        },
    }


def test_training_data_is_never_written(prod: TrainingJobSettings, prod_names: JobNames) -> None:
    for statement in execution_permissions(prod, prod_names):
        if {"s3:PutObject", "s3:DeleteObject"} & set(statement["Action"]):
            assert not [resource for resource in statement["Resource"] if "/datasets/" in resource]


def test_checkpoints_of_this_job_are_read_written_listed_and_deleted(
    prod: TrainingJobSettings, prod_names: JobNames
) -> None:
    found = by_sid(prod, prod_names)
    checkpoints = f"{PROD_BUCKET}/checkpoints/breast-cancer-prod/*"

    assert found["PruneCheckpoints"]["Resource"] == [checkpoints]
    assert found["PruneCheckpoints"]["Action"] == ["s3:DeleteObject"]
    assert checkpoints in found["ReadObjects"]["Resource"]
    assert checkpoints in found["WriteObjects"]["Resource"]
    prefixes = found["ListPrefixes1"]["Condition"]["StringLike"]["s3:prefix"]
    assert "checkpoints/breast-cancer-prod/*" in prefixes
    assert "checkpoints/*" not in prefixes


def test_an_artifact_store_in_another_bucket_is_listed_there(
    staging: TrainingJobSettings, staging_names: JobNames
) -> None:
    tracking = staging.tracking.model_copy(update={"artifact_store": "s3://mlflow-bucket/artifacts/"})

    found = by_sid(staging.model_copy(update={"tracking": tracking}), staging_names)

    assert [(found[sid]["Resource"], found[sid]["Condition"]) for sid in ("ListPrefixes1", "ListPrefixes2")] == [
        (BUCKET, {"StringLike": {"s3:prefix": ["datasets/training/*", "training-code/packages/*"]}}),
        ("arn:aws:s3:::mlflow-bucket", {"StringLike": {"s3:prefix": ["artifacts/*"]}}),
    ]


def test_two_channels_of_one_prefix_are_named_once(staging: TrainingJobSettings, staging_names: JobNames) -> None:
    channel = Channel.model_validate(
        {"s3_path": "datasets/training/"}, context=BucketContext("ml-platform-staging-ml-bucket")
    )
    spec = staging.model_copy(update={"channels": {"training": channel, "validation": channel}})

    assert by_sid(spec, staging_names) == by_sid(staging, staging_names)


def test_the_one_image_is_pulled(staging: TrainingJobSettings, staging_names: JobNames) -> None:
    found = by_sid(staging, staging_names)

    assert found["PullTrainingImage"]["Resource"] == (
        "arn:aws:ecr:us-east-1:683313688378:repository/sagemaker-scikit-learn"
    )
    assert found["LogInToRegistry"]["Action"] == ["ecr:GetAuthorizationToken"]


@pytest.mark.parametrize(
    ("uri", "arn"),
    [
        (
            f"{OTHER}.dkr.ecr.eu-west-1.amazonaws.com/team/training:1.0",
            f"arn:aws:ecr:eu-west-1:{OTHER}:repository/team/training",
        ),
        (
            f"{OTHER}.dkr.ecr.eu-west-1.amazonaws.com/aa@sha256:{'0' * 64}",
            f"arn:aws:ecr:eu-west-1:{OTHER}:repository/aa",
        ),
    ],
)
def test_an_image_of_ones_own_in_ecr_is_pulled_from_its_repository(
    uri: str, arn: str, staging: TrainingJobSettings, staging_names: JobNames
) -> None:
    spec = staging.model_copy(update={"training_image": TrainingImage(uri=uri)})

    assert by_sid(spec, staging_names)["PullTrainingImage"]["Resource"] == arn


def test_an_image_outside_ecr_needs_no_permission_of_ecr(staging: TrainingJobSettings, staging_names: JobNames) -> None:
    spec = staging.model_copy(
        update={"training_image": TrainingImage(uri="registry:5000/training:1.0", repository_access_mode="Vpc")}
    )

    sids = set(by_sid(staging, staging_names)) - {"PullTrainingImage", "LogInToRegistry"}
    assert set(by_sid(spec, staging_names)) == sids


def test_the_one_function_that_knows_a_registrys_credentials_may_be_called(
    staging: TrainingJobSettings, staging_names: JobNames
) -> None:
    function = "arn:aws:lambda:us-east-1:123456789012:function:registry-credentials"
    image = TrainingImage(
        uri="registry:5000/training:1.0", repository_access_mode="Vpc", repository_credentials_provider_arn=function
    )
    spec = staging.model_copy(update={"training_image": image})

    assert by_sid(spec, staging_names)["AskForRegistryCredentials"] == {
        "Sid": "AskForRegistryCredentials",
        "Effect": "Allow",
        "Action": ["lambda:InvokeFunction"],
        "Resource": function,
    }


def test_logs_and_metrics_are_those_of_this_jobs(staging: TrainingJobSettings, staging_names: JobNames) -> None:
    found = by_sid(staging, staging_names)
    group = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/sagemaker/TrainingJobs"

    assert found["WriteLogs"]["Resource"] == f"{group}:log-stream:breast-cancer-staging-*"
    assert found["UseLogGroup"]["Resource"] == [group, f"{group}:*"]
    assert found["PutMetrics"]["Condition"] == {"StringEquals": {"cloudwatch:namespace": "/aws/sagemaker/TrainingJobs"}}


def test_mlflow_is_allowed_action_by_action_on_the_one_server(
    staging: TrainingJobSettings, staging_names: JobNames
) -> None:
    track = by_sid(staging, staging_names)["TrackWithMlflow"]

    assert track["Action"] == list(MLFLOW_ACTIONS) == sorted(MLFLOW_ACTIONS)
    assert track["Resource"] == ("arn:aws:sagemaker:us-east-1:123456789012:mlflow-tracking-server/ml-platform-staging")


@pytest.mark.parametrize("directory", ["training_code", "own_code"])
def test_an_app_takes_one_action_on_itself_whatever_code_tracks(
    staging: TrainingJobSettings, staging_names: JobNames, directory: str
) -> None:
    app = "arn:aws:sagemaker:us-east-1:123456789012:mlflow-app/app-ANFQ3RACFV2G"
    tracking = staging.tracking.model_copy(update={"tracking_server": None, "app": app})
    source = staging.source.model_copy(update={"directory": directory})
    found = by_sid(staging.model_copy(update={"tracking": tracking, "source": source}), staging_names)

    assert (found["TrackWithMlflow"]["Action"], found["TrackWithMlflow"]["Resource"]) == (
        ["sagemaker:CallMlflowAppApi"],
        app,
    )
    assert not [
        action for each in found.values() for action in each["Action"] if action.startswith("sagemaker-mlflow:")
    ]
    store = staging.tracking.artifact_store or ""
    assert f"arn:aws:s3:::{store.removeprefix('s3://')}*" in found["WriteObjects"]["Resource"]


def test_code_of_the_teams_own_may_track_as_mlflow_users_do(
    staging: TrainingJobSettings, staging_names: JobNames
) -> None:
    assert "TrackFromOtherCode" not in by_sid(staging, staging_names)
    source = staging.source.model_copy(update={"directory": "our_code"})

    found = by_sid(staging.model_copy(update={"source": source}), staging_names)

    assert found["TrackFromOtherCode"]["Action"] == list(MLFLOW_ACTIONS_OF_OTHER_CODE)
    assert found["TrackFromOtherCode"]["Resource"] == found["TrackWithMlflow"]["Resource"]
    assert not set(MLFLOW_ACTIONS_OF_OTHER_CODE) & set(MLFLOW_ACTIONS)
    assert not [action for action in MLFLOW_ACTIONS_OF_OTHER_CODE if "Delete" in action]


def test_a_server_by_uri_is_no_matter_of_iam(staging: TrainingJobSettings, staging_names: JobNames) -> None:
    tracking = TrackingSpec(tracking_uri="https://h", experiment_name="e", registered_model_name="m")

    found = by_sid(staging.model_copy(update={"tracking": tracking}), staging_names)

    assert set(SIDS_OF_STAGING) - set(found) == {"TrackWithMlflow"}
    assert "mlflow" not in str(found)


def test_network_interfaces_go_into_the_declared_subnets_and_groups(
    prod: TrainingJobSettings, prod_names: JobNames
) -> None:
    found = by_sid(prod, prod_names)
    ec2 = "arn:aws:ec2:us-east-1:123456789012"

    assert found["CreateNetworkInterfaces"]["Resource"] == [
        f"{ec2}:network-interface/*",
        f"{ec2}:subnet/subnet-0a1b2c3d4e5f60718",
        f"{ec2}:subnet/subnet-0f1e2d3c4b5a69780",
        f"{ec2}:security-group/sg-0123456789abcdef0",
    ]
    assert found["ManageNetworkInterfaces"]["Resource"] == f"{ec2}:network-interface/*"
    assert {action.partition("Describe")[0] for action in found["DescribeNetwork"]["Action"]} == {"ec2:"}


def test_each_key_is_used_by_way_of_its_service(prod: TrainingJobSettings, prod_names: JobNames) -> None:
    found = by_sid(prod, prod_names)

    assert (
        found["EncryptVolumes"]["Action"],
        found["EncryptVolumes"]["Resource"],
        found["EncryptVolumes"]["Condition"],
    ) == (
        ["kms:CreateGrant"],
        prod.resources.volume_kms_key_arn,
        {"Bool": {"kms:GrantIsForAWSResource": "true"}},
    )
    assert (
        found["EncryptOutput"]["Action"],
        found["EncryptOutput"]["Resource"],
        found["EncryptOutput"]["Condition"],
    ) == (
        ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"],
        prod.output.kms_key_arn,
        {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}},
    )


LAKE = "arn:aws:kms:us-east-1:210987654321:key/lake"


def reading_from(spec: TrainingJobSettings, **channels: dict[str, str]) -> TrainingJobSettings:
    context = BucketContext("ml-platform-staging-ml-bucket", frozenset({"company-lake", "partners", "unread"}))
    made = {name: Channel.model_validate(values, context=context) for name, values in channels.items()}
    return spec.model_copy(update={"channels": made})


def test_data_in_another_bucket_is_read_there_and_never_written(
    staging: TrainingJobSettings, staging_names: JobNames
) -> None:
    spec = reading_from(
        staging,
        training={"s3_path": "s3://company-lake/churn/dt=1/"},
        validation={"s3_object": "s3://partners/exports/churn.csv"},
    )
    buckets = {name: DataBucket() for name in ("company-lake", "partners", "unread")}
    found = by_sid(spec, staging_names, buckets)

    assert found["ReadObjects"]["Resource"][:2] == [
        "arn:aws:s3:::company-lake/churn/dt=1/*",
        "arn:aws:s3:::partners/exports/churn.csv",
    ]
    assert [(found[sid]["Resource"], found[sid]["Condition"]) for sid in ("ListPrefixes1", "ListPrefixes2")] == [
        ("arn:aws:s3:::company-lake", {"StringLike": {"s3:prefix": ["churn/dt=1/*"]}}),
        ("arn:aws:s3:::partners", {"StringLike": {"s3:prefix": ["exports/churn.csv"]}}),
    ]
    told = json.dumps([statement for sid, statement in found.items() if sid not in {"ReadObjects", "ListPrefixes1"}])
    assert "company-lake" not in told
    assert "unread" not in json.dumps(found)


def test_the_key_of_another_bucket_decrypts_what_is_read_there_and_nothing_else(
    staging: TrainingJobSettings, staging_names: JobNames
) -> None:
    spec = reading_from(
        staging, training={"s3_path": "s3://company-lake/a/"}, validation={"s3_path": "s3://partners/b/"}
    )
    buckets = {"company-lake": DataBucket(kms_key_arn=LAKE), "partners": DataBucket(kms_key_arn=LAKE)}
    unread = {"unread": DataBucket(kms_key_arn=LAKE.replace("lake", "other"))}
    found = by_sid(spec, staging_names, buckets | unread)

    assert [statement for statement in found.values() if any("kms:" in action for action in statement["Action"])] == [
        {
            "Sid": "DecryptDataBucket1",
            "Effect": "Allow",
            "Action": ["kms:Decrypt"],
            "Resource": LAKE,
            "Condition": {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}},
        }
    ]


def test_a_manifest_is_read_and_what_lies_below_its_prefix(
    staging: TrainingJobSettings, staging_names: JobNames
) -> None:
    manifest = {"s3_object": "manifests/a.json", "s3_path": "datasets/a/", "s3_data_type": "ManifestFile"}
    found = by_sid(reading_from(staging, training=manifest), staging_names)

    assert found["ReadObjects"]["Resource"][:2] == [f"{BUCKET}/manifests/a.json", f"{BUCKET}/datasets/a/*"]
    assert found["ListPrefixes1"]["Condition"]["StringLike"]["s3:prefix"][:2] == ["manifests/a.json", "datasets/a/*"]


def test_a_buckets_own_key_opens_and_closes_objects_and_nothing_else(
    staging: TrainingJobSettings, staging_names: JobNames
) -> None:
    keys = [f"arn:aws:kms:us-east-1:123456789012:key/{name}" for name in ("bucket", "artifacts")]
    statements = by_sid(staging.model_copy(update={"data_kms_key_arns": keys}), staging_names)

    assert [statements["UseDataKey1"], statements["UseDataKey2"]] == [
        {
            "Sid": sid,
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": key,
            "Condition": {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}},
        }
        for sid, key in zip(("UseDataKey1", "UseDataKey2"), keys, strict=True)
    ]
    assert not [sid for sid in by_sid(staging, staging_names) if sid.startswith("UseDataKey")]


@pytest.mark.parametrize(
    ("partition", "region", "service"),
    [
        ("aws", "eu-central-1", "s3.eu-central-1.amazonaws.com"),
        ("aws-us-gov", "us-gov-west-1", "s3.us-gov-west-1.amazonaws.com"),
        ("aws-cn", "cn-north-1", "s3.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_a_key_is_used_by_way_of_s3_as_it_is_called_in_the_partition(
    partition: str, region: str, service: str, prod: TrainingJobSettings
) -> None:
    names = JobNames(AwsScope(partition, region, "123456789012"), "breast-cancer-prod")

    assert by_sid(prod, names)["EncryptOutput"]["Condition"] == {"StringEquals": {"kms:ViaService": service}}


def test_a_secret_is_read_by_its_one_arn(staging: TrainingJobSettings, staging_names: JobNames) -> None:
    arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:mlflow-AbCdEf"
    tracking = staging.tracking.model_copy(update={"secret_arn": arn})
    statements = by_sid(staging.model_copy(update={"tracking": tracking}), staging_names)

    assert statements["ReadTrackingSecret"] == {
        "Sid": "ReadTrackingSecret",
        "Effect": "Allow",
        "Action": ["secretsmanager:GetSecretValue"],
        "Resource": arn,
    }
    assert "ReadTrackingSecret" not in by_sid(staging, staging_names)
