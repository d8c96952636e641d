import subprocess
import sys
import threading
from pathlib import Path

import pytest

from growing.loading import load_meanwhile


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path / "needed_at_the_end.py"


def test_modules_are_loaded_in_another_thread(module: Path) -> None:
    module.write_text("import threading\nthread = threading.current_thread()\n")

    thread = load_meanwhile("needed_at_the_end")
    thread.join()

    assert sys.modules.pop("needed_at_the_end").thread is thread
    assert thread is not threading.main_thread()


def test_a_module_that_cannot_be_loaded_says_so_where_it_is_used_and_keeps_no_other_from_it(module: Path) -> None:
    module.with_name("broken_at_the_end.py").write_text("raise RuntimeError('no licence')\n")
    module.write_text("")

    load_meanwhile("broken_at_the_end", "needed_at_the_end").join()

    assert sys.modules.pop("needed_at_the_end")
    with pytest.raises(RuntimeError, match="no licence"):
        import broken_at_the_end  # noqa: F401


def test_a_process_that_ends_meanwhile_ends_as_it_would_without() -> None:
    code = Path(__file__).parents[2] / "training_code"
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from growing.loading import load_meanwhile; load_meanwhile('sklearn.ensemble'); raise SystemExit(3)",
        ],
        cwd=code,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (3, "", "")
