"""Makes components/images/framework-images.txt anew from AWS's own tables of images.

    python -m reference.framework_images SAGEMAKER_PYTHON_SDK DEEP_LEARNING_CONTAINERS

Both are clones of the repositories of these names at github.com/aws. The first has accounts and versions
(sagemaker-core/src/sagemaker/core/image_uri_config/*.json), the second what is newer, its Python, and until when AWS
patches it (docs/src/data/*/*.yml, .github/config/image/*/*.yml). Kept are training images for SageMaker with Python 3.9
or later. Facts are taken, not text: a version, an account, a tag.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

TARGET: Final = Path(__file__).parents[1] / "components" / "images" / "framework-images.txt"
_CONFIG: Final = "sagemaker-core/src/sagemaker/core/image_uri_config"
_LISTED: Final = {
    "pytorch": ("pytorch-training", "pytorch"),
    "tensorflow": ("tensorflow-training",),
    "huggingface": ("huggingface-pytorch-training",),
    "scikit-learn": ("sagemaker-scikit-learn",),
    "xgboost": ("sagemaker-xgboost",),
}
"""Framework -> the repositories of its training images, as the second source names them."""
_OF_ALGORITHMS: Final = {
    "scikit-learn": ("1.2-1", "1.4-2", "1.4-2-py312", "1.9-0"),
    "xgboost": ("1.7-1", "3.0-5", "3.2-0"),
}
"""Those of today: their table tells no Python by which they could be chosen."""
_PYTHON_BY_HAND: Final = {("scikit-learn", "1.4-2"): "3.10"}
"""Source: docker/1.4-2/base/Dockerfile.cpu in aws/sagemaker-scikit-learn-container at v1.4.2. The Python of 1.2-1
and of XGBoost 1.7-1 has changed under their tags: it counts as not known."""
_ISOLATED: Final = "us-iso"
"""Regions whose registries have other host names."""

Row = dict[str, str]


class Repository:
    """A clone, read at its HEAD."""

    def __init__(self, path: str) -> None:
        self._path = path

    def git(self, *arguments: str) -> str:
        done = subprocess.run(["git", "-C", self._path, *arguments], capture_output=True, text=True, check=True)
        return done.stdout

    def files(self, folder: str) -> list[str]:
        return self.git("ls-tree", "-r", "--name-only", "HEAD", f"{folder}/").split()

    def text(self, file: str) -> str:
        return self.git("show", f"HEAD:{file}")

    @property
    def commit(self) -> str:
        """Its commit, shortened, and the day of that."""
        return self.git("log", "-1", "--format=%h of %cs").strip()


def registries(sdk: Repository) -> Iterator[tuple[str, dict[str, str]]]:
    """Frameworks, joined by commas -> region -> the account that holds their images."""
    entries = {
        "scikit-learn,xgboost": _training(sdk, "sklearn")["versions"]["1.4-2"],
        "pytorch,tensorflow": _training(sdk, "pytorch")["versions"]["2.8.0"],
        "huggingface": _training(sdk, "huggingface")["versions"]["5.3.0"]["pytorch2.9.0"],
    }
    for frameworks, entry in entries.items():
        accounts = sorted(entry["registries"].items())
        yield frameworks, {region: account for region, account in accounts if not region.startswith(_ISOLATED)}


def rows(sdk: Repository, containers: Repository) -> Iterator[Row]:
    """All images, each framework's in the order of their versions."""
    listed = {framework: list(_listed(containers, framework)) for framework in _LISTED}
    built, ended = dict(_built_python(containers)), dict(_ended(containers))
    for framework in _LISTED:
        found: dict[str, Row] = {}
        for each in _of_sdk(sdk, framework):
            found[each["version"]] = each
        for each in listed[framework]:
            row = found.setdefault(each["version"], each | {"cpu": "", "gpu": ""})
            row["patched_until"] = each["patched_until"] or row.get("patched_until", "")
            if "is_listed_only" in row:
                row[each["processor"]] = each["tag"]
        for row in sorted(found.values(), key=lambda row: _numbers(row["version"])):
            known = _PYTHON_BY_HAND | built
            row["python"] = row["python"] or known.get((framework, row["version"]), "")
            row["patched_until"] = row["patched_until"] or ended.get((framework, row["version"].rpartition(".")[0]), "")
            yield row


def _of_sdk(sdk: Repository, framework: str) -> Iterator[Row]:
    if framework == "huggingface":
        yield from _hugging_face(sdk)
        return
    table = _training(sdk, "sklearn" if framework == "scikit-learn" else framework)["versions"]
    for version, entry in table.items():
        row = {"framework": framework, "version": version, "repository": entry.get("repository", ""), "cpu": ""}
        row |= {"gpu": "", "python": "", "patched_until": ""}
        if framework in _OF_ALGORITHMS:
            if version in _OF_ALGORITHMS[framework]:
                # XGBoost's images are for both: they are built on CUDA, and compute without a GPU as well.
                is_both = framework == "xgboost"
                tag = version if is_both else f"{version}-cpu-py3"
                yield row | {"cpu": tag, "gpu": tag if is_both else ""}
        elif python := _python(entry):
            tags = {processor: f"{version}-{processor}-{entry['py_versions'][0]}" for processor in ("cpu", "gpu")}
            yield row | tags | {"python": python}


