import os
from pathlib import Path

import pytest

from rehearsal.aws_clients import AwsClients, require_loopback
from rehearsal.local_servers.servers import Servers


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:4000", "http://localhost:4000", "http://[::1]:4000/"])
def test_an_endpoint_on_this_machine_is_accepted(endpoint: str) -> None:
    assert require_loopback(endpoint) == endpoint


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://s3.us-east-1.amazonaws.com",
        "http://10.0.0.1:4000",
        "http://127.0.0.1.example.com:4000",
        "https://127.0.0.1:4000",
        "http://127.0.0.1",
        "http://0.0.0.0:4000",
        "",
    ],
)
def test_any_other_endpoint_is_refused(endpoint: str) -> None:
    with pytest.raises(ValueError) as refused:
        AwsClients(endpoint, "us-east-1")
    assert str(refused.value) == (
        f"endpoint {endpoint!r} is not on this machine: a rehearsal talks only to http://127.0.0.1:PORT, "
        "http://localhost:PORT or http://[::1]:PORT; pass the endpoint of the embedded AWS"
    )


def test_every_client_has_the_given_endpoint_and_region_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "missing")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://10.0.0.1:1")
    monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / "missing.pem"))
    (tmp_path / "config").write_text("[default]\nendpoint_url = http://10.0.0.1:1\nregion = eu-west-1\n")
    clients = AwsClients("http://127.0.0.1:4000", "us-east-1")
    for client in (clients.s3, clients.iam, clients.sqs, clients.sts, clients.logs, clients.scheduler):
        assert client.meta.endpoint_url == "http://127.0.0.1:4000"
        assert client.meta.region_name == "us-east-1"
        assert client.meta.config.proxies == {}


@pytest.mark.slow
def test_a_proxy_of_the_person_is_not_used(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    assert "NO_PROXY" not in os.environ
    clients = AwsClients(servers.endpoint_url, "us-east-1")
    assert clients.sts.get_caller_identity()["Account"] == "123456789012"
