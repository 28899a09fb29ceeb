"""A long bench says what it does: a bar on a terminal, a line a stage elsewhere."""

from __future__ import annotations

import pytest

from rise_edge.bench.progress import open_progress


def test_without_a_terminal_each_stage_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with open_progress(2) as begin:
        begin("rendering frames")
        begin("20 s without the page")
    assert capsys.readouterr().err.splitlines() == ["rendering frames", "20 s without the page"]


def test_on_a_terminal_the_stage_and_how_many_there_are_are_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {"FORCE_COLOR": "1", "TERM": "xterm-256color", "COLUMNS": "90"}.items():
        monkeypatch.setenv(name, value)
    with open_progress(4) as begin:
        begin("rendering frames")
        begin("20 s without the page")
    shown = capsys.readouterr().err
    assert "20 s without the page" in shown
    assert "1/4" in shown
