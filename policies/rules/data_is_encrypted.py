"""SG22: the training volume and the model are encrypted with a key of the customer."""

import re
from collections.abc import Iterator

from examples import KEY, job
from findings import MISSING, Finding, property_path
from rule import Config, Judgement, Level, Reference, ResourceRule, Severity
from target_input import INPUT, SCHEDULE, TrainingJob, training_job

_AWS_OWN_KEY = re.compile(r"alias/aws/|.*:alias/aws/")


def _check(job: TrainingJob, config: Config) -> Judgement:
    return list(_faults(job, config))


def _faults(job: TrainingJob, config: Config) -> Iterator[Finding]:
    places = [(("OutputDataConfig", "KmsKeyId"), "the model is")]
    if not _has_local_storage(job, config):
        places.append((("ResourceConfig", "VolumeKmsKeyId"), "the training volume is"))
    for path, what in places:
        key = job.member(*path)
        fault = f"{what} not encrypted with a customer key"
        if not isinstance(key, str) or not key.strip():
            yield Finding(property_path(INPUT, *path), fault, "set it to the ARN of a KMS key", MISSING)
        elif _AWS_OWN_KEY.match(key):
            yield Finding(property_path(INPUT, *path), fault, "use a key that you manage instead of AWS's", key)


def _has_local_storage(job: TrainingJob, config: Config) -> bool:
    # SageMaker rejects a volume key for them; their own hardware encrypts.
    families = (name.removeprefix("ml.").partition(".")[0] for name in job.instance_types)
    return any(family in config["familiesWithLocalStorage"] for family in families)


RULE = ResourceRule(
    id="SG22",
    name="customer-keys",
    title="Volume and output are encrypted with a customer key",
    description="Training volume and model output must be encrypted with a KMS key that the customer manages.",
    cure="Set ResourceConfig.VolumeKmsKeyId and OutputDataConfig.KmsKeyId to a key's ARN.",
    url="https://docs.aws.amazon.com/sagemaker/latest/dg/encryption-at-rest.html",
    severity=Severity.MEDIUM,
    reference=Reference("AWS Well-Architected Framework", "SEC08-BP02"),
    levels=(Level.ADVISORY, Level.MANDATORY),
    types=frozenset({SCHEDULE}),
    subject=training_job,
    check=_check,
    config={
        "familiesWithLocalStorage": {
            "type": "array",
            "items": {"type": "string", "minLength": 1},
            "default": [
                "c5d",
                "c6gd",
                "c6id",
                "g4dn",
                "g5",
                "g6",
                "g6e",
                "g7e",
                "m5d",
                "m6gd",
                "m6id",
                "p3dn",
                "p4d",
                "p4de",
                "p5",
                "p5e",
                "p5en",
                "p6-b200",
                "p6-b300",
                "p6e-gb200",
                "r5d",
                "r6gd",
                "r6id",
                "trn1",
                "trn1n",
                "trn2",
            ],
            "description": "instance families with storage of their own, for which SageMaker takes no volume key",
        }
    },
    good=job(OutputDataConfig={"KmsKeyId": KEY}, ResourceConfig={"InstanceType": "ml.m5.large", "VolumeKmsKeyId": KEY}),
    bad=job(OutputDataConfig={"KmsKeyId": KEY}, ResourceConfig={"InstanceType": "ml.m5.large"}),
)
