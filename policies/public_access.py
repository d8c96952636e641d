"""Which statements of a bucket policy S3 calls public, from "The meaning of public" in its user guide."""

from __future__ import annotations

from ipaddress import ip_network

from statements import Condition, Statement, is_literal

_OPERATORS = ("stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "ipaddress")
_KEYS = (
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIp",
    "aws:SourceOrgID",
    "aws:SourceOwner",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:userid",
    "s3:DataAccessPointAccount",
    "s3:DataAccessPointArn",
)
_WIDEST_PREFIX = {4: 8, 6: 32}


def is_public(statement: Statement) -> bool:
    """Tell whether a statement allows something to everybody and no condition narrows that down to fixed values.

    One without ``Principal`` has a ``NotPrincipal``: everybody but a few.
    """
    everybody = not statement.principals or any(principal.value == "*" for principal in statement.principals)
    conditions = (statement.bound(key, *_OPERATORS) for key in _KEYS)
    return statement.allows and everybody and not any(condition and _is_fixed(condition) for condition in conditions)


def _is_fixed(condition: Condition) -> bool:
    if condition.key == "aws:sourceip":
        return all(_is_narrow(value) for value in condition.values)
    if condition.key.endswith("arn"):
        # Behind the account of an ARN there may be wildcards.
        return all(value.count(":") >= 5 and is_literal(value.split(":")[4]) for value in condition.values)
    return all(is_literal(value) for value in condition.values)


def _is_narrow(addresses: str) -> bool:
    try:
        network = ip_network(addresses, strict=False)
    except ValueError:
        return False
    return network.prefixlen >= _WIDEST_PREFIX[network.version]
