"""One wrong setting of buckets and data in S3 is one line that names it, the value got and the values allowed."""

import pytest

from tests.stack_values import JOB, changed, problems

KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (
            f"{JOB}/output/s3_path",
            "s3://other-bucket/outputs/",
            "training_jobs.breast-cancer.output.s3_path: got 's3://other-bucket/outputs/'; the bucket 'other-bucket' "
            "is not the configured one; allowed: a prefix such as datasets/training/ or a URI under "
            "s3://ml-platform-staging-ml-bucket/",
        ),
        (
            f"{JOB}/output/s3_path",
            "outputs",
            "training_jobs.breast-cancer.output.s3_path: got 'outputs'; allowed: a prefix that ends with '/' and has "
            "no empty part, such as datasets/training/ (without the last '/', datasets/training-old/ would match "
            "as well)",
        ),
        (
            "bucket",
            "My_Bucket",
            "bucket: got 'My_Bucket'; allowed: 3-63 lower-case letters, digits, '.' and '-', with a letter or digit at "
            "both ends, such as ml-platform-staging-ml-bucket",
        ),
        (
            "bucket",
            "datasets--use1-az4--x-s3",
            "bucket: got 'datasets--use1-az4--x-s3'; allowed: no name that ends with '--x-s3', which is a directory "
            "bucket's: SageMaker reads from others only",
        ),
        (
            f"{JOB}/channels/training/s3_path",
            "datasets/dt=*/",
            "training_jobs.breast-cancer.channels.training.s3_path: got 'datasets/dt=*/'; it has '*', and SageMaker "
            "knows no wildcards; allowed: a prefix, which names all that begins with it",
        ),
        (
            f"{JOB}/channels/training/s3_path",
            "s3://company-lake/churn/",
            "training_jobs.breast-cancer.channels.training.s3_path: got 's3://company-lake/churn/'; the bucket "
            "'company-lake' is not the configured one; allowed: a path such as datasets/training/, a URI under "
            "s3://ml-platform-staging-ml-bucket/, or one in a bucket of data_buckets (none); name it there",
        ),
        (
            f"{JOB}/channels/training",
            {},
            "training_jobs.breast-cancer.channels.training: allowed: either s3_path (a prefix such as "
            "datasets/training/) or s3_object (one object such as datasets/training.csv), and not both, unless "
            "s3_data_type is ManifestFile or AugmentedManifestFile",
        ),
        (
            f"{JOB}/channels/training/s3_data_type",
            "Converse",
            "training_jobs.breast-cancer.channels.training.s3_data_type: got 'Converse'; allowed: 'S3Prefix', "
            "'ManifestFile' or 'AugmentedManifestFile'",
        ),
        (
            f"{JOB}/channels/training/shuffle_seed",
            2**63,
            "training_jobs.breast-cancer.channels.training.shuffle_seed: got 9223372036854775808; allowed: "
            "-9223372036854775808 to 9223372036854775807",
        ),
        (
            "data_buckets",
            {"Company": {}},
            "data_buckets.Company: got 'Company'; allowed: 3-63 lower-case letters, digits, '.' and '-', with a letter "
            "or digit at both ends, such as ml-platform-staging-ml-bucket",
        ),
        (
            "data_buckets",
            {"company-lake": None},
            "data_buckets.company-lake: got null; allowed: a mapping with the settings kms_key_arn; write {} for none "
            "of them",
        ),
        (
            "data_buckets",
            {"company-lake": {"kms_key_arn": "alias/lake"}},
            "data_buckets.company-lake.kms_key_arn: got 'alias/lake'; allowed: text that matches "
            r"^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$, such as "
            "arn:aws:kms:us-east-1:123456789012:key/1f2e3d4c-5b6a-4798-8c9d-0e1f2a3b4c5d",
        ),
        (
            "data_buckets",
            {"company-lake": {"kms_key_arn": KEY.replace("us-east-1", "eu-west-1")}},
            f"data_buckets.company-lake.kms_key_arn: got '{KEY.replace('us-east-1', 'eu-west-1')}'; allowed: a key of "
            "the stack's region, us-east-1, where the bucket is as well",
        ),
        (
            "data_buckets",
            {"ml-platform-staging-ml-bucket": {}},
            "data_buckets.ml-platform-staging-ml-bucket: got the stack's own bucket; allowed: others; remove it, and "
            "name its key in data_kms_key_arns",
        ),
        (
            f"{JOB}/environment",
            {"SM_HOSTS": "[]"},
            "training_jobs.breast-cancer: environment.SM_HOSTS begins with SM_, as all that the training toolkit tells "
            "a script: it would be overwritten, or believed; choose another name",
        ),
    ],
)
def test_one_wrong_setting_is_one_line_that_names_it(path: str, value: object, problem: str) -> None:
    assert problems(changed(path, value)) == [problem]
