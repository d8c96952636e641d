"""What AWS has against a command is one message with its cure."""

from __future__ import annotations

import botocore.exceptions
import pytest
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, NoCredentialsError

from operations.aws_mistakes import _CURES, _OF_BOTOCORE
from operations.mistakes import run_command


def raising(error: BaseException) -> int:
    raise error


def client_error(code: str, message: str = "no") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "ListTrainingJobs")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            client_error("ExpiredTokenException", "The security token included in the request is expired"),
            "AWS refused ListTrainingJobs: ExpiredTokenException: The security token included in the request is "
            "expired; your credentials have expired: sign in, for example with aws sso login, or name a profile that "
            "can with --profile",
        ),
        (
            client_error("AccessDeniedException", "User arn:aws:iam::1:user/a is not authorized."),
            "AWS refused ListTrainingJobs: AccessDeniedException: User arn:aws:iam::1:user/a is not authorized; ask "
            "for that permission, or name a profile that has it with --profile",
        ),
        (client_error("NewCode", "Something."), "AWS refused ListTrainingJobs: NewCode: Something"),
        (
            NoCredentialsError(),
            "AWS cannot be asked: Unable to locate credentials; AWS does not know you: sign in, for example with aws "
            "sso login, or name a profile that can with --profile",
        ),
        (
            EndpointConnectionError(endpoint_url="https://nowhere"),
            'AWS cannot be asked: Could not connect to the endpoint URL: "https://nowhere"; look at the network, at '
            "proxy variables, and whether the region has the service",
        ),
    ],
    ids=["expired", "denied", "a code that is not known", "no credentials", "no network"],
)
def test_an_answer_of_aws_is_one_message(error: Exception, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(lambda: raising(error)) == 1

    assert capsys.readouterr() == ("", f"error: {said}\n")


@pytest.mark.parametrize("code", sorted(_CURES))
def test_each_code_has_its_cure_in_the_message(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    run_command(lambda: raising(client_error(code)))

    assert capsys.readouterr().err == f"error: AWS refused ListTrainingJobs: {code}: no; {_CURES[code]}\n"


def test_every_error_of_botocore_that_has_a_cure_exists() -> None:
    for name in _OF_BOTOCORE:
        assert issubclass(getattr(botocore.exceptions, name), BotoCoreError), name
