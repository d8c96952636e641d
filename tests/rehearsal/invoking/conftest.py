import pytest

from rehearsal.aws_clients import AwsClients
from tests.rehearsal.embedded_server import empty_embedded_aws
from tests.rehearsal.invoking.schedules import deploy_schedule


@pytest.fixture
def scheduled(server: AwsClients) -> AwsClients:
    """An embedded AWS that has a good schedule, its roles and its queue."""
    empty_embedded_aws()
    deploy_schedule(server)
    return server
