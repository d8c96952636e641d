"""The expressions by which a metric's number is found in a job's log, as both SageMaker and a rehearsal read them.

SageMaker's documentation does not say whose syntax it is; its API's patterns are Java's. What Python writes in another
way, the names of groups, is taken in Java's as well; what Python does not know a rehearsal could not look for.
"""

import re
import warnings

_NAMED_GROUP = re.compile(r"(\\.)|\(\?<(?=[A-Za-z])")
"""An escaped character, which is left alone, or the beginning of a group with a name as Java writes it."""


def metric_expression(text: str) -> re.Pattern[str]:
    """The expression; its first group is the number.

    Raises:
        re.error: it is none.
    """
    with warnings.catch_warnings():
        # Sets of sets, which later versions of Python may read as Java does: today they are single characters.
        warnings.simplefilter("ignore", FutureWarning)
        return re.compile(_NAMED_GROUP.sub(lambda found: found[1] or "(?P<", text))
