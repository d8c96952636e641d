"""Credentials for MLflow from AWS Secrets Manager: fetched by the job itself, and never told to anybody."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, MutableMapping

from .failure import SECRET_VARIABLES, TrainingError

SECRET_ARN = "SECRET_ARN"  # noqa: S105  # the name of a variable
TOKEN = "MLFLOW_TRACKING_TOKEN"  # noqa: S105  # the name of a variable


def fetch(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables that the secret named by SECRET_ARN holds, and SECRET_VARIABLES, their names.

    None of them where SECRET_ARN is not set.

    A JSON object of texts becomes one variable for each member; any other text is MLFLOW_TRACKING_TOKEN.

    Raises:
        TrainingError: the secret cannot be read, or is no such thing; the message shows nothing of its value.
    """
    arn = environ.get(SECRET_ARN)
    if not arn:
        return {}
    found = variables(_read(arn), arn)
    return found | {SECRET_VARIABLES: ",".join(found)}


def fetch_into(environ: MutableMapping[str, str]) -> None:
    """Put the variables of the secret into `environ` and into this process's own, where MLflow looks for them.

    Raises:
        TrainingError: as `fetch`.
    """
    fetched = fetch(environ)
    environ.update(fetched)
    os.environ.update(fetched)


def variables(text: str, arn: str) -> dict[str, str]:
    """What the text of the secret `arn` says, as environment variables."""
    if not text.strip():
        raise TrainingError(f"secret {arn} (SECRET_ARN): is empty; put the token, or a JSON object, into it")
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        return {TOKEN: text.strip()}
    if wrong := [name for name, each in value.items() if not name.isidentifier() or not isinstance(each, str)]:
        # Names only: a secret that is put together wrongly may have its value where a name should be.
        raise TrainingError(
            f"secret {arn} (SECRET_ARN): {len(wrong)} of its {len(value)} members cannot be environment variables; "
            f"allowed: a JSON object of texts whose names are letters, digits and _"
        )
    return {str(name): str(each) for name, each in value.items()}


def _read(arn: str) -> str:
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    region = arn.split(":")[3] if arn.count(":") >= 6 else None
    try:
        answer = boto3.session.Session(region_name=region).client("secretsmanager").get_secret_value(SecretId=arn)
    except ClientError as error:
        raise TrainingError(
            f"secret {arn} (SECRET_ARN): cannot be read: {error.response['Error']['Code']}; check that it exists and "
            f"that the execution role may secretsmanager:GetSecretValue on it"
        ) from None
    except (BotoCoreError, ValueError) as error:
        raise TrainingError(
            f"secret {arn} (SECRET_ARN): cannot be read: {type(error).__name__}; check the ARN and that the job's "
            f"network reaches Secrets Manager"
        ) from None
    return str(answer.get("SecretString") or "")
