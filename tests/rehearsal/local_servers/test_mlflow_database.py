from pathlib import Path

import pytest

from rehearsal.local_servers.mlflow_database import database_arguments


def test_where_the_cache_cannot_be_written_to_an_empty_database_is_kept_beside_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cache").write_text("a file, where a directory should be")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    *_, option, saved = database_arguments(tmp_path, "s3://ml-bucket/mlflow")

    assert (option, Path(saved).parent) == ("--save-empty-database", tmp_path)
