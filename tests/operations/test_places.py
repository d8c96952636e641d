"""Where a kept rehearsal is asked, and what of it has to be up."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from operations.places import PlaceError, place_in_rehearsal
from rehearsal.local_servers import kept_servers
from rehearsal.local_servers.kept_servers import KeptServer, process_identity
from rehearsal.rehearse import STATE_DIRECTORY

GONE = "a process that has ended"


def test_an_mlflow_that_has_ended_is_one_that_is_down_and_the_rest_is_asked(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: x\nruntime: python\n")
    (tmp_path / "Pulumi.staging.yaml").write_text("config:\n  aws:region: eu-west-1\n")
    state_dir = tmp_path / STATE_DIRECTORY / "staging"
    state_dir.mkdir(parents=True)
    aws = KeptServer("the embedded AWS", os.getpid(), 1, process_identity(os.getpid()) or "")
    mlflow = KeptServer("the MLflow server", os.getpid(), 2, GONE)
    kept_servers.write(state_dir, [aws, mlflow])

    place = place_in_rehearsal(tmp_path, "staging")

    assert (place.is_rehearsal, place.environment["MLFLOW_TRACKING_URI"]) == (True, "http://127.0.0.1:2")
    kept_servers.write(state_dir, [replace(aws, identity=GONE), mlflow])
    with pytest.raises(PlaceError, match="no rehearsal of stack staging is running"):
        place_in_rehearsal(tmp_path, "staging")
