"""Values that AWS takes and settings refuse, each with the words of the reason in its message: docs/refusals.md."""

from typing import Any, Final

from components.reserved_names import RESERVED_ENVIRONMENT
from components.script_mode import ENVIRONMENT_MAX_COUNT
from tests.aws_members import NETWORK
from tests.refusal import Refusal
from tests.refusals_of_machines import MACHINES


def _nested(depth: int) -> list[Any]:
    inside: list[Any] = []
    for _ in range(depth):
        inside = [inside]
    return inside


_DIGITS: Final = "is part of names that IAM policies are written with, and these have ASCII letters and digits"
_DATED: Final = {"channels": {"training": {"s3_path": "in/dt={scheduled_date}/"}}}
_OWN: Final = {"source": {"directory": "own_code"}}
_SHIPPED: Final = {"source": {"directory": "training_code"}}
_ISOLATED: Final = {"network_isolation": True}
_UNTRACKED: Final = {"tracking": "none"}
_SECRET: Final = "arn:aws:secretsmanager:us-east-1:123456789012:secret:"
_WHOLE_SECRET: Final = "the role may read one secret, which only the six characters at the end tell from others"

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
        Refusal("channels.training.s3_path", "d={ scheduled_date }/", "nothing fills that in"),
        Refusal("channels.training.s3_path", "{{scheduled_date}}/", "of which a part would stay in the path"),
        Refusal("channels.training.s3_path", "${scheduled_date}/", "of which a part would stay in the path"),
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
        Refusal("channels", {"..": {"s3_path": "a/"}}, "because the data comes to a directory of this name"),
        Refusal(
            "channels.training",
            {"s3_data_type": "ManifestFile", "s3_object": "m.json", "s3_path": "a/", "input_mode": "FastFile"},
            "because SageMaker reads no manifest there",
        ),
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
    "Images and machines": MACHINES,
    "What the script is told": (
        *(
            Refusal(f"environment.{name}", "x", reason)
            for name, reason in {
                "SM_HOSTS": "it would be overwritten, or believed",
                "SAGEMAKER_REGION": "read and set",
                "AWS_REGION": "is set by SageMaker, whatever the request says",
                "AWS_DEFAULT_REGION": "is set by the training job itself",
                "AWS_ACCESS_KEY_ID": "whoever may read the schedule could read it",
                "AWS_SECURITY_TOKEN": "whoever may read the schedule could read it",
                "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "the execution role's credentials",
                "TRAINING_JOB_NAME": "is set by SageMaker, whatever the request says",
                "CURRENT_HOST": "is set by the training toolkit when it starts",
                "MLFLOW_TRACKING_URI": "is set by the training job itself",
                "SCHEDULED_TIME": "is set by the training job itself",
                "DATED_CHANNEL_1": "which data of which date to fetch",
            }.items()
        ),
        Refusal("environment.A", "<aws.scheduler.time>", "EventBridge Scheduler does not replace"),
        Refusal("environment.A", "a\0b", "which ends every argument and variable"),
        Refusal(
            "environment",
            {f"A{number}": "x" for number in range(100)},
            f"at most {ENVIRONMENT_MAX_COUNT - len(RESERVED_ENVIRONMENT)} entries",
            "the others of the API's 100 are the job's own",
        ),
        Refusal("secrets", {"W": {"arn": "warehouse"}}, "matches", _WHOLE_SECRET),
        Refusal("secrets", {"W": {"arn": f"{_SECRET}warehouse"}}, "matches", _WHOLE_SECRET),
        Refusal("secrets", {"W": {"arn": f"{_SECRET}warehouse-AbCdEf:password::"}}, "matches", _WHOLE_SECRET),
        Refusal(
            "secrets",
            {f"A{number}": {"arn": f"{_SECRET}warehouse-AbCdEf"} for number in range(21)},
            "at most 20 entries",
            "each stands in a policy that has an end",
        ),
        Refusal(
            "hyperparameters",
            {f"p{number}": 1 for number in range(98)},
            "at most 97 entries",
            "three of the API's 100 are script mode's own",
        ),
        Refusal("hyperparameters.a", "a\0b", "which ends every argument and variable"),
        Refusal("hyperparameters.a", _nested(101), "up to 100 deep", "readers of JSON give up at some depth"),
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
        Refusal("schedule.expression", "cron(0 3 15W,20W * ? *)", "is not 1-31", "no documentation has W in a list"),
        Refusal("schedule.expression", "cron(0\u00a03 * * ? *)", "which looks like a blank"),
        Refusal("schedule.expression", "rate(1 hours)", "needs a singular unit for 1"),
        Refusal("schedule.expression", "rate(40000 days)", "is longer than 100 years"),
        Refusal("schedule.expression", "at(2026-02-30T03:00:00)", "is not a date and time"),
        Refusal("schedule.time_zone", "Mars/Olympus", "IANA time zone database"),
        Refusal("schedule.time_zone", "localtime", "IANA time zone database", "it is whichever this machine has"),
        Refusal("schedule.time_zone", "Factory", "IANA time zone database", "it stands for a zone that nobody has set"),
        Refusal("schedule.end_date", "2030-01-01T00:00:00", "has no time zone"),
        Refusal("schedule.end_date", 20300101, "a date and time with its time zone", "as seconds it is a day of 1970"),
        Refusal("schedule.end_date", "9999-12-31T23:59:59Z", "the years 1970 to 2199"),
        Refusal("execution_role_arn", "arn:aws:iam::123456789012:roleteam", "matches", _DIGITS),
        Refusal(
            "tracking", {"tracking_uri": "http://user:secret@mlflow.example.com"}, "everybody who may read the schedule"
        ),
        Refusal(
            "tracking", {"tracking_uri": "https://mlflow.example.com?token=a"}, "everybody who may read the schedule"
        ),
        Refusal("tracking", {"tracking_uri": "https://mlflow.example.com/a b"}, "a URI without blanks"),
        Refusal(
            "tracking.artifact_store", "s3://ml-mlflow", "has no empty part", "the role could write the whole bucket"
        ),
        Refusal(
            "tracking",
            {"app": "arn:aws-cn:sagemaker:cn-north-1:123456789012:mlflow-app/app-A", "artifact_store": "m/"},
            "matches",
            "SageMaker's plugin for MLflow finds Apps in two partitions",
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
        Refusal("/tags.project", "x", "set by itself", "the stack's own would take its place"),
        Refusal(
            "/tags",
            {f"a{number}": "x" for number in range(8)},
            "at most 7 entries",
            "an S3 object takes ten, and three are the stack's own",
        ),
        Refusal("/tags.a\u00a0b", "x", "because AWS takes no others in tags", "a blank that nobody tells from another"),
    ),
}
"""Beginning of a section of the page -> what belongs there."""
