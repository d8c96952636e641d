"""Serves the component to the engine that started this process, and says its port; never returns.

python provider ENGINE_ADDRESS
"""

import sys
import tomllib
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]

if __name__ == "__main__":
    # The engine starts the directory, in the working directory of the program that uses the component.
    sys.path[0] = str(REPOSITORY)

    from pulumi.provider.server import main

    from provider.component_provider import ComponentProvider

    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    main(ComponentProvider(project["version"]), sys.argv[1:])
