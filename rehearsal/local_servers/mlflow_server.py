"""The MLflow server: what `mlflow server --workers 1` serves, in one process instead of three.

`mlflow server` loads MLflow, checks the database, and then starts a second interpreter that loads MLflow again (and a
third for background jobs, which nothing here uses). This runs the same application of the same package directly, with
the flags `--backend-store-uri sqlite:///… --default-artifact-root s3://… --no-serve-artifacts`: clients write their
artifacts to S3 themselves, as with managed MLflow, and the server only reads them for its pages.
"""

from __future__ import annotations

import argparse
import gc
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from rehearsal.local_servers.server_process import listening_socket, stop_when_stdin_closes


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(
        prog="python -m rehearsal.local_servers.mlflow_server", description="The MLflow server."
    )
    parser.add_argument("--fd", type=int, required=True, help="file descriptor of a socket that listens already")
    parser.add_argument("--database", type=Path, required=True, help="SQLite file of the backend store")
    parser.add_argument(
        "--artifact-root", required=True, help="where new experiments keep artifacts: s3://BUCKET/PREFIX"
    )
    parser.add_argument("--save-empty-database", type=Path, help="where to copy the database to before it is used")
    parser.add_argument("--stop-when-stdin-closes", action="store_true", help="end with whoever started this")
    options = parser.parse_args(arguments)

    listener = listening_socket(options.fd, is_fd=True)
    if options.stop_when_stdin_closes:
        stop_when_stdin_closes()
    store = f"sqlite:///{options.database.resolve()}"
    os.environ |= {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "_MLFLOW_SGI_NAME": "uvicorn"}

    # Nothing of what is loaded is garbage, and Python would look at all of it again and again.
    gc.disable()
    # uvicorn first: MLflow's security middleware is on when it finds a server among the loaded modules.
    import uvicorn
    from mlflow.server.constants import ARTIFACT_ROOT_ENV_VAR, BACKEND_STORE_URI_ENV_VAR, REGISTRY_STORE_URI_ENV_VAR
    from mlflow.server.handlers import initialize_backend_stores

    os.environ |= {
        BACKEND_STORE_URI_ENV_VAR: store,
        REGISTRY_STORE_URI_ENV_VAR: store,
        ARTIFACT_ROOT_ENV_VAR: options.artifact_root,
    }
    from mlflow.server.fastapi_app import app

    initialize_backend_stores(store, store, options.artifact_root)
    gc.freeze()
    gc.enable()
    if options.save_empty_database is not None:
        _copy_database(options.database, options.save_empty_database)
    # MLflow's own start-up hook looks for containers of its assistant to remove: not ours to touch, hence no lifespan.
    config = uvicorn.Config(app, lifespan="off", timeout_graceful_shutdown=1, log_level="warning")
    uvicorn.Server(config).run(sockets=[listener])


def _copy_database(source: Path, target: Path) -> None:
    """Copy a SQLite database that is open, in one step as seen by others."""
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    with closing(sqlite3.connect(source)) as database, closing(sqlite3.connect(draft)) as copy:
        database.backup(copy)
    draft.replace(target)


if __name__ == "__main__":
    main()
