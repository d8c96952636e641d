"""The other hosts of a training job of several: one that cannot begin leaves none running."""

import sys
import threading
from pathlib import Path

import pytest

from rehearsal.aws_clients import AwsClients
from rehearsal.container.files import ContainerFiles
from rehearsal.container.hosts import OtherHosts, host_names
from rehearsal.container.process import Limits
from tests.rehearsal.container.containers import good_request, platform

pytestmark = pytest.mark.slow


def test_where_a_host_cannot_begin_no_earlier_one_has(clients: AwsClients, tmp_path: Path) -> None:
    request = good_request()
    request["ResourceConfig"]["InstanceCount"] = 3
    (tmp_path / "algo-3").write_text("in the way of its tree")
    others = OtherHosts(
        request,
        ContainerFiles(tmp_path / "opt" / "ml"),
        host_names(request),
        platform(clients),
        [sys.executable, "-c", "import time; time.sleep(5)"],
        lambda _: {},
        Limits(60),
    )

    with pytest.raises(NotADirectoryError), others:
        pass

    assert [each.name for each in threading.enumerate() if each.name.startswith("host algo-")] == []
