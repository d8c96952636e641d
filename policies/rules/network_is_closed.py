"""SG23: a job runs in a VPC, or isolated; what its instances tell each other is encrypted."""

from collections.abc import Iterator
from typing import Any

from examples import job
from findings import MISSING, Finding
from rule import Config, Judgement, Level, Reference, ResourceRule, Severity
from target_input import INPUT, SCHEDULE, TrainingJob, training_job


def _check(job: TrainingJob, _config: Config) -> Judgement:
    return [*_way_out(job), *_traffic(job)]


def _way_out(job: TrainingJob) -> Iterator[Finding]:
    in_vpc = job.member("VpcConfig", "Subnets") and job.member("VpcConfig", "SecurityGroupIds")
    isolated = job.member("EnableNetworkIsolation") is True
    if not in_vpc and not isolated:
        fault = "the training code reaches the whole internet"
        yield Finding(
            f"{INPUT}.VpcConfig", fault, "set Subnets and SecurityGroupIds, or EnableNetworkIsolation", _shown(job)
        )
    if isolated and job.member("Environment", "MLFLOW_TRACKING_URI"):
        fault = "an isolated container cannot reach a tracking server"
        cure = "take it out and record the run after the job, or use VpcConfig without isolation"
        yield Finding(f"{INPUT}.Environment.MLFLOW_TRACKING_URI", fault, cure)


def _shown(job: TrainingJob) -> object:
    value: Any = job.member("VpcConfig")
    return MISSING if value is None else value


def _traffic(job: TrainingJob) -> Iterator[Finding]:
    count, encrypted = job.instance_count, job.member("EnableInterContainerTrafficEncryption")
    if count > 1 and encrypted is not True:
        path = f"{INPUT}.EnableInterContainerTrafficEncryption"
        fault = f"{count} instances exchange data unencrypted"
        yield Finding(path, fault, "set it to true", MISSING if encrypted is None else encrypted)


_VPC = {"Subnets": ["subnet-0a1b2c3d4e5f60718"], "SecurityGroupIds": ["sg-0a1b2c3d4e5f60718"]}
RULE = ResourceRule(
    id="SG23",
    name="closed-network",
    title="VPC or network isolation",
    description="A job must run in a VPC or isolated, and several instances must encrypt what they exchange.",
    cure="Set VpcConfig, or EnableNetworkIsolation with tracking after the job; encrypt inter-container traffic.",
    url="https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html",
    severity=Severity.MEDIUM,
    reference=Reference("AWS Well-Architected Framework", "SEC05-BP02"),
    levels=(Level.ADVISORY, Level.MANDATORY),
    types=frozenset({SCHEDULE}),
    subject=training_job,
    check=_check,
    good=job(VpcConfig=_VPC, ResourceConfig={"InstanceCount": 2}, EnableInterContainerTrafficEncryption=True),
    bad=job(VpcConfig=_VPC, ResourceConfig={"InstanceCount": 2}),
)
