"""What a script calls its model, put where it is sent from."""

from __future__ import annotations

from pathlib import Path

from scheduled_job import models


def test_a_model_takes_no_second_room_while_it_is_sent_and_is_not_changed_by_it(tmp_path: Path) -> None:
    model, there = tmp_path / "model", tmp_path / "record" / "model"
    model.mkdir()
    (model / "weights").write_text("large")
    (model / "link").symlink_to("weights")
    (model / "MLmodel").write_text("flavors: {}\n")

    models.put(model, there, "run-1")

    assert (there / "weights").samefile(model / "weights")
    assert ((there / "link").read_text(), (there / "link").is_symlink()) == ("large", False)
    assert "run_id: run-1" in (there / "MLmodel").read_text()
    assert (model / "MLmodel").read_text() == "flavors: {}\n"


def test_one_file_is_a_model_too(tmp_path: Path) -> None:
    (tmp_path / "m.onnx").write_text("1")

    models.copy(tmp_path / "m.onnx", tmp_path / "record")

    assert (tmp_path / "record" / "m.onnx").read_text() == "1"
    assert not (tmp_path / "record" / "m.onnx").samefile(tmp_path / "m.onnx")
