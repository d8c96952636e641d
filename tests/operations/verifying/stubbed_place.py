"""A place on AWS whose answers a test gives: each client checks questions and answers against botocore's models."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import boto3
from botocore.config import Config
from botocore.stub import Stubber

from operations.places import Place


@contextmanager
def stubbed_place(*services: str, is_rehearsal: bool = False) -> Iterator[tuple[Place, dict[str, Stubber]]]:
    """The place, and the stub of each of its services; every answer has to be asked for."""
    session: Any = boto3.session.Session("id", "key", region_name="us-east-1")
    clients = {each: session.client(each, config=Config(retries={"total_max_attempts": 1})) for each in services}
    with ExitStack() as stack:
        stubs = {each: stack.enter_context(Stubber(client)) for each, client in clients.items()}
        yield Place(clients.__getitem__, "us-east-1", {}, is_rehearsal=is_rehearsal), stubs
        for stub in stubs.values():
            stub.assert_no_pending_responses()
