"""Files of stacks with the mistakes that people make, and what has to be said of each of them."""

from dataclasses import dataclass
from typing import Final

GOOD: Final = """config:
  aws:region: us-east-1
  scheduled-training:bucket: ml-data-bucket
  scheduled-training:training_jobs:
    churn:
      schedule:
        expression: cron(0 3 * * ? *)
      training_image:
        scikit_learn_version: 1.9-0
      resources:
        instance_type: ml.m5.large
      channels:
        training:
          s3_path: datasets/churn/
      output:
        s3_path: models/
      hyperparameters:
        max_depth: 5
      tracking:
        tracking_uri: https://mlflow.example.com
"""


@dataclass(frozen=True)
class MistakenStack:
    """A file, and for each mistake in it the setting and a part of what is said of it; nothing else is to be said."""

    text: str
    said: tuple[tuple[str, str], ...]


def _changed(*said: tuple[str, str], **changes: str) -> MistakenStack:
    """The good file, in which each line of a setting is another; "" takes it out."""
    lines = []
    for line in GOOD.splitlines():
        place = next((change for word, change in changes.items() if line.strip().startswith(f"{word}:")), line)
        lines.append(place)
    return MistakenStack("\n".join(lines) + "\n", said)


_JOB: Final = "training_jobs.churn"
_MODELS: Final = (f"{_JOB}.output.s3_path", "allowed: a prefix that ends with '/'")
_DEPTH: Final = (f"{_JOB}.hyperparameters.max_depth", "got 'five', allowed: a whole number from 1 to 10000")
_BOTH_WRONG: Final = GOOD.replace("models/", "models").replace("max_depth: 5", "max_depth: five")

