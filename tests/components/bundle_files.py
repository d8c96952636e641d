"""The files of a small bundle, and its digest on every day and machine."""

from pathlib import Path

PROJECT_DIRECTORY = Path(__file__).parents[2]
FILES = {
    "train.py": b"print('training')\n",
    "requirements.txt": b"mlflow-skinny==3.17.2\n",
    "package/__init__.py": b"",
    "package/" + "long_name_" * 12 + ".py": b"x = 1\n",
    "package/größe.txt": "größe\n".encode(),
    "table.bin": bytes(range(256)) * 600,
}
GOLDEN_DIGEST = "63bd82d3c2733d0d735c7f5e9b871f945a1386e47e508b644cf442f4d1361e53"
"""Of FILES, on every day and every machine. A change of it changes the S3 key of every bundle in use."""


def write_files(directory: Path, names: list[str]) -> Path:
    for name in names:
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(FILES[name])
    return directory
