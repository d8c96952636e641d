"""What the tests of the rehearsal share: a fixture project, and one embedded AWS in a process of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.aws_clients import AwsClients
from rehearsal.local_servers.servers import Servers, start_servers


@pytest.fixture
def project_dir() -> Path:
    return Path(__file__).parent / "fixtures" / "project"


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with start_servers(tmp_path_factory.mktemp("servers"), region="us-east-1", artifact_root=None) as started:
        yield started.wait_until_ready()


@pytest.fixture(scope="session")
def aws(servers: Servers) -> AwsClients:
    return AwsClients(servers.endpoint_url, "us-east-1")


@pytest.fixture(scope="module")
def server() -> Iterator[AwsClients]:
    """An embedded AWS in this process, which a test empties before it begins."""
    from tests.rehearsal.embedded_server import serve_embedded_aws

    with serve_embedded_aws() as clients:
        yield clients
