"""One wrong setting is one line that names it, the value got and the values allowed."""

import pytest

from tests.stack_values import ABSENT, JOB, JOB_SETTINGS, STACK_SETTINGS, STAGING, TEXT, changed, problems

KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        # unknown or misspelt settings
        ("bukket", "x", f"bukket: unknown setting; did you mean 'bucket'? allowed: {STACK_SETTINGS}"),
        ("colour", "x", f"colour: unknown setting; allowed: {STACK_SETTINGS}"),
        ("region", "eu-west-1", f"region: unknown setting; allowed: {STACK_SETTINGS}"),
        ("stack", "prod", f"stack: unknown setting; allowed: {STACK_SETTINGS}"),
        (
            f"{JOB}/managed_spot_trainig",
            True,
            "training_jobs.breast-cancer.managed_spot_trainig: unknown setting; did you mean 'managed_spot_training'? "
            f"allowed: {JOB_SETTINGS}",
        ),
        (
            f"{JOB}/channels/training/path",
            "a/",
            "training_jobs.breast-cancer.channels.training.path: unknown setting; did you mean 's3_path'? "
            "allowed: attribute_names, compression_type, content_type, file_system, input_mode, instance_group_names, "
            "record_wrapper_type, s3_data_distribution_type, s3_data_type, s3_object, s3_path, shuffle_seed, time_zone",
        ),
        # missing
        ("bucket", ABSENT, "bucket: is required and not set"),
        (f"{JOB}/schedule", ABSENT, "training_jobs.breast-cancer.schedule: is required and not set"),
        (
            f"{JOB}/schedule/expression",
            ABSENT,
            "training_jobs.breast-cancer.schedule.expression: is required and not set",
        ),
        # expressions and time zones
        (
            f"{JOB}/schedule/expression",
            "cron(0 3 * * *)",
            "training_jobs.breast-cancer.schedule.expression: got 'cron(0 3 * * *)'; cron has 5 fields, not the six: "
            "minutes hours day-of-month month day-of-week year; write cron(0 3 * * ? *)",
        ),
        (
            f"{JOB}/schedule/expression",
            "0 3 * * ? *",
            "training_jobs.breast-cancer.schedule.expression: got '0 3 * * ? *'; allowed: cron(minutes hours "
            "day-of-month month day-of-week year), rate(value unit) or at(yyyy-mm-ddThh:mm:ss), for example "
            "cron(0 3 * * ? *)",
        ),
        (
            f"{JOB}/schedule/expression",
            "rate(1 hours)",
            "training_jobs.breast-cancer.schedule.expression: got 'rate(1 hours)'; rate(1 hours) needs a singular unit "
            "for 1 and a plural one otherwise, as in rate(12 hours)",
        ),
        (
            f"{JOB}/schedule/expression",
            "rate(99999999999999 days)",
            "training_jobs.breast-cancer.schedule.expression: got 'rate(99999999999999 days)'; "
            "rate(99999999999999 days) is longer than 100 years; allowed: up to 36500 days",
        ),
        (
            f"{JOB}/schedule/time_zone",
            "Europe/Berln",
            "training_jobs.breast-cancer.schedule.time_zone: got 'Europe/Berln'; allowed: a name of the IANA time zone "
            "database, such as UTC or Europe/Berlin",
        ),
        (
            f"{JOB}/schedule/start_date",
            "tomorrow",
            "training_jobs.breast-cancer.schedule.start_date: got 'tomorrow'; allowed: a date and time with its time "
            "zone, such as 2026-01-31T03:00:00Z",
        ),
        # what only fits together or not
        (
            f"{JOB}/managed_spot_training",
            True,
            "training_jobs.breast-cancer: managed_spot_training needs checkpoint.s3_path, such as checkpoints/; "
            "managed_spot_training needs stopping_condition.max_wait_time_in_seconds (not set) of at least "
            "max_runtime_in_seconds (3600)",
        ),
        (
            f"{JOB}/training_image/uri",
            "123456789012.dkr.ecr.us-east-1.amazonaws.com/training:1",
            "training_jobs.breast-cancer.training_image: got scikit_learn_version and uri; allowed: one of framework "
            "(with version), scikit_learn_version (such as 1.9-0) and uri, and no two",
        ),
        # wrong types
        (
            f"{JOB}/schedule/enabled",
            "yes",
            "training_jobs.breast-cancer.schedule.enabled: got 'yes'; allowed: true or false; write true",
        ),
        (
            f"{JOB}/resources/instance_count",
            "1",
            "training_jobs.breast-cancer.resources.instance_count: got '1'; allowed: a whole number; write 1, without "
            "quotes",
        ),
        (
            f"{JOB}/resources/volume_size_in_gb",
            30.5,
            "training_jobs.breast-cancer.resources.volume_size_in_gb: got 30.5; allowed: a whole number",
        ),
        ("tags/owner", 5, f"tags.owner: got 5; allowed: {TEXT}"),
        ("tags", ["a"], "tags: got a list of 1; allowed: a mapping of names to values"),
        (
            "training_jobs",
            None,
            "training_jobs: got null; allowed: a mapping of names to values; write it below, further to the right",
        ),
        (
            f"{JOB}/source",
            "training_code",
            "training_jobs.breast-cancer.source: got 'training_code'; allowed: a mapping with the settings directory, "
            "entry_point, s3_path, packages, judges_settings; write it below, further to the right, as directory: "
            "training_code",
        ),
        (
            f"{JOB}/hyperparameters/max_depth",
            [{1: 5}],
            "training_jobs.breast-cancer.hyperparameters.max_depth: got a list of 1; allowed: text, a number, true, "
            "false, null, and lists and mappings of these",
        ),
        (
            f"{JOB}/network",
            {"subnets": "subnet-1", "security_group_ids": ["sg-1"]},
            "training_jobs.breast-cancer.network.subnets: got 'subnet-1'; allowed: a list; write it in a line "
            "of its own below, with '- ' before it",
        ),
        (
            f"{JOB}/network",
            {"subnets": ["sg-1"], "security_group_ids": ["sg-1"]},
            "training_jobs.breast-cancer.network.subnets.0: got 'sg-1'; allowed: text that matches ^subnet-[0-9a-f]+$, "
            "such as subnet-0a1b2c3d4e5f60718",
        ),
        # out of range
        (
            f"{JOB}/resources/instance_count",
            0,
            "training_jobs.breast-cancer.resources.instance_count: got 0; allowed: 1 to 100",
        ),
        (
            f"{JOB}/schedule/maximum_retry_attempts",
            186,
            "training_jobs.breast-cancer.schedule.maximum_retry_attempts: got 186; allowed: 0 to 185",
        ),
        (
            f"{JOB}/stopping_condition/max_runtime_in_seconds",
            2419201,
            "training_jobs.breast-cancer.stopping_condition.max_runtime_in_seconds: got 2419201; allowed: 1 to 2419200",
        ),
        (
            f"{JOB}/schedule/flexible_time_window_in_minutes",
            1441,
            "training_jobs.breast-cancer.schedule.flexible_time_window_in_minutes: got 1441; allowed: 1 to 1440",
        ),
        (
            f"{JOB}/resources/volume_size_in_gb",
            0,
            "training_jobs.breast-cancer.resources.volume_size_in_gb: got 0; allowed: 1 to 16384",
        ),
        (
            f"{JOB}/promotion/margin",
            -1,
            "training_jobs.breast-cancer.promotion.margin: got -1; allowed: 0 or more",
        ),
        (
            f"{JOB}/promotion/margin",
            float("nan"),
            "training_jobs.breast-cancer.promotion.margin: got nan; allowed: a number",
        ),
        (
            f"{JOB}/promotion/minimum_metrics",
            {"validation:accuracy": "0.9"},
            "training_jobs.breast-cancer.promotion.minimum_metrics.validation:accuracy: got '0.9'; allowed: a number; "
            "write 0.9, without quotes",
        ),
        (
            f"{JOB}/resources/instance_type",
            "m5.large",
            "training_jobs.breast-cancer.resources.instance_type: got 'm5.large'; allowed: text that matches "
            r"^ml\.[a-z0-9-]+\.[a-z0-9-]+$, such as ml.m5.large",
        ),
        (
            f"{JOB}/training_image/scikit_learn_version",
            1.9,
            "training_jobs.breast-cancer.training_image.scikit_learn_version: got 1.9; allowed: "
            "'1.2-1', '1.4-2' or '1.9-0'",
        ),
        ("training_jobs", {}, "training_jobs: got a mapping of 0; allowed: at least 1 entry"),
        ("tags", {f"t{n}": "" for n in range(8)}, "tags: got a mapping of 8; allowed: at most 7 entries"),
        (
            f"{JOB}/schedule/description",
            "x" * 513,
            f"training_jobs.breast-cancer.schedule.description: got '{'x' * 116}…; allowed: at most 512 characters",
        ),
        (
            f"{JOB}/tracking/app",
            "app-1",
            "training_jobs.breast-cancer.tracking.app: got 'app-1'; allowed: text that matches "
            r"^arn:(aws|aws-us-gov):sagemaker:[a-z0-9-]+:[0-9]{12}:mlflow-app/[a-zA-Z0-9](-*[a-zA-Z0-9])*$, such as "
            "arn:aws:sagemaker:us-east-1:123456789012:mlflow-app/app-ABCDEFGHIJKL",
        ),
        (
            f"{JOB}/tracking/experiment_name",
            "",
            "training_jobs.breast-cancer.tracking.experiment_name: got ''; allowed: at least 1 character",
        ),
        (
            f"{JOB}/accelerator",
            "cuda",
            "training_jobs.breast-cancer.accelerator: got 'cuda'; allowed: 'intelex'",
        ),
        (
            f"{JOB}/hyperparameters/accelerator",
            "intelex",
            "training_jobs.breast-cancer: hyperparameters.accelerator is set from accelerator; remove it, and set that "
            "instead",
        ),
        # what AWS would refuse later
        (
            f"{JOB}/training_image/scikit_learn_version",
            "1.4-2",
            "training_jobs.breast-cancer: training_image.scikit_learn_version: got '1.4-2'; allowed with "
            "source.directory training_code: 1.9-0, because what that code installs needs Python 3.11",
        ),
        (
            f"{JOB}/resources",
            {"instance_type": "ml.m5d.xlarge", "volume_kms_key_arn": KEY},
            "training_jobs.breast-cancer: resources.volume_kms_key_arn is not allowed with resources.instance_type "
            "ml.m5d.xlarge: its storage is its own and encrypts itself; remove it, or choose a type without local "
            "storage",
        ),
        (
            f"{JOB}/output/kms_key_arn",
            KEY.replace("us-east-1", "eu-west-1"),
            f"training_jobs.breast-cancer.output.kms_key_arn: got '{KEY.replace('us-east-1', 'eu-west-1')}'; allowed: "
            "a key of the stack's region, us-east-1",
        ),
        (
            f"{JOB}/data_kms_key_arns",
            [KEY, KEY.replace("us-east-1", "eu-west-1")],
            f"training_jobs.breast-cancer.data_kms_key_arns.1: got '{KEY.replace('us-east-1', 'eu-west-1')}'; allowed: "
            "a key of the stack's region, us-east-1",
        ),
        (
            "tags/aws:team",
            "a",
            "tags.aws:team: got 'aws:team'; allowed: names that do not begin with 'aws:', which is AWS's own",
        ),
        (
            "tags/Project",
            "a",
            "tags.Project: is 'project' in another case; allowed: names that differ otherwise as well",
        ),
        ("tags/Team", "a", "tags.Team: is 'team' in another case; allowed: names that differ otherwise as well"),
        # names
        (
            "training_jobs/Breast Cancer",
            STAGING["training_jobs"]["breast-cancer"],
            "training_jobs.Breast Cancer: got 'Breast Cancer'; allowed: lower-case letters and "
            "digits, and '-' between two of them, beginning with a letter, such as breast-cancer",
        ),
    ],
)
def test_one_wrong_setting_is_one_line_that_names_it(path: str, value: object, problem: str) -> None:
    assert problems(changed(path, value)) == [problem]
