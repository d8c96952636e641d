"""Keys of S3 objects and prefixes: which ones a role can be limited to exactly, and how IAM writes them.

Everything that S3, SageMaker and IAM take is allowed. What is not has its reason in the message.
Sources: IAM API, `policyDocumentType`, whose characters end at U+00FF (the AWS provider writes documents without JSON's
escapes, so these do not help); IAM User Guide, "IAM policy elements: Variables and tags", for `${*}`, `${?}` and
`${$}`; Amazon S3 User Guide, "Naming Amazon S3 objects", for the length; EventBridge Scheduler User Guide, "Context
attributes".
"""

import re
from collections.abc import Iterator
from typing import Final

KEY_MAX_BYTES: Final = 1024
_LAST_CHARACTER_OF_IAM: Final = "\u00ff"
_CONTEXT_ATTRIBUTE: Final = "<aws.scheduler."
_WILDCARDS: Final = "*?"


def key_faults(key: str) -> list[str]:
    """What is wrong with a key or prefix, as sentences that say what is allowed; none for a good one."""
    return list(_faults(key))


def _faults(key: str) -> Iterator[str]:
    if invisible := sorted({character for character in key if not character.isprintable()}):
        yield f"it has {_named(invisible)}, which nobody sees; allowed: characters that can be seen, and blanks"
    if beyond := sorted({each for each in key if each > _LAST_CHARACTER_OF_IAM and each.isprintable()}):
        yield (
            f"it has {_named(beyond)}; allowed: characters up to U+00FF, because IAM takes no other in a policy, and "
            "the role could not be limited to this place; copy the data to a key without"
        )
    if wildcards := [each for each in _WILDCARDS if each in key]:
        yield (
            f"it has {' and '.join(map(repr, wildcards))}, and SageMaker knows no wildcards; allowed: a prefix, which "
            "names all that begins with it"
        )
    if "${" in key:
        yield "it has '${', and nothing fills in variables here; allowed: the text itself"
    if _CONTEXT_ATTRIBUTE in key:
        yield (
            f"it has {_CONTEXT_ATTRIBUTE!r}, which EventBridge Scheduler would fill in, and the role's policy not; "
            "allowed: the text itself"
        )
    if ".." in key.split("/"):
        yield "it has a part '..', which would lead out of the channel's directory; allowed: other parts"
    if (size := len(key.encode("utf-8", "surrogatepass"))) > KEY_MAX_BYTES:
        yield f"it has {size} bytes; allowed: {KEY_MAX_BYTES}, which is all that a key can have"


def _named(characters: list[str]) -> str:
    """The first few, as text where they can be seen, and by their numbers."""
    shown = [f"{each!r} (U+{ord(each):04X})" if each.isprintable() else f"U+{ord(each):04X}" for each in characters[:3]]
    return ", ".join(shown)


def as_iam_text(text: str) -> str:
    """The text as it stands for itself in a Resource or in a condition: no wildcard, no policy variable."""
    return re.sub(r"[*?$]", r"${\g<0>}", text)
