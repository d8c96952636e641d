"""What AWS answered to a command, for a person: which call, what it said, and what cures it.

Source of the codes: "Common Errors" of the AWS service references, and botocore's exceptions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from botocore.exceptions import BotoCoreError, ClientError

_SIGN_IN: Final = "sign in, for example with aws sso login, or name a profile that can with --profile"
DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException"})
"""What AWS answers to whoever may not do something, which asking again does not change."""
_CURES: Final = {
    "ExpiredToken": f"your credentials have expired: {_SIGN_IN}",
    "ExpiredTokenException": f"your credentials have expired: {_SIGN_IN}",
    "RequestExpired": f"your credentials have expired, or this machine's clock is wrong: {_SIGN_IN}",
    "InvalidClientTokenId": f"AWS does not know your credentials: {_SIGN_IN}",
    "UnrecognizedClientException": f"AWS does not know your credentials: {_SIGN_IN}",
    "AuthFailure": f"AWS does not know your credentials: {_SIGN_IN}",
    "InvalidAccessKeyId": f"AWS does not know your credentials: {_SIGN_IN}",
    "SignatureDoesNotMatch": "the secret key is wrong, or this machine's clock is: correct AWS_SECRET_ACCESS_KEY",
    "AccessDenied": "ask for that permission, or name a profile that has it with --profile",
    "AccessDeniedException": "ask for that permission, or name a profile that has it with --profile",
    "UnauthorizedOperation": "ask for that permission, or name a profile that has it with --profile",
    "Throttling": "AWS was asked too often, and went on refusing: try again later",
    "ThrottlingException": "AWS was asked too often, and went on refusing: try again later",
    "TooManyRequestsException": "AWS was asked too often, and went on refusing: try again later",
    "SlowDown": "S3 was asked too often, and went on refusing: try again later",
    "OptInRequired": "the account has not enabled this region or service: enable it, or correct aws:region",
}
_OF_BOTOCORE: Final = {
    "NoCredentialsError": f"AWS does not know you: {_SIGN_IN}",
    "PartialCredentialsError": f"your credentials are not complete: {_SIGN_IN}",
    "CredentialRetrievalError": _SIGN_IN,
    "UnauthorizedSSOTokenError": _SIGN_IN,
    "SSOTokenLoadError": _SIGN_IN,
    "TokenRetrievalError": _SIGN_IN,
    "LoginTokenLoadError": _SIGN_IN,
    "NoRegionError": "set aws:region in the stack's file, or name one with --region",
    "EndpointConnectionError": "look at the network, at proxy variables, and whether the region has the service",
    "ConnectTimeoutError": "look at the network and at proxy variables",
    "ReadTimeoutError": "try again",
    "ProxyConnectionError": "look at HTTPS_PROXY and NO_PROXY",
    "SSLError": "look at AWS_CA_BUNDLE: a company's network may add a certificate of its own",
}


def refused(error: ClientError) -> str:
    """That AWS refused a call: its name, the code, the reason, and a cure where one is known."""
    fault = error.response.get("Error", {})
    code, reason = fault.get("Code", "Unknown"), fault.get("Message", "no reason was given")
    return f"AWS refused {error.operation_name}: {code}: {reason.rstrip('.')}{cure_of(error)}"


def unasked(error: BotoCoreError) -> str:
    """That AWS could not be asked at all, and a cure where one is known."""
    return f"AWS cannot be asked: {str(error).rstrip('.')}{cure_of(error)}"


def without_cure(error: ClientError | BotoCoreError) -> str:
    """The same without the cure, for what tells it apart."""
    from botocore.exceptions import ClientError

    told = refused(error) if isinstance(error, ClientError) else unasked(error)
    return told.removesuffix(cure_of(error))


def cure_of(error: Exception) -> str:
    """`; ` and what cures an error of AWS or of the way to it; "" where none is known."""
    code = (getattr(error, "response", None) or {}).get("Error", {}).get("Code", "")
    of_the_way = (_OF_BOTOCORE[kind.__name__] for kind in type(error).__mro__ if kind.__name__ in _OF_BOTOCORE)
    cure = _CURES.get(code) or next(of_the_way, "")
    return f"; {cure}" if cure else ""
