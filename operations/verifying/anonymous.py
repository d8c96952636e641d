"""Takes names out of a text that others will read: the same name becomes the same word everywhere.

What is known of a stack (accounts, buckets, jobs) is taken out wherever it stands; what looks like such a thing (an
ARN, an S3 URI, an address, twelve digits) besides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_REST: Final = r"[^\s'\"),;<>]*[^\s'\"),;<>:.]"
"""To the end of a word, without what a sentence puts behind it."""
_FORMS: Final = {
    "arn": rf"arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:\d{{0,12}}:{_REST}",
    "s3-uri": rf"s3://{_REST}",
    "address": rf"https?://(?!127\.0\.0\.1[:/]|localhost[:/]){_REST}",
    "mail": r"[\w.+-]+@[\w-]+\.[\w.-]*\w",
    "account": r"(?<![0-9A-Za-z-])\d{12}(?![0-9A-Za-z-])",
}
_KINDS: Final = frozenset(
    {
        *(
            "role",
            "policy",
            "user",
            "group",
            "key",
            "secret",
            "subnet",
            "security-group",
            "vpc",
            "function",
            "repository",
        ),
        *("schedule", "schedule-group", "training-job", "log-group", "alarm"),
        *("mlflow-tracking-server", "mlflow-app"),
    }
)
"""What an ARN may be of, beside its service, without telling a name."""


class Anonymizer:
    """Replaces names by `<kind-number>`, numbered in the order in which they are met."""

    def __init__(self, known: Mapping[str, str]) -> None:
        """`known` are names that are taken out wherever they stand, each with the word for its kind."""
        self._words: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._known = {name: kind for name, kind in known.items() if name}
        for name, kind in self._known.items():
            self._word(name, kind)
        # One pass, so that nothing is looked for in what stands in place of a name; the longest of them first.
        names = "|".join(re.escape(name) for name in sorted(self._known, key=len, reverse=True))
        forms = [rf"(?P<{kind.replace('-', '_')}>{form})" for kind, form in _FORMS.items()]
        known_form = [rf"(?<![0-9A-Za-z])(?P<known>{names})(?![0-9A-Za-z])"] if names else []
        self._form = re.compile("|".join([*forms[:-1], *known_form, forms[-1]]))

    def clean(self, text: str) -> str:
        """The text without names."""
        return self._form.sub(self._replaced, text)

    def _replaced(self, found: re.Match[str]) -> str:
        name, kind = found[0], str(found.lastgroup).replace("_", "-")
        if kind == "arn":
            _, _, service, _, _, resource = name.split(":", 5)
            of = re.split("[/:]", resource)[0]
            kind = f"{service}-{of}" if of in _KINDS else service
        return f"<{self._word(name, self._known.get(name, kind))}>"

    def _word(self, name: str, kind: str) -> str:
        if name not in self._words:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._words[name] = f"{kind}-{self._counts[kind]}"
        return self._words[name]