STACKS: Final[dict[str, MistakenStack]] = {
    "a setting beside its part": _changed(
        (f"{_JOB}.resources", "write it below, further to the right"),
        (f"{_JOB}.instance_type", "did you mean resources.instance_type? write it below that"),
        _DEPTH,
        instance_type="      instance_type: ml.m5.large",
        max_depth="        max_depth: five",
    ),
    "a job beside the jobs": MistakenStack(
        GOOD.replace("    churn:", "  churn:").replace("      ", "    "),
        (
            ("training_jobs", "got nothing; allowed: a mapping of names to values; write it below"),
            ("churn", "did you mean training_jobs.churn? write it below training_jobs, further to the right"),
        ),
    ),
    "lists for mappings": _changed(
        (f"{_JOB}.channels", "write it without '-' before the names"),
        (f"{_JOB}.hyperparameters", "write it without '-' before the names"),
        training="        - training:",
        s3_path="            s3_path: models/",
        max_depth="        - max_depth: 5",
    ),
    "quoted numbers and words": _changed(
        (f"{_JOB}.resources.instance_count", "got '1'; allowed: a whole number; write 1, without quotes"),
        (f"{_JOB}.remote_debug", "got 'true'; allowed: true or false; write true, without quotes"),
        _DEPTH,
        instance_type='        instance_type: ml.m5.large\n        instance_count: "1"\n      remote_debug: "true"',
        max_depth="        max_depth: five",
    ),
    "units": _changed(
        (f"{_JOB}.resources.volume_size_in_gb", "write 30, which is 30GB"),
        (f"{_JOB}.resources.keep_alive_in_seconds", "write 600, which is 10m"),
        (f"{_JOB}.hyperparameters.validation_fraction", "got '20%', allowed: a number between 0 and 1"),
        instance_type="        instance_type: ml.m5.large\n        volume_size_in_gb: 30GB\n"
        "        keep_alive_in_seconds: 10m",
        max_depth="        validation_fraction: 20%",
    ),
    "words for true and false": _changed(
        (f"{_JOB}.schedule.enabled", "got 'yes'; allowed: true or false; write true"),
        (f"{_JOB}.hyperparameters.bootstrap", "got 'sometimes', allowed: true or false"),
        expression="        expression: cron(0 3 * * ? *)\n        enabled: yes",
        max_depth="        bootstrap: sometimes",
    ),
    "a job name with an underscore": MistakenStack(
        _BOTH_WRONG.replace("churn:", "churn_daily:"),
        (
            ("training_jobs.churn_daily", "beginning with a letter, such as churn-daily"),
            *((place.replace("churn", "churn_daily"), text) for place, text in (_MODELS, _DEPTH)),
        ),
    ),
    "misspelt at each level": MistakenStack(
        GOOD.replace("instance_type", "instance_typ")
        .replace("expression", "expresion")
        .replace("tracking_uri", "traking_uri")
        .replace("training:bucket", "training:buket")
        .replace("max_depth: 5", "max_depth: five"),
        (
            ("bucket", "is required and not set"),
            ("buket", "did you mean 'bucket'?"),
            (f"{_JOB}.schedule.expression", "is required and not set"),
            (f"{_JOB}.schedule.expresion", "did you mean 'expression'?"),
            (f"{_JOB}.resources.instance_typ", "did you mean 'instance_type'?"),
            (f"{_JOB}.tracking.traking_uri", "did you mean 'tracking_uri'?"),
            _DEPTH,
        ),
    ),
    "Windows' line ends": MistakenStack(_BOTH_WRONG.replace("\n", "\r\n"), (_MODELS, _DEPTH)),
    "a byte order mark": MistakenStack(f"\ufeff{_BOTH_WRONG}", (_MODELS, _DEPTH)),
    "an expression of Unix": _changed(
        (f"{_JOB}.schedule.expression", "write cron(0 3 ? * MON-FRI *), which is that expression of Unix"),
        (f"{_JOB}.schedule.time_zone", "IANA time zone database"),
        expression="        expression: 0 3 * * 1-5\n        time_zone: CEST",
    ),
    "values for their mappings": _changed(
        (f"{_JOB}.schedule", "as expression: cron(0 3 * * ? *)"),
        (f"{_JOB}.tracking", "tracking_uri: https://mlflow.example.com"),
        _DEPTH,
        schedule="      schedule: cron(0 3 * * ? *)",
        expression="",
        tracking="      tracking: https://mlflow.example.com",
        tracking_uri="",
        max_depth="        max_depth: five",
    ),
    "a job among the defaults": MistakenStack(
        _BOTH_WRONG.replace(
            "  scheduled-training:training_jobs:",
            "  scheduled-training:defaults:\n    fraud:\n      schedule: {}\n  scheduled-training:training_jobs:",
        ),
        (
            ("defaults.fraud", "did you mean training_jobs.fraud? write it below training_jobs"),
            _MODELS,
            _DEPTH,
        ),
    ),
    "anchors and merge keys": MistakenStack(
        GOOD.replace("    churn:", "    churn: &churn").replace("max_depth: 5", "max_depth: five")
        + "    weekly:\n      <<: *churn\n      schedule:\n        expression: weekly\n",
        (
            ("training_jobs.weekly.schedule.expression", "got 'weekly'; allowed: cron("),
            _DEPTH,
            ("training_jobs.weekly.hyperparameters.max_depth", "got 'five'"),
        ),
    ),
    "an empty file": MistakenStack(
        "",
        (
            ("aws:region", "is required and not set"),
            ("bucket", "is required and not set"),
            ("training_jobs", "is required and not set"),
        ),
    ),
    "a file of another project": MistakenStack(
        "config:\n  aws:region: eu-central-1\n  website:domain: example.com\n",
        (("bucket", "is required and not set"), ("training_jobs", "is required and not set")),
    ),
    "secrets in plain sight": _changed(
        (f"{_JOB}.environment.DB_PASSWORD", "got (hidden)"),
        (f"{_JOB}.tracking.tracking_uri", "keep them in Secrets Manager"),
        (_JOB, "environment.AWS_SECRET_ACCESS_KEY would take the place of the execution role's credentials"),
        tracking_uri="        tracking_uri: https://me:hunter2@mlflow.example.com",
        hyperparameters="      environment:\n        DB_PASSWORD: 12345\n        AWS_SECRET_ACCESS_KEY: hunter2\n"
        "      hyperparameters:",
    ),
}
