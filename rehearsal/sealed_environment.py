"""The environment under which nothing that a rehearsal starts can reach the real AWS."""

import os
from collections.abc import Mapping
from typing import Final

ACCOUNT_ID: Final = "123456789012"
"""The account that the embedded AWS plays where nothing says of which the stack is."""

ACCESS_KEY_ID: Final = "rehearsal"
SECRET_ACCESS_KEY: Final = "rehearsal"  # noqa: S105 - the embedded AWS accepts any; a real AWS refuses this one

NO_ENDPOINT: Final = "http://127.0.0.1:9"
"""Nothing listens there: for what has no business with AWS, and does not get out of this machine if it tries."""

_LOOPBACK_HOSTS: Final = "127.0.0.1,localhost,::1"

# Compared in upper case: proxies are read in either case, and Windows does not distinguish.
_DROPPED_PREFIXES: Final = ("AWS_", "MLFLOW_", "PULUMI_", "MOTO_")
_DROPPED_NAMES: Final = frozenset(
    {
        "BOTO_CONFIG",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "FTP_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
        "DATABRICKS_HOST",
        "DATABRICKS_TOKEN",
        "S3_ENDPOINT_URL",
    }
)


def sealed_environment(environ: Mapping[str, str], *, region: str, endpoint_url: str) -> dict[str, str]:
    """Copy `environ` without anything that could lead an AWS, MLflow or Pulumi client out of this machine.

    Dropped: every `AWS_*` (credentials, profile, `AWS_ENDPOINT_URL_<SERVICE>`), `MLFLOW_*`, `PULUMI_*` and `MOTO_*`
    variable, proxies in either case, boto's and Databricks' own. Set: dummy credentials, the endpoint for every
    service, the region, empty configuration files, no instance metadata, no proxy for loopback, no MLflow telemetry.

    Args:
        environ: the caller's environment; it is not changed.
        region: region of the stack, for example `us-east-1`.
        endpoint_url: where the embedded AWS listens, for example `http://127.0.0.1:40123`.

    """
    kept = {name: value for name, value in environ.items() if not _is_dropped(name)}
    return kept | {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": _LOOPBACK_HOSTS,
        "no_proxy": _LOOPBACK_HOSTS,
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "DO_NOT_TRACK": "true",
    }


def _is_dropped(name: str) -> bool:
    upper = name.upper()
    return upper in _DROPPED_NAMES or upper.startswith(_DROPPED_PREFIXES)
