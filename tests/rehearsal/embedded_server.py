"""The embedded AWS in this process, for tests that need no server of their own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from werkzeug.serving import make_server

from rehearsal.aws_clients import AwsClients
from rehearsal.local_servers import embedded_aws


@contextmanager
def serve_embedded_aws(region: str = "us-east-1") -> Iterator[AwsClients]:
    """Serve the embedded AWS on a free port and give clients for it; nothing of earlier tests' is there."""
    empty_embedded_aws()
    server = make_server("127.0.0.1", 0, embedded_aws.application(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        # moto puts its own address into queue URLs.
        with patch.dict("os.environ", {"MOTO_PORT": str(server.server_port)}):
            yield AwsClients(f"http://127.0.0.1:{server.server_port}", region)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def empty_embedded_aws() -> None:
    """Forget everything that earlier tests created."""
    from moto.backends import get_backend

    for service in ("iam", "logs", "s3", "sagemaker", "scheduler", "secretsmanager", "sqs"):
        get_backend(service).reset()
