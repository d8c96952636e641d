"""What becomes of each variable of a Terraform module that schedules SageMaker training jobs.

The module is the one that teams have: an EventBridge rule with a cron expression, a Lambda function that calls
CreateTrainingJob, roles, and an MLflow server by its ARN or URI. docs/migrating.md shows this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Variable:
    """The setting that a variable becomes, "" where it becomes none; what is different, or why and what to do."""

    setting: str
    note: str = ""

    @property
    def is_carried(self) -> bool:
        """Whether its value goes into the stack."""
        return bool(self.setting)


_NO_LAMBDA: Final = Variable("", "EventBridge Scheduler calls SageMaker itself, there is no Lambda function: drop it.")
_NAMED: Final = "names follow from the job's and the stack's: `<job>-<stack>`"

VARIABLES: Final = {
    "aws_region": Variable("aws:region"),
    "project_name": Variable(
        "training_jobs.<name>", "The job's name. Resources are named `<job>-<stack>`, 26 characters at most."
    ),
    "environment": Variable(
        "Pulumi.<stack>.yaml", "The stack's name, if `--stack` says no other; `pulumi stack init` makes it."
    ),
    "training_image": Variable(
        "training_image.uri",
        "AWS's scikit-learn image by its version, where we know it. The code is not in the image: a bundle brings "
        "it, by default `training_code`; code of your own is named with `--source`.",
    ),
    "training_input_mode": Variable("channels.<name>.input_mode", "Of channels without an InputMode of their own."),
    "instance_type": Variable("resources.instance_type"),
    "instance_count": Variable("resources.instance_count"),
    "volume_size_gb": Variable("resources.volume_size_in_gb"),
    "max_runtime_seconds": Variable(
        "stopping_condition.max_runtime_in_seconds", "SageMaker takes 28 days at most, the module 30."
    ),
    "input_data_config": Variable(
        "channels",
        "Prefixes end with `/`; a key that ends like a file's name is one object. Other buckets than the stack's go "
        "into `data_buckets`.",
    ),
    "output_data_s3_path": Variable("output.s3_path", "Its bucket is the stack's `bucket`."),
    "s3_bucket_arn": Variable("bucket", "If it is not the bucket of `output_data_s3_path`: `data_buckets`."),
    "hyperparameters": Variable(
        "hyperparameters", "Judged by the training code before anything exists; what it does not know is left out."
    ),
    "environment_variables": Variable(
        "environment", "But for names that SageMaker, its toolkit or the job itself sets."
    ),
    "enable_scheduling": Variable(
        "schedule.enabled", "There is always a schedule; `false` makes one that does not fire."
    ),
    "schedule_expression": Variable("schedule.expression", "In UTC, as EventBridge rules are; here a zone can be set."),
    "schedule_enabled": Variable(
        "schedule.enabled", "While both exist, both fire: switch Terraform's rule off before this schedule is deployed."
    ),
    "mlflow_tracking_server_arn": Variable(
        "tracking.tracking_server",
        "By its name; an App's ARN becomes `tracking.app`. AWS is asked for its artifact store, unless it is given.",
    ),
    "mlflow_tracking_uri": Variable("tracking.tracking_uri", "Only without a server's ARN, from which it follows."),
    "vpc_config": Variable("network"),
    "enable_spot_training": Variable(
        "managed_spot_training",
        "`max_wait_time_in_seconds`, which the module does not have, becomes twice the runtime.",
    ),
    "checkpoint_config": Variable("checkpoint", "Each job gets a prefix of its own below `s3_path`."),
    "enable_mlflow_integration": Variable(
        "tracking", "`false` becomes `tracking: none`: no run, no registered model, the model in S3 alone."
    ),
    "enable_network_isolation": Variable(
        "network_isolation",
        "The job is then tracked [afterwards](training-job.md#network-isolation), by `training-jobs register`.",
    ),
    "debugger_hook_config": Variable("debugger", "Its prefix is in the stack's `bucket`."),
    "profiler_config": Variable("profiler", "Its prefix is in the stack's `bucket`."),
    "tags": Variable("tags", "At most seven; `project`, `stack` and `training-job` are set by the stack itself."),
    "additional_training_role_policies": Variable(
        "",
        "The role has exactly what the settings need. For more, make a role of your own and set `execution_role_arn`.",
    ),
    "enable_custom_launcher": _NO_LAMBDA,
    "lambda_zip_path": _NO_LAMBDA,
    "lambda_handler": _NO_LAMBDA,
    "lambda_runtime": _NO_LAMBDA,
    "lambda_timeout": _NO_LAMBDA,
    "lambda_environment_variables": Variable(
        "",
        "There is no Lambda function. What the training needs goes into `environment`, but no secrets.",
    ),
    "job_definition_name": Variable("", f"Is not needed: {_NAMED}."),
    "training_job_name_prefix": Variable("", f"Is not needed: {_NAMED}, and training jobs `<job>-<stack>-<id>`."),
    "schedule_rule_name": Variable("", f"There is a schedule instead of a rule, and {_NAMED}."),
    "training_role_name": Variable("", f"Is not needed: {_NAMED}-execution; a role that exists: `execution_role_arn`."),
    "scheduler_role_name": Variable("", f"Is not needed: {_NAMED}-scheduler; the old role trusts another service."),
    "existing_sagemaker_domain_name": Variable("", "Training jobs have nothing to do with a domain: drop it."),
}
"""Name of a variable -> what becomes of it; those without a setting are not carried over."""

MODULE_DEFAULTS: Final = {
    "environment": "staging",
    "instance_type": "ml.m5.large",
    "volume_size_gb": 30,
    "max_runtime_seconds": 86400,
    "schedule_expression": "cron(0 2 * * ? *)",
    "schedule_enabled": True,
}
"""What the module takes where a file says nothing, and a stack would take something else or nothing."""

UNKNOWN: Final = Variable("", "Is no variable that this command knows: see what your module does with it.")
