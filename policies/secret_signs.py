"""What gives a secret away: words in a name, and the form of a value."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from functools import lru_cache

_WORDS = frozenset(("password", "passwd", "passphrase", "pwd", "secret", "secrets", "token", "credential")) | frozenset(
    ("credentials", "apikey", "authorization", "bearer")
)
# Written without a separator, as in PGPASSWORD.
_ENDINGS = (
    "password",
    "passwd",
    "secret",
    "apikey",
    "accesskey",
    "secretkey",
    "privatekey",
    "authtoken",
    "accesstoken",
)
_KEYS = ("api", "access", "private", "secret", "auth", "account", "signing", "encryption", "ssh", "deploy", "openai")
_PASSES = (
    "db",
    "database",
    "mysql",
    "postgres",
    "pg",
    "redis",
    "smtp",
    "mail",
    "ftp",
    "user",
    "admin",
    "root",
    "proxy",
)
_PAIRS = frozenset(
    (*((word, "key") for word in _KEYS), *((word, "pass") for word in _PASSES), ("connection", "string"))
)
# A name that ends so says where a secret is, or what is true of a token of text.
_HARMLESS_ENDS = frozenset(("arn", "name", "file", "path", "url", "column", "columns", "pattern", "length", "count"))
_TEXT_TOKENS = frozenset(
    (word, "token") for word in ("pad", "eos", "bos", "unk", "mask", "sep", "cls", "start", "end", "stop", "special")
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_VALUES: Mapping[str, re.Pattern[str]] = {
    "an AWS access key id": re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{16}\b"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "a password inside a URL": re.compile(r"[a-z][a-z0-9+.-]*://[^/\s:@]*:[^/\s@]+@", re.IGNORECASE),
    "a signed URL": re.compile(r"[?&](X-Amz-Signature|X-Goog-Signature|Signature|sig)=", re.IGNORECASE),
    "a JSON web token": re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\."),
    "an access token": re.compile(
        r"\b(gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,}|glpat-[\w-]{20}|xox[abprs]-[\w-]{10,}|hf_[A-Za-z0-9]{30,}"
        r"|sk-((proj|ant)-)?[A-Za-z0-9]{20,}|AIza[\w-]{35}|dapi[0-9a-f]{32}|Bearer [\w.=+/-]{12,})"
        r"|hooks\.slack\.com/services/\w"
    ),
    "a password in a text": re.compile(
        r"\b(password|passwd|pwd|(account|sharedaccess|api|secret|private)[_-]?key|secret_access_key|client_?secret"
        r"|(access|auth)_?token)[\\\"']*\s*[=:]\s*[\\\"']*(?!arn:)[^\s\\\"';&,{}<$]{3,}",
        re.IGNORECASE,
    ),
}
# A reference to where a secret is kept is no secret; script mode writes text in quotes.
_REFERENCE = re.compile(r"\"?arn:[a-z-]+:(secretsmanager|ssm):[^\s\"]+\"?")


def is_reference(text: str) -> bool:
    """Tell whether a value names a place where a secret is kept."""
    return _REFERENCE.fullmatch(text) is not None


# The jobs of a stack say mostly the same, and a text is looked at for a dozen forms.
@lru_cache(maxsize=4096)
def kind_of_secret(text: str) -> str | None:
    """Say what a value looks like, None for nothing that is known."""
    return next((kind for kind, pattern in _VALUES.items() if pattern.search(text)), None)


@lru_cache(maxsize=4096)
def announces_a_secret(name: str) -> bool:
    """Tell whether a name says that its value is a secret."""
    words = [word.lower() for word in _WORD.findall(name)]
    pairs = set(itertools.pairwise(words))
    if not words or words[-1] in _HARMLESS_ENDS or pairs & _TEXT_TOKENS:
        return False
    return bool(_WORDS & set(words) or pairs & _PAIRS) or any(word.endswith(_ENDINGS) for word in words)
