"""Makes an environment of an image's packages and of those that a lock puts over them: once for each, in a cache.

It stands in for the image of a training script of one's own where such a script is rehearsed. Like the archives of
packages it is made by uv, from an index, and kept in the person's cache under the digest of all that it is made from.
"""

import fcntl
import hashlib
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from .image_python import NoImagePythonError, find_python
from .package_archives import IMAGE_LOCK, IMAGE_TARGET, entries, only, shown_requirement
from .package_building import PackagesError, cache_directory, index_variables

_FORMAT: Final = 1
_NAMES: Final = """
bcrypt boto3 botocore cffi cryptography gevent greenlet inotify-simple invoke jmespath markupsafe numpy paramiko pip
protobuf psutil pycparser pynacl python-dateutil retrying s3transfer sagemaker-training scipy six urllib3 werkzeug
zope-event zope-interface
"""
_TOOLKIT: Final = frozenset(_NAMES.split())
"""SageMaker's training toolkit, and what it needs: what any image for script mode holds."""
_MADE: Final = "made"


@dataclass(frozen=True)
class ScriptEnvironment:
    """What an environment is made from: the image's part (a lock), and the text of a requirements.txt put over it."""

    base: str = field(repr=False)
    requirements: str = field(repr=False)
    python_version: str = IMAGE_TARGET.python_version
    included: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Files that the requirements include: name -> text."""

    @property
    def digest(self) -> str:
        """SHA-256 in hex of all of it, and of the platform that it is made on."""
        parts = [str(_FORMAT), self.python_version, sys.platform, self.base, self.requirements]
        parts += [part for each in sorted(self.included.items()) for part in each]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    @property
    def is_locked(self) -> bool:
        """Whether each requirement has its hashes: then nothing is installed that is not named."""
        return all("--hash=" in entry for entry in entries(self.requirements))

    @property
    def loose(self) -> tuple[str, ...]:
        """The requirements that name no one version: another day's start on AWS may install another."""
        texts = (self.requirements, *self.included.values())
        named = (shown_requirement(entry) for text in texts for entry in entries(text) if not entry.startswith("-"))
        return tuple(name for name in named if "==" not in name)


def image_lock() -> str:
    """What AWS's scikit-learn image 1.9-0 holds."""
    return IMAGE_LOCK.read_text(encoding="utf-8")


def toolkit_lock() -> str:
    """Of that, what any image for script mode holds: the toolkit and what it needs."""
    return only(image_lock(), _TOOLKIT)


def environment_directory(environment: ScriptEnvironment, environ: Mapping[str, str]) -> Path:
    """Where an environment is, or will be."""
    return cache_directory(environ).parent / "environments" / environment.digest[:32]


def is_made(environment: ScriptEnvironment, environ: Mapping[str, str]) -> bool:
    """Whether it is there, as a whole."""
    return (environment_directory(environment, environ) / _MADE).is_file()


def provide_environment(environment: ScriptEnvironment, environ: Mapping[str, str], say: Callable[[str], None]) -> Path:
    """The environment's directory, made now if it is not in the cache; `say` is told what takes long.

    Raises:
        PackagesError: no index can be reached, a requirement cannot be had, or there is no Python of that version.
    """
    place = environment_directory(environment, environ)
    if is_made(environment, environ):
        return place
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with _alone(place.with_suffix(".lock")):
            if not is_made(environment, environ):
                version = environment.python_version
                say(f"making an environment of requirements.txt for Python {version}, to be kept in {place}")
                _make(environment, place, environ)
    except NoImagePythonError as error:
        raise PackagesError(f"the environment of requirements.txt cannot be made: {error}") from None
    except OSError as error:
        raise PackagesError(
            f"the environment of requirements.txt cannot be kept in {place}: {error.strerror or error}; set "
            f"XDG_CACHE_HOME to a directory that can be written to"
        ) from None
    return place


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Others who want the same environment wait until it is made."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make(environment: ScriptEnvironment, place: Path, environ: Mapping[str, str]) -> None:
    python = find_python(environment.python_version, environ)
    _run([str(python), "-m", "venv", "--clear", "--without-pip", str(place)], environ)
    base, own = place / "image.txt", place / "requirements"
    requirements = own / "requirements.txt"
    for name, text in {"requirements.txt": environment.requirements, **environment.included}.items():
        (own / name).parent.mkdir(parents=True, exist_ok=True)
        (own / name).write_text(text, encoding="utf-8")
    base.write_text(environment.base, encoding="utf-8")
    install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", str(place / "bin" / "python")]
    _run([*install, "--no-deps", "--require-hashes", "-r", str(base)], environ)
    how = ["--no-deps", "--require-hashes"] if environment.is_locked else []
    if entries(environment.requirements):
        _run([*install, *how, "-r", str(requirements)], environ)
    (place / _MADE).touch()


def _run(command: list[str], environ: Mapping[str, str]) -> None:
    done = subprocess.run(command, env=index_variables(environ), capture_output=True, text=True, check=False)
    if done.returncode:
        raise PackagesError(
            f"the environment of requirements.txt cannot be made: {' '.join(done.stderr.split())[-600:]}; correct the "
            f"requirement that it names, or make the environment where a package index can be reached"
        )
