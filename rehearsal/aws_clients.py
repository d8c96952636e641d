"""boto3 clients that talk to the embedded AWS and to nothing else."""

from __future__ import annotations

import ipaddress
import os
import threading
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rehearsal.sealed_environment import ACCESS_KEY_ID, SECRET_ACCESS_KEY

if TYPE_CHECKING:
    import boto3
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sts import STSClient

_MAKING_CLIENTS = threading.Lock()


def require_loopback(endpoint_url: str) -> str:
    """Return `endpoint_url` if it is plain http on this machine.

    Raises:
        ValueError: it is not; the message says what it was and what is allowed.

    """
    parts = urlsplit(endpoint_url)
    if parts.scheme != "http" or not _is_loopback(parts.hostname) or parts.port is None:
        raise ValueError(
            f"endpoint {endpoint_url!r} is not on this machine: a rehearsal talks only to http://127.0.0.1:PORT, "
            "http://localhost:PORT or http://[::1]:PORT; pass the endpoint of the embedded AWS"
        )
    return endpoint_url


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return host is not None and ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True)
class AwsClients:
    """One boto3 client per service of the embedded AWS, each made when first used.

    Credentials, region, endpoint and proxies are given here, not looked up: neither the person's environment nor
    their configuration files change where a call goes.
    """

    endpoint_url: str
    region: str

    def __post_init__(self) -> None:
        require_loopback(self.endpoint_url)

    @cached_property
    def session(self) -> boto3.session.Session:
        """A session that looks at no profile and no configuration file, whatever the environment names."""
        import boto3
        import botocore.session

        core = botocore.session.Session(
            # (configuration key, environment variables, default, conversion): no variable is consulted for these.
            session_vars={
                "profile": (None, [], None, None),
                "config_file": (None, [], os.devnull, None),
                "credentials_file": (None, [], os.devnull, None),
                "ca_bundle": (None, [], None, None),
            }
        )
        return boto3.session.Session(
            aws_access_key_id=ACCESS_KEY_ID,
            aws_secret_access_key=SECRET_ACCESS_KEY,
            region_name=self.region,
            botocore_session=core,
        )

    # boto3's own `client` is overloaded per service with a literal name: it cannot be called through a variable.
    def client(self, service: str) -> Any:  # noqa: ANN401 - the typed properties below are for what is used often
        """Make a client of any service; the properties below keep theirs."""
        from botocore.config import Config

        # boto3 sessions are not safe to share while they make clients; the mock monitor registers from several threads.
        with _MAKING_CLIENTS:
            return self.session._session.create_client(
                service,
                region_name=self.region,
                endpoint_url=self.endpoint_url,
                aws_access_key_id=ACCESS_KEY_ID,
                aws_secret_access_key=SECRET_ACCESS_KEY,
                config=Config(
                    connect_timeout=2,
                    read_timeout=30,
                    retries={"mode": "standard", "total_max_attempts": 2},
                    proxies={},
                    s3={"addressing_style": "path"},
                ),
            )

    @cached_property
    def iam(self) -> IAMClient:
        """Roles and their policies."""
        client: IAMClient = self.client("iam")
        return client

    @cached_property
    def logs(self) -> CloudWatchLogsClient:
        """CloudWatch Logs."""
        client: CloudWatchLogsClient = self.client("logs")
        return client

    @cached_property
    def s3(self) -> S3Client:
        """Buckets and objects."""
        client: S3Client = self.client("s3")
        return client

    @cached_property
    def sagemaker(self) -> SageMakerClient:
        """Training jobs."""
        client: SageMakerClient = self.client("sagemaker")
        return client

    @cached_property
    def scheduler(self) -> EventBridgeSchedulerClient:
        """Schedules and schedule groups."""
        client: EventBridgeSchedulerClient = self.client("scheduler")
        return client

    @cached_property
    def sqs(self) -> SQSClient:
        """Queues."""
        client: SQSClient = self.client("sqs")
        return client

    @cached_property
    def sts(self) -> STSClient:
        """Who am I."""
        client: STSClient = self.client("sts")
        return client
