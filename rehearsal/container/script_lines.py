"""Tell the training script's own lines from the toolkit's, which prints more than a hundred around them."""

from dataclasses import dataclass
from typing import Final

INVOKING: Final = "Invoking script with the following command:"
"""What the toolkit says when it starts the script."""
TOOLKIT: Final = " sagemaker-training-toolkit "
"""What is in the first line of each of its messages, behind the time."""


@dataclass
class ScriptLines:
    """Reads a training job's log line by line. Source: sagemaker-training 5.1.4, logging_config.py."""

    _started: bool = False
    _is_command: bool = False

    def is_next(self, line: str) -> bool:
        """Whether the next line of the log is one that the script printed."""
        if INVOKING in line:
            self._started = self._is_command = True
            return False
        if not self._started or not line.strip() or TOOLKIT in line:
            return False
        if self._is_command:
            self._is_command = False
            return False
        return True
