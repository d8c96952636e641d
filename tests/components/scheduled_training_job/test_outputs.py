"""What a job exports, and what waits for it."""

import pulumi_aws as aws
from pulumi.runtime import rpc

from components.alarm_names import ALARM_OUTPUTS
from components.prepared_job import PreparedJob
from components.scheduled_training_job import ScheduledTrainingJob
from tests.components.scheduled_training_job.declaring import COMPONENT, ROLE, SCHEDULE, Declare, program


def test_the_registered_outputs_are_the_public_attributes(declare: Declare, args: PreparedJob) -> None:
    made: list[ScheduledTrainingJob] = []

    declared = declare(lambda: made.append(ScheduledTrainingJob("breast-cancer", args)))

    outputs = declared.outputs[declared.one(COMPONENT).urn]
    assert outputs == {
        "schedule_name": "breast-cancer-staging",
        "schedule_arn": "arn:aws:scheduler:us-east-1:123456789012:schedule/breast-cancer-staging/breast-cancer-staging",
        "schedule_state": "DISABLED",
        "target_input": declared.one(SCHEDULE).inputs["target"]["input"],
        "scheduler_role_arn": "arn:aws:iam::123456789012:role/breast-cancer-staging-scheduler",
        "execution_role_arn": "arn:aws:iam::123456789012:role/breast-cancer-staging-execution",
        "dead_letter_queue_url": "https://url.of/breast-cancer-dead-letters",
        "training_job_name_prefix": "breast-cancer-staging",
        "channels": {"training": "s3://ml-platform-staging-ml-bucket/datasets/training/"},
        "s3_output_path": "s3://ml-platform-staging-ml-bucket/training-outputs/",
        "experiment_name": "breast-cancer-staging",
        "registered_model_name": "breast-cancer-staging",
        "tracking_uri": "arn:aws:sagemaker:us-east-1:123456789012:mlflow-tracking-server/ml-platform-staging",
        "artifact_store": "s3://ml-platform-staging-ml-bucket/mlflow-artifacts/",
    }
    own_attributes = {name for name in vars(made[0]) if not name.startswith("_")}
    assert set(outputs) == own_attributes - {"urn", "id", *ALARM_OUTPUTS}
    assert {getattr(made[0], name) for name in ALARM_OUTPUTS} == {None}


def test_a_preview_knows_all_outputs_but_what_only_the_cloud_knows(declare: Declare, args: PreparedJob) -> None:
    declared = declare(program(args), preview=True)

    outputs = declared.outputs[declared.one(COMPONENT).urn]
    assert {name for name, value in outputs.items() if value == rpc.UNKNOWN} == {"dead_letter_queue_url"}


def test_what_uses_an_attribute_waits_for_the_resource_that_it_is_of(declare: Declare, args: PreparedJob) -> None:
    def used() -> None:
        job = ScheduledTrainingJob("breast-cancer", args)
        for name in ("schedule_name", "schedule_arn", "scheduler_role_arn", "execution_role_arn"):
            aws.sqs.Queue(name, name=getattr(job, name))

    declared = declare(used)

    assert {
        name: declared.one("aws:sqs/queue:Queue", name).dependencies
        for name in ("schedule_name", "schedule_arn", "scheduler_role_arn", "execution_role_arn")
    } == {
        "schedule_name": {declared.one(SCHEDULE).urn},
        "schedule_arn": {declared.one(SCHEDULE).urn},
        "scheduler_role_arn": {declared.one(ROLE, "breast-cancer-scheduler-role").urn},
        "execution_role_arn": {declared.one(ROLE, "breast-cancer-execution-role").urn},
    }
