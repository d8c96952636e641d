"""Checkpoints that are directories: whole or not there, whatever is killed and whatever S3 brings back."""

from __future__ import annotations

import errno
import signal
import time
from itertools import islice
from pathlib import Path

import pytest

from failure import TrainingError
from scheduled_job.checkpoints import MANIFEST, Checkpoints
from tests.training_code.own_scripts import OwnScript


def save(points: Checkpoints, step: int) -> None:
    with points.save(step) as directory:
        (directory / "weights").write_text(f"of step {step}")
        (directory / "optimizer").mkdir()
        (directory / "optimizer" / "state").write_text("s" * 1000)


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_the_newest_is_found_and_the_last_ones_are_kept(tmp_path: Path) -> None:
    points = Checkpoints(tmp_path, keep=2)
    for step in (10, 20, 30):
        save(points, step)

    found = Checkpoints(tmp_path).latest()

    assert found is not None
    assert (found.step, (found.directory / "weights").read_text()) == (30, "of step 30")
    assert names(tmp_path) == ["step-0000000020-000002", "step-0000000030-000003"]


def test_a_script_that_goes_back_to_an_earlier_step_finds_what_it_saved_last(tmp_path: Path) -> None:
    points = Checkpoints(tmp_path, keep=3)
    for step in (10, 20, 10):
        save(points, step)

    found = points.latest()

    assert found is not None
    assert (found.step, found.directory.name) == (10, "step-0000000010-000003")


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda place: (place / MANIFEST).unlink(), "it has no checkpoint.json"),
        (lambda place: (place / MANIFEST).write_text('{"format": 1'), "its checkpoint.json is torn"),
        (
            lambda place: (place / MANIFEST).write_text('{"format": 9, "step": 1, "files": {}}'),
            "it has format 9, this code reads 1",
        ),
        (lambda place: (place / "weights").unlink(), "weights is missing"),
        (lambda place: (place / "weights").write_text("of step 2"), "weights is torn, or altered"),
        (lambda place: (place / "optimizer" / "state").write_text("t" * 1000), "optimizer/state is torn, or altered"),
    ],
)
def test_one_that_was_copied_in_part_is_passed_over(tmp_path: Path, spoil, reason: str, capsys) -> None:  # noqa: ANN001
    points = Checkpoints(tmp_path)
    save(points, 10)
    save(points, 20)
    spoil(tmp_path / "step-0000000020-000002")

    found = points.latest()

    assert found is not None
    assert found.step == 10
    assert f"step-0000000020-000002 is not used: {reason}\n" in capsys.readouterr().out


def test_a_body_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    points = Checkpoints(tmp_path)
    save(points, 10)

    def fail(directory: Path) -> None:
        (directory / "weights").write_text("half")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), points.save(20) as directory:
        fail(directory)

    assert names(tmp_path) == ["step-0000000010-000001"]


def test_a_full_disk_costs_no_training(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    points = Checkpoints(tmp_path)
    save(points, 10)

    with points.save(20):
        raise OSError(errno.ENOSPC, "No space left on device")

    assert names(tmp_path) == ["step-0000000010-000001"]
    assert (
        "checkpoints: step 20 cannot be saved ([Errno 28] No space left on device); going on" in capsys.readouterr().out
    )


def test_without_a_directory_nothing_is_kept_and_the_script_need_not_care() -> None:
    points = Checkpoints(None)
    save(points, 10)
    assert points.latest() is None


def test_none_is_too_few(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="checkpoints: got keep=0; allowed: 1 or more"):
        Checkpoints(tmp_path, keep=0)


COUNTING = """
import scheduled_job
points = scheduled_job.checkpoints()
found = points.latest()
step = found.step if found else 0
if found:
    content = (found.directory / "weights").read_text()
    assert content == f"{step} " * 50_000, content[:20]
while True:
    step += 1
    with points.save(step) as directory:
        (directory / "weights").write_text(f"{step} " * 50_000)
    print("saved", step, flush=True)
"""


@pytest.mark.slow
def test_a_script_that_is_killed_again_and_again_goes_on_from_a_whole_one_and_loses_one_step_at_most(
    tmp_path: Path,
) -> None:
    script = OwnScript(tmp_path, COUNTING, {"CHECKPOINT_LOCAL_PATH": str(tmp_path / "checkpoints")})
    reached = 0
    for number in range(8):
        with script.start() as process:
            assert process.stdout is not None
            saved = list(islice((line for line in process.stdout if line.startswith("saved")), 3))
            time.sleep(0.0017 * number)  # at another moment of the next save
            process.send_signal(signal.SIGKILL)
            saved += [line for line in process.stdout if line.startswith("saved")]
            assert process.stderr is not None
            assert process.stderr.read() == ""
        first, last = (int(line.split()[1]) for line in (saved[0], saved[-1]))
        assert reached < first <= reached + 2
        reached = last


class WholeNumber:
    """As NumPy's are, which JSON does not take."""

    def __index__(self) -> int:
        return 7


def test_a_step_may_be_any_whole_number(tmp_path: Path) -> None:
    points = Checkpoints(tmp_path)
    with points.save(WholeNumber()) as directory:  # type: ignore[arg-type]  # as a script may
        (directory / "weights").write_text("")

    found = points.latest()

    assert found is not None
    assert found.step == 7


@pytest.mark.parametrize("step", ["3", 1.5, None])
def test_another_step_is_refused_before_anything_is_written(tmp_path: Path, step: object) -> None:
    wanted = f"checkpoints: got step={str(step)!r}; allowed: a whole number"
    for points in (Checkpoints(tmp_path), Checkpoints(None)):
        with pytest.raises(TrainingError) as caught, points.save(step):  # type: ignore[arg-type]  # that is the point
            raise AssertionError

        assert str(caught.value) == wanted


def test_a_file_of_the_name_of_the_list_is_refused(tmp_path: Path) -> None:
    points = Checkpoints(tmp_path)
    with pytest.raises(TrainingError, match=r"checkpoint\.json is the name of the list"), points.save(1) as directory:
        (directory / MANIFEST).write_text("{}")

    assert names(tmp_path) == []


def test_one_within_another_is_refused_and_the_outer_one_is_whole(tmp_path: Path) -> None:
    points = Checkpoints(tmp_path)
    with points.save(1) as directory:
        (directory / "weights").write_text("of step 1")
        with pytest.raises(TrainingError, match="save\\(\\) within another save\\(\\)"), points.save(2):
            raise AssertionError

    found = points.latest()

    assert found is not None
    assert (found.step, (found.directory / "weights").read_text()) == (1, "of step 1")


def test_a_directory_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    place = tmp_path / "points"
    place.write_text("a file")
    with pytest.raises(TrainingError) as caught, Checkpoints(place).save(1):
        raise AssertionError

    assert str(caught.value) == (
        f"checkpoints: {place} cannot be written to (Not a directory); allowed: a directory of this job, as the "
        "stack's checkpoint sets it"
    )
