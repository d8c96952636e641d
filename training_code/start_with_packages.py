"""Starts a script that knows nothing of archives and dated data, with both in place before its imports.

    ENTRY_POINT=script.py python start_with_packages.py ARGUMENTS

For code of the team's own: this file is put beside it, and what it needs of this directory into `start_with_packages/`.
"""

from __future__ import annotations

import os
import runpy
import sys
from pathlib import Path

_HERE = Path(__file__).parent
_OWN = ("dated_channels", "failure", "packages", "progress", "s3_objects", "scheduled_dates")


def main() -> None:
    """Run the script as `python script.py` would."""
    sys.path.insert(0, str(_HERE / "start_with_packages"))
    import dated_channels
    import packages
    from failure import write_failure

    # Packages first: the data is fetched with the boto3 that the script will have.
    if missing := packages.fault(os.environ) or dated_channels.fault(os.environ):
        write_failure(missing, os.environ)
        sys.exit(missing)
    # The script may have modules of these names itself.
    del sys.path[0]
    for name in _OWN:
        sys.modules.pop(name, None)
    script = str(_HERE / os.environ["ENTRY_POINT"])
    sys.argv[0] = script
    runpy.run_path(script, run_name="__main__")


if __name__ == "__main__":
    main()
