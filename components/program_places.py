"""Where a program's training code is, and where what is made of it is kept: in any program, in whatever language.

The engine runs a program, and a component provider, in the program's own directory (that of its Pulumi.yaml, or the
`main` in it). `source.directory` is relative to that one; `training_code` alone names what comes with this package.
What is made is kept in the person's cache, so that no repository has to ignore it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .package_building import cache_directory
from .shipped_code import SHIPPED_CODE, shipped_code_directory
from .source_bundle import SourceBundleError


@dataclass(frozen=True)
class ProgramPlaces:
    """`program` is the directory that settings are relative to, `kept` where bundles and answers are."""

    program: Path
    kept: Path

    @classmethod
    def of_this_process(cls, environ: Mapping[str, str]) -> "ProgramPlaces":
        """Of the program that runs here, or that this component provider was started for."""
        return cls(Path.cwd(), cache_directory(environ).parent / "programs")

    def code(self, name: str) -> Path:
        """The directory that a `source.directory` names.

        Raises:
            SourceBundleError: it may be either of two.
        """
        own = self.program / name
        if name != SHIPPED_CODE:
            return own
        shipped = shipped_code_directory()
        if own.is_dir() and not own.samefile(shipped):
            raise SourceBundleError(
                f"source.directory {SHIPPED_CODE} is the training code that comes with this package, and the program "
                f"has a directory of that name itself ({own}); rename that one, and set source.directory to its new "
                "name to train with it"
            )
        return shipped
