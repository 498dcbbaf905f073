"""Files are written whole or not at all."""

import os
import sys

import pytest

from backproof.cli import main, output
from backproof.cli.output import write_text
from backproof.errors import BadFile


def solve(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["backproof", "solve", "question-01", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        main()
    return stop.value.code or 0


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_out_holds_what_would_have_been_printed(tmp_path, monkeypatch, capfd, form):
    path = tmp_path / "out"
    assert solve(monkeypatch, "--format", form, "--out", path) == 0
    assert capfd.readouterr() == ("", "")
    assert solve(monkeypatch, "--format", form) == 0
    printed = capfd.readouterr().out
    written = path.read_text(encoding="utf-8")
    assert written == printed if form != "text" else "".join(written.split()).startswith("Question1")
    assert os.listdir(tmp_path) == ["out"]


def broken(*_):
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("where", ["replace", "chmod"])
def test_the_old_file_is_kept_where_writing_fails(tmp_path, monkeypatch, capfd, where):
    path = tmp_path / "out"
    path.write_text("precious")
    monkeypatch.setattr(output.os, where, broken)
    assert solve(monkeypatch, "--out", path) == 2
    assert "cannot be written: No space left on device" in capfd.readouterr().err
    assert path.read_text() == "precious"
    assert os.listdir(tmp_path) == ["out"]


def test_nothing_half_written_is_left_behind(tmp_path):
    path = tmp_path / "out"
    path.write_text("precious")
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "half \ud800")
    assert path.read_text() == "precious"
    assert os.listdir(tmp_path) == ["out"]


def test_a_solution_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "out"
    path.write_text("precious")
    assert solve(monkeypatch, "--out", path, "--explain", "nothing") == 2
    assert path.read_text() == "precious"


def test_a_folder_and_a_missing_folder(tmp_path):
    with pytest.raises(BadFile, match="this is a folder"):
        write_text(tmp_path, "text")
    with pytest.raises(BadFile, match="cannot be written: No such file or directory"):
        write_text(tmp_path / "none" / "out", "text")


def test_a_file_that_may_not_be_changed(tmp_path, monkeypatch):
    path = tmp_path / "out"
    path.write_text("precious")
    path.chmod(0o444)
    monkeypatch.setattr(output.os, "access", lambda *_: False)
    with pytest.raises(BadFile, match="it may not be changed"):
        write_text(path, "text")
    assert path.read_text() == "precious"


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o640])
def test_permissions_are_kept(tmp_path, mode):
    path = tmp_path / "out"
    path.write_text("old")
    path.chmod(mode)
    write_text(path, "new")
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == mode


def test_a_new_file_has_the_permissions_that_new_files_have(tmp_path):
    (tmp_path / "usual").touch()
    write_text(tmp_path / "out", "new")
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_a_link_is_written_through_or_replaced_but_its_target_is_never_half_written(tmp_path):
    (tmp_path / "target").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    write_text(tmp_path / "link", "new")
    assert (tmp_path / "link").read_text() == "new"
    assert (tmp_path / "target").read_text() in ("old", "new")
