import json
import subprocess
import sys
from pathlib import Path

import pytest

from rehearsal.local_servers.servers import Servers
from rehearsal.sealed_environment import sealed_environment

REGION, ENDPOINT = "eu-central-1", "http://127.0.0.1:4000"


@pytest.mark.parametrize(
    "name",
    [
        "AWS_PROFILE",
        "AWS_SESSION_TOKEN",
        "AWS_ENDPOINT_URL_S3",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "aws_profile",
        "HTTP_PROXY",
        "https_proxy",
        "All_Proxy",
        "MLFLOW_TRACKING_URI",
        "MLFLOW_TRACKING_TOKEN",
        "PULUMI_ACCESS_TOKEN",
        "PULUMI_CONFIG_PASSPHRASE",
        "BOTO_CONFIG",
        "REQUESTS_CA_BUNDLE",
        "MOTO_CALL_RESET_API",
        "DATABRICKS_TOKEN",
    ],
)
def test_a_variable_that_leads_out_of_this_machine_is_dropped(name: str) -> None:
    assert sealed_environment({name: "x"}, region=REGION, endpoint_url=ENDPOINT) == sealed_environment(
        {}, region=REGION, endpoint_url=ENDPOINT
    )


def test_other_variables_are_kept_and_the_given_mapping_is_not_changed() -> None:
    environ = {"PATH": "/bin", "HOME": "/home/me", "AWS_PROFILE": "prod"}
    sealed = sealed_environment(environ, region=REGION, endpoint_url=ENDPOINT)
    assert (sealed["PATH"], sealed["HOME"]) == ("/bin", "/home/me")
    assert environ == {"PATH": "/bin", "HOME": "/home/me", "AWS_PROFILE": "prod"}


def test_exactly_these_variables_are_set() -> None:
    loopback = "127.0.0.1,localhost,::1"
    assert sealed_environment({}, region=REGION, endpoint_url=ENDPOINT) == {
        "AWS_ACCESS_KEY_ID": "rehearsal",
        "AWS_SECRET_ACCESS_KEY": "rehearsal",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": ENDPOINT,
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": loopback,
        "no_proxy": loopback,
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "DO_NOT_TRACK": "true",
    }


def hostile_environment(folder: Path) -> dict[str, str]:
    """Everything that makes boto3 go elsewhere: a profile with an endpoint, proxies, endpoints by service."""
    (folder / "config").write_text(
        "[profile prod]\nregion = eu-west-1\nendpoint_url = http://127.0.0.1:1\nservices = s\n"
        "[services s]\ns3 =\n  endpoint_url = http://127.0.0.1:1\n"
    )
    (folder / "credentials").write_text("[prod]\naws_access_key_id = AKIAREAL\naws_secret_access_key = real\n")
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "AWS_PROFILE": "prod",
        "AWS_CONFIG_FILE": str(folder / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials"),
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1",
        "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:1",
        "AWS_SESSION_TOKEN": "real",
        "HTTP_PROXY": "http://127.0.0.1:1",
        "https_proxy": "http://127.0.0.1:1",
        "ALL_PROXY": "http://127.0.0.1:1",
    }


CALL_EVERY_SERVICE = """
import boto3, json
clients = [boto3.client(name) for name in ("s3", "sts", "iam", "sqs", "scheduler", "sagemaker", "logs")]
boto3.client("s3").list_buckets()
identity = boto3.client("sts").get_caller_identity()["Account"]
key = boto3.Session().get_credentials().access_key
print(json.dumps([sorted({client.meta.endpoint_url for client in clients}), identity, key]))
"""


@pytest.mark.slow
def test_boto3_talks_only_to_the_embedded_aws_in_a_hostile_environment(tmp_path: Path, servers: Servers) -> None:
    environment = sealed_environment(
        hostile_environment(tmp_path), region="us-east-1", endpoint_url=servers.endpoint_url
    )
    done = subprocess.run(
        [sys.executable, "-c", CALL_EVERY_SERVICE], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert json.loads(done.stdout) == [[servers.endpoint_url], "123456789012", "rehearsal"]


@pytest.mark.slow
def test_that_environment_is_hostile_without_the_seal(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CALL_EVERY_SERVICE],
        env=hostile_environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "127.0.0.1:1" in done.stderr
