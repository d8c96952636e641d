"""Writes what is generated: `python -m reference`."""

from reference.files import written_files

if __name__ == "__main__":
    for path, text in written_files().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
