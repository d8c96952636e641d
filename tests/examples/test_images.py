"""The examples' own images: linted, pinned, and as SageMaker starts them; nothing is built."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
HADOLINT = Path(sys.executable).with_name("hadolint")
both = pytest.mark.parametrize("example", ["pytorch", "xgboost"])


@cache
def instructions(example: str) -> list[tuple[str, str]]:
    """Name and rest of each, without comments and line breaks."""
    text = (EXAMPLES / example / "Dockerfile").read_text()
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [
        (name.upper(), rest.strip()) for line in joined.splitlines() for name, _, rest in [line.partition(" ")] if name
    ]


def pins(example: str, name: str) -> dict[str, str]:
    text = (EXAMPLES / example / "training" / name).read_text()
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, flags=re.MULTILINE))


@both
def test_hadolint_finds_nothing(example: str) -> None:
    done = subprocess.run([HADOLINT, EXAMPLES / example / "Dockerfile"], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@both
def test_what_it_is_built_from_is_pinned_by_digest_and_hash(example: str) -> None:
    bases = [rest.split()[0] for name, rest in instructions(example) if name == "FROM"]
    installs = [rest for name, rest in instructions(example) if name == "RUN" and "pip install" in rest]

    assert [base for base in bases if not re.fullmatch(r"[a-z0-9./:-]+@sha256:[0-9a-f]{64}", base)] == []
    assert len(set(bases)) == 1
    assert [rest for rest in installs if "--require-hashes" not in rest or "--no-deps" not in rest] == []


@both
def test_sagemaker_finds_train_on_its_path_and_nothing_before_it(example: str) -> None:
    """It starts the container with the one argument `train`. Source: its guide, "How … Runs Your Training Image"."""
    names = [name for name, _ in instructions(example)]
    environment = " ".join(rest for name, rest in instructions(example) if name == "ENV")

    assert not {"ENTRYPOINT", "CMD", "USER"} & set(names)
    assert "PATH=/opt/venv/bin:$PATH" in environment
    assert "sagemaker-training" in pins(example, "image-requirements.txt")
    assert ("COPY", "--from=build /opt/venv /opt/venv") in instructions(example)


@both
def test_the_image_holds_what_the_script_needs_so_that_no_start_installs_anything(example: str) -> None:
    held, needed = pins(example, "image-requirements.txt"), pins(example, "requirements.txt")

    assert needed.items() <= held.items()
    assert "mlflow-skinny" in needed


@both
def test_nothing_but_the_lock_is_sent_to_the_builder(example: str) -> None:
    copied = [rest for name, rest in instructions(example) if name == "COPY" and "--from" not in rest]
    sent = (EXAMPLES / example / ".dockerignore").read_text().splitlines()

    assert copied == ["training/image-requirements.txt /tmp/"]
    assert sent == ["*", "!training/image-requirements.txt"]