def _hugging_face(sdk: Repository) -> Iterator[Row]:
    for version, entries in _training(sdk, "huggingface")["versions"].items():
        for base, entry in entries.items():
            if base.startswith("pytorch") and (python := _python(entry)):
                of_torch, name = base.removeprefix("pytorch"), entry["py_versions"][0]
                tag = f"{of_torch}-transformers{version}-gpu-{name}-{entry['container_version']['gpu']}"
                row = {"framework": "huggingface", "version": version, "repository": entry["repository"], "cpu": ""}
                yield row | {"gpu": tag, "python": python, "patched_until": ""}


def _listed(containers: Repository, framework: str) -> Iterator[Row]:
    for repository in _LISTED[framework]:
        for file in containers.files(f"docs/src/data/{repository}"):
            text = containers.text(file)
            told = dict(re.findall(r'^(\w+): "?([^"\n]*)"?$', text, re.MULTILINE))
            (tag, *_) = re.findall(r'^ +- "([^"]+)"$', text, re.MULTILINE)
            if told["platform"] != "sagemaker":
                continue
            version = told.get("transformers") or tag.partition("-")[0]
            row = {"framework": framework, "version": version, "repository": repository, "tag": tag}
            row |= {"processor": told["accelerator"], "python": _dotted(told.get("python", ""))}
            row |= {"patched_until": told.get("eop", ""), "is_listed_only": "yes"}
            if framework in _OF_ALGORITHMS:
                row |= {"version": told["version"], "tag": f"{told['version']}-cpu-py3"}
            if row["python"] or framework in _OF_ALGORITHMS:
                yield row


def _built_python(containers: Repository) -> Iterator[tuple[tuple[str, str], str]]:
    """What the images of the algorithms' registries are built with."""
    for folder, framework in (("sklearn", "scikit-learn"), ("xgboost", "xgboost")):
        for file in containers.files(f".github/config/image/{folder}"):
            text = containers.text(file)
            (tag,) = re.findall(r'prod_image: "[^:]+:([^"]+)-cpu-py3"', text)
            (python,) = re.findall(r'python_version: "([^"]+)"', text)
            yield (framework, tag), python


def _ended(containers: Repository) -> Iterator[tuple[tuple[str, str], str]]:
    """(framework, version without its last part) -> the day on which patches ended, of what is no longer listed."""
    framework = version = ""
    for line in containers.text("docs/src/legacy/legacy_support.yml").splitlines():
        if named := re.fullmatch(r"(\w+):", line):
            framework = named[1]
        elif told := re.fullmatch(r' *-? *(version|eop): "([^"]+)"', line):
            version = told[2] if told[1] == "version" else version
            if told[1] == "eop":
                yield (framework, version), told[2]


def _training(sdk: Repository, file: str) -> dict[str, Any]:
    table: dict[str, Any] = json.loads(sdk.text(f"{_CONFIG}/{file}.json"))
    return table.get("training", table)  # type: ignore[no-any-return] # JSON


def _python(entry: dict[str, Any]) -> str:
    """`3.12` for an entry with one Python of 3.9 or later, else ""."""
    names = entry.get("py_versions", [])
    return _dotted(names[0]) if len(names) == 1 else ""


def _dotted(name: str) -> str:
    found = re.fullmatch(r"py3(\d+)", name)
    return f"3.{found[1]}" if found and int(found[1]) >= 9 else ""


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)))


def main() -> int:
    """Write the table: accounts with all their regions, then images."""
    sdk, containers = map(Repository, sys.argv[1:3])
    lines = [
        "# AWS's own tables of training images and of the accounts that hold them, made by framework_images of",
        f"# aws/sagemaker-python-sdk at {sdk.commit} and aws/deep-learning-containers at {containers.commit}.",
        "",
        "# account: frameworks, account, the regions where it holds their images",
    ]
    for frameworks, accounts in registries(sdk):
        for account in sorted(set(accounts.values())):
            regions = [region for region, one in accounts.items() if one == account]
            lines.append(f"account {frameworks} {account} {' '.join(regions)}")
    lines += ["", "# image: framework, version, repository, tag for CPUs, tag for GPUs, Python, patched by AWS until"]
    names = ("framework", "version", "repository", "cpu", "gpu", "python", "patched_until")
    lines += ["image " + " ".join(row.get(name) or "-" for name in names) for row in rows(sdk, containers)]
    TARGET.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
