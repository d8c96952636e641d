"""What the training code that comes along says of itself, asked of its process (`train.py --describe`)."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

_SCRIPT: Final = Path(__file__).parents[1] / "training_code" / "train.py"
Entries = Sequence[Mapping[str, Any]]


@cache
def described() -> Mapping[str, Entries]:
    """`hyperparameters`, `variables`, `metrics` and `tags`: entries with a name and a text each."""
    done = subprocess.run([sys.executable, str(_SCRIPT), "--describe"], capture_output=True, text=True, check=True)
    told: Mapping[str, Entries] = json.loads(done.stdout)
    return told
