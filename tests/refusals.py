"""Values that AWS takes and settings refuse, each with the words of the reason in its message: docs/refusals.md."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.aws_members import NETWORK

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Refusal:
    """A value, the setting it stands in (below the job's; with `/` the stack's), and why it is refused.

    `reason` is a part of the message. `why` is for the page, where the message states a form alone. `beside` are the
    job's other settings.
    """

    setting: str
    value: Any
    reason: str
    why: str = ""
    beside: Values | None = None


_DIGITS: Final = "is part of names that IAM policies are written with, and these have ASCII letters and digits"
_A_LIMIT: Final = "is a slip of the finger beyond any account's quota"
_DATED: Final = {"channels": {"training": {"s3_path": "in/dt={scheduled_date}/"}}}
_OWN: Final = {"source": {"directory": "own_code"}}
_SHIPPED: Final = {"source": {"directory": "training_code"}}
_ISOLATED: Final = {"network_isolation": True}
_UNTRACKED: Final = {"tracking": "none"}
_FIXED: Final = "the image has to be the same at each start, so that a run can be reproduced"
_KEYS: Final = "a role can be limited to a key alone, and an alias can come to mean another"

REFUSALS: Final[dict[str, tuple[Refusal, ...]]] = {
    "S3 locations": (
        Refusal("channels.training.s3_path", "in", "datasets/training-old/ would match as well"),
        Refusal(
            "channels.training.s3_path", "", "ends with '/'", "the whole bucket would be data, and what jobs write"
        ),
        Refusal("channels.training.s3_path", "a//b/", "has no empty part", "SageMaker fails to download such keys"),
        Refusal("channels.training.s3_path", "/a/", "has no empty part", "SageMaker fails to download such keys"),
        Refusal("channels.training.s3_path", "a*/", "SageMaker knows no wildcards"),
        Refusal("channels.training.s3_path", "a?/", "SageMaker knows no wildcards"),
        Refusal("channels.training.s3_path", "a${b}/", "and nothing fills that in"),
        Refusal("channels.training.s3_path", "a/../b/", "would lead out of the channel's directory"),
        Refusal("channels.training.s3_path", "日本/", "because IAM takes no other in a policy"),
        Refusal("channels.training.s3_path", "a\tb/", "which nobody sees"),
        Refusal("channels.training.s3_path", "a\u00a0b/", "which nobody sees"),
        Refusal("channels.training.s3_path", "<aws.scheduler.scheduled-time>/", "the role's policy not"),
        Refusal("channels.training.s3_path", "{ds}/", "nothing fills that in"),
        Refusal("channels.training.s3_path", "{scheduled_dat}/", "allowed", "it looks like a date and is none"),
        Refusal(
            "channels.training.s3_path", "s3://other-bucket/in/", "name it there", "the role may read it only then"
        ),
        Refusal("channels.training.s3_path", "s3://Bucket/in/", "is not a bucket name"),
        Refusal("channels.training.s3_path", "s3://a--x-s3/in/", "a directory bucket's: SageMaker reads from others"),
        Refusal("channels.training.s3_path", "s3://192.168.0.1/in/", "no IP address"),
        Refusal("channels.training.s3_path", "https://ml-bucket/in/", "has no empty part", "s3:// says the same"),
        Refusal("output.s3_path", "s3://other-bucket/out/", "is not the configured one", "jobs write to the stack's"),
        Refusal("output.s3_path", "x" * 801 + "/", "allowed: 800", "names and a digest follow, up to the API's 1024"),
        Refusal("output.s3_path", "{scheduled_date}/", "what a job writes has the job's name, and is tagged"),
        Refusal("output.s3_path", "{date}/", "dates are filled in in the s3_path and s3_object of channels only"),
        Refusal("output.s3_path", "datasets/training/out/", "jobs would read what jobs have written"),
        Refusal("checkpoint", {"s3_path": "datasets/training/"}, "jobs would read what jobs have written"),
        Refusal("debugger.s3_path", "datasets/training/", "jobs would read what jobs have written"),
        Refusal("tensorboard.s3_path", "datasets/training/", "jobs would read what jobs have written"),
        Refusal("profiler.s3_path", "datasets/training/", "jobs would read what jobs have written"),
    ),
    "Channels": (
        Refusal("channels", {}, "at least 1 entry", "a job on a schedule without data trains the same each time"),
        Refusal("channels.training.s3_data_type", "Converse", "allowed", "of serverless customization of models"),
        Refusal("channels.training.input_mode", "Pipe", "because that code reads files", beside=_SHIPPED),
        Refusal("channels.code", {"s3_path": "a/"}, "brings the script to an isolated container", beside=_ISOLATED),
        Refusal("channels.packages", {"s3_path": "a/"}, "packages that travel with the job", beside=_SHIPPED),
        Refusal("channels.training.time_zone", "UTC", "with a date to fill in", "it would change nothing"),
        Refusal("channels.training.input_mode", "FastFile", "the job fetches the files itself", beside=_DATED),
        Refusal("channels.training.shuffle_seed", 1, "the job fetches the files itself", beside=_DATED),
        Refusal(
            "channels.training",
            {"file_system": {"id": "fs-0123456789abcdef0", "type": "EFS", "directory_path": "/a/../b"}},
            "has no part '..'",
            "all that is below the directory can be read, and no more",
            beside={"network": NETWORK},
        ),
        Refusal(
            "channels.training",
            {"file_system": {"id": "fs-0123456789abcdef0", "type": "EFS", "directory_path": "/{scheduled_date}"}},
            "they are filled in in s3_path and s3_object only",
            beside={"network": NETWORK},
        ),
    ),
    "Images and machines": (
        Refusal("training_image", {"uri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/a"}, "matches", _FIXED),
        Refusal("training_image", {"uri": "docker.io/library/python:3.12"}, "because SageMaker takes no other"),
        Refusal(
            "training_image",
            {"uri": f"123456789012.dkr.ecr.us-east-1.amazonaws.com/a:1@sha256:{'0a' * 32}"},
            "matches",
            "SageMaker's documentation knows a tag or a digest, and not both",
        ),
        Refusal("training_image", {"uri": "123456789012.dkr-ecr.us-east-1.on.aws/a:1"}, "by its usual host name"),
        Refusal(
            "training_image",
            {"uri": "123456789012.dkr.ecr-fips.us-east-1.amazonaws.com/a:1"},
            "by its usual host name",
        ),
        Refusal("training_image", {"uri": "public.ecr.aws/a/b:1"}, "because SageMaker takes no other"),
        Refusal(
            "training_image",
            {"uri": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:1"},
            "SageMaker pulls from no other",
        ),
        Refusal(
            "training_image", {"framework": "pytorch", "version": "0.1"}, "or set uri", "AWS publishes no such one"
        ),
        Refusal("training_image", {"scikit_learn_version": "1.4-2"}, "needs Python 3.11", beside=_SHIPPED),
        Refusal("resources.instance_type", "ml.g5.xlarge", "because nothing in the image can use one"),
        Refusal("resources.instance_type", "ml.p6e-gb200.36xlarge", "does not start on an Arm one"),
        Refusal("resources.instance_count", 0, "1 to 100", "nothing would train"),
        Refusal("resources.instance_count", 101, "1 to 100", _A_LIMIT),
        Refusal("resources.volume_size_in_gb", 0, "1 to 16384", "nothing could be stored"),
        Refusal("resources.volume_size_in_gb", 16385, "1 to 16384", "is more than an EBS volume holds"),
        Refusal("resources.volume_kms_key_arn", "alias/ml", "matches", _KEYS),
        Refusal("output.kms_key_arn", "arn:aws:kms:us-east-1:123456789012:alias/ml", "matches", _KEYS),
        Refusal("output.kms_key_arn", "1f2e3d4c-5b6a-4798-8c9d-0e1f2a3b4c5d", "matches", _KEYS),
        Refusal("output.kms_key_arn", "arn:aws:kms:eu-west-1:123456789012:key/1f2e3d4c", "a key of the stack's region"),
        Refusal("stopping_condition.max_runtime_in_seconds", 2419201, "1 to 2419200", "28 days: the service's quota"),
        Refusal(
            "resources",
            {"instance_type": "ml.m5.large", "instance_count": 2},
            "works on one machine",
            beside=_SHIPPED | {"accelerator": "intelex"},
        ),
        Refusal("managed_spot_training", True, "needs checkpoint.s3_path", "an interruption would begin anew"),
    ),
    "What the script is told": (
        *(
            Refusal(f"environment.{name}", "x", reason)
            for name, reason in {
                "SM_HOSTS": "it would be overwritten, or believed",
                "SAGEMAKER_REGION": "read and set",
                "AWS_REGION": "is set by SageMaker, whatever the request says",
                "AWS_DEFAULT_REGION": "is set by the training job itself",
                "AWS_ACCESS_KEY_ID": "whoever may read the schedule could read it",
                "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "the execution role's credentials",
                "TRAINING_JOB_NAME": "is set by SageMaker, whatever the request says",
                "CURRENT_HOST": "is set by the training toolkit when it starts",
                "MLFLOW_TRACKING_URI": "is set by the training job itself",
                "SCHEDULED_TIME": "is set by the training job itself",
                "DATED_CHANNEL_1": "which data of which date to fetch",
            }.items()
        ),
        Refusal("environment.A", "<aws.scheduler.time>", "EventBridge Scheduler does not replace"),
        Refusal("hyperparameters.sagemaker_program", "x", "is set from source"),
        Refusal("hyperparameters.sagemaker_region", "x", "is set from source"),
        Refusal("hyperparameters.accelerator", "x", "is set from accelerator"),
        Refusal("hyperparameters.", "x", "at least 1 character", "script mode would make the argument `-` of it"),
        Refusal("metric_definitions.loss", "loss=", "with a group for the number", "SageMaker would find no number"),
        Refusal("metric_definitions.loss", r"\p{Alpha}+=([0-9.]+)", "as Python reads them for a rehearsal"),
        Refusal("metric_definitions.loss", "loss=(", "is not a regular expression"),
        Refusal("checkpoint", {"s3_path": "c/", "local_path": "/opt/ml/model"}, "what is there becomes the model"),
        Refusal(
            "checkpoint", {"s3_path": "c/", "local_path": "/opt/ml/input/data"}, "configuration and channels there"
        ),
        Refusal(
            "checkpoint", {"s3_path": "c/", "local_path": "checkpoints"}, "an absolute path", "of which directory?"
        ),
        Refusal("checkpoint", {"s3_path": "c/", "local_path": "/" + "x" * 512}, "the script is told it by a variable"),
        Refusal(
            "tensorboard", {"s3_path": "t/", "local_path": "/opt/ml/output/tensors"}, "copy one's files for the other"
        ),
    ),
    "Schedule, roles and tracking": (
        Refusal(
            "schedule.expression",
            "cron(0 3 * * * *)",
            "has to be '?'",
            "the Scheduler refuses it, its API's model does not",
        ),
        Refusal(
            "schedule.expression",
            "cron(0 3 ? * 2#1,4#2 *)",
            "which is not 1-5",
            "AWS takes one # in the field; of several, only the service itself tells",
        ),
        Refusal("schedule.expression", "cron(0 3 L,15 * ? *)", "is not 1-31", "no documentation has L in a list"),
        Refusal("schedule.expression", "rate(1 hours)", "needs a singular unit for 1"),
        Refusal("schedule.expression", "rate(40000 days)", "is longer than 100 years"),
        Refusal("schedule.expression", "at(2026-02-30T03:00:00)", "is not a date and time"),
        Refusal("schedule.time_zone", "Mars/Olympus", "IANA time zone database"),
        Refusal("schedule.end_date", "2030-01-01T00:00:00", "has no time zone"),
        Refusal("execution_role_arn", "arn:aws:iam::123456789012:roleteam", "matches", _DIGITS),
        Refusal(
            "tracking", {"tracking_uri": "http://user:secret@mlflow.example.com"}, "everybody who may read the schedule"
        ),
        Refusal(
            "tracking", {"tracking_uri": "https://mlflow.example.com?token=a"}, "everybody who may read the schedule"
        ),
        Refusal(
            "tracking.artifact_store", "s3://ml-mlflow", "has no empty part", "the role could write the whole bucket"
        ),
        Refusal("tracking", None, "the word none", "an empty setting is one that was forgotten"),
        Refusal("promotion.margin", 0.1, "there is no registered model", beside=_UNTRACKED),
        Refusal("remote_debug", True, "no session can be opened in an isolated container", beside=_ISOLATED),
        Refusal(
            "/training_jobs",
            "7-day-churn",
            "beginning with a letter",
            "in YAML a name such as 7 or 1e3 is a number, and no longer the name that was written",
        ),
        Refusal("/tags.aws:team", "x", "which is AWS's own"),
        Refusal("/tags.Project", "x", "in another case", "IAM takes both for the same"),
        Refusal("/tags.a\u00a0b", "x", "because AWS takes no others in tags", "a blank that nobody tells from another"),
    ),
}
"""Beginning of a section of the page -> what belongs there."""
