"""The MLflow server's database: a new one for each start, copied from an empty one that an earlier start has saved."""

import hashlib
import importlib.metadata
import os
import shutil
from contextlib import suppress
from pathlib import Path

from components.package_building import cache_directory


def database_arguments(state_dir: Path, artifact_root: str) -> list[str]:
    """Lay out a new database; the server's arguments for it, which have an empty one saved where none is.

    One that was saved before saves the second and a half of MLflow's own migrations.
    """
    database = state_dir / "mlflow.db"
    for suffix in ("", "-wal", "-shm", "-journal"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    # The database already holds the default experiment, whose artifact location comes from the artifact root.
    digest = hashlib.sha256(artifact_root.encode()).hexdigest()[:12]
    empty = _saved_databases(state_dir) / f"empty-mlflow-{importlib.metadata.version('mlflow')}-{digest}.db"
    arguments = ["--database", str(database)]
    if empty.exists():
        shutil.copyfile(empty, database)
        return arguments
    return [*arguments, "--save-empty-database", str(empty)]


def _saved_databases(state_dir: Path) -> Path:
    """Where empty databases are saved: in the person's cache, for every copy of a project, else beside the others."""
    directory = cache_directory(os.environ).parent / "mlflow"
    with suppress(OSError):  # a cache that cannot be written to is nothing to end a rehearsal for
        directory.mkdir(parents=True, exist_ok=True)
    return directory if os.access(directory, os.W_OK) else state_dir
