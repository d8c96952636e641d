"""Kinds of findings about what an invocation uses: data, image, roles, network, quota. The others are in `kinds`."""

from __future__ import annotations

from typing import Final

from operations.doctor.finding import ADVISES, BLOCKS, Kind

BUCKET_MISSING: Final = Kind(
    "bucket-missing",
    BLOCKS,
    "the bucket does not exist",
    "create it, or correct the stack's bucket",
)
BUCKET_REGION: Final = Kind(
    "bucket-region",
    BLOCKS,
    "the bucket is in another region, and SageMaker reads and writes in its own only",
    "use a bucket in the stack's region",
)
DATA_MISSING: Final = Kind(
    "data-missing",
    BLOCKS,
    "there is no object where the channel's data should be: SageMaker refuses such a job",
    "upload the data, or correct the channel's s3_path",
)
DATA_EMPTY: Final = Kind(
    "data-empty",
    BLOCKS,
    "where the channel's data should be there are folder markers or empty objects only",
    "upload the data, or correct the channel's s3_path",
)
DATED_DATA_MISSING: Final = Kind(
    "dated-data-missing",
    ADVISES,
    "there is no data of the last date that the schedule was due",
    "see whether what delivers the data ran, or correct the dates in the channel's s3_path",
)
DATA_UNREADABLE: Final = Kind(
    "data-unreadable",
    BLOCKS,
    "the training code cannot read the head of the channel's data",
    "do what the training code says, in the data or in the hyperparameters",
)
BUNDLE_MISSING: Final = Kind(
    "source-bundle-missing",
    BLOCKS,
    "the source bundle that the job starts from is not in S3",
    "run pulumi up; after a delete by hand run pulumi refresh before",
)

IMAGE_MISSING: Final = Kind(
    "image-missing",
    BLOCKS,
    "the training image does not exist",
    "push the image, or correct training_image",
)
IMAGE_REGION: Final = Kind(
    "image-region",
    BLOCKS,
    "the training image is in another region, and SageMaker pulls from its own only",
    "copy the image into a repository of the stack's region, or name the image of that region",
)

ROLE_MISSING: Final = Kind(
    "role-missing",
    BLOCKS,
    "the role does not exist",
    "run pulumi up; after a delete by hand run pulumi refresh before",
)
ROLE_TRUST: Final = Kind(
    "role-trust",
    BLOCKS,
    "the role's trust does not let the service assume it",
    "run pulumi refresh and pulumi up; of a role of your own correct the trust document",
)
PASS_ROLE: Final = Kind(
    "pass-role",
    BLOCKS,
    "the scheduler role may not pass the job's execution role to SageMaker",
    "run pulumi refresh and pulumi up, so that policy and execution_role_arn are of the same deployment",
)
ROLE_PERMISSIONS: Final = Kind(
    "role-permissions",
    BLOCKS,
    "the role lacks permissions that an invocation needs",
    "run pulumi refresh and pulumi up; of a role of your own, a boundary or an SCP: allow what is named",
)

NETWORK_MISSING: Final = Kind(
    "network-missing",
    BLOCKS,
    "a subnet or security group of the job does not exist, or they are of several VPCs",
    "correct network.subnets and network.security_group_ids",
)
DHCP_DOMAIN: Final = Kind(
    "dhcp-domain",
    BLOCKS,
    "the VPC's DHCP options have no domain name, and SageMaker refuses its subnets",
    "associate DHCP options with a domain-name with the VPC, as the default ones of AWS have it",
)
NETWORK_S3: Final = Kind(
    "network-s3",
    BLOCKS,
    "a subnet has neither a route out nor an endpoint to S3: the job gets no data and leaves no model",
    "add a gateway endpoint of S3 to the subnet's route table, or a route to a NAT gateway",
)
NETWORK_SECRETS: Final = Kind(
    "network-secrets",
    BLOCKS,
    "a subnet has neither a route out nor an endpoint to Secrets Manager, and the job reads a secret",
    "add an interface endpoint of Secrets Manager to the VPC, or a route to a NAT gateway",
)
NETWORK_MLFLOW: Final = Kind(
    "network-mlflow",
    ADVISES,
    "a subnet has neither a route out nor an endpoint that looks like one of MLflow's",
    "add an interface endpoint of MLflow to the VPC, or a route to a NAT gateway",
)
NETWORK_OTHERS: Final = Kind(
    "network-others",
    ADVISES,
    "a subnet has neither a route out nor endpoints to STS or CloudWatch Logs, which code in the job may call",
    "add their interface endpoints to the VPC where your code needs them, or a route to a NAT gateway",
)
NETWORK_EGRESS: Final = Kind(
    "network-egress",
    BLOCKS,
    "no security group of the job lets HTTPS out",
    "allow TCP 443 outwards in one of network.security_group_ids",
)

QUOTA: Final = Kind(
    "quota",
    BLOCKS,
    "the account's quota of the instance type is less than the job's machines",
    "ask for more in the console of Service Quotas (Amazon SageMaker), or choose another resources.instance_type",
)
