"""Every command: how it was called, what is wrong in one line, what may have been meant."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

import rise_edge
from rise_edge.__main__ import _COMMANDS, main
from rise_edge.command_line.arguments import called_as
from rise_edge.frame import parse_modality_set


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["/usr/bin/rise-edge", *arguments])
    try:
        return main()
    except SystemExit as end:
        return int(end.code or 0)


def test_the_version_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "--version") == 0
    assert capsys.readouterr().out == f"rise-edge {rise_edge.__version__}\n"


@pytest.mark.parametrize(
    ("word", "meant"), [("selftset", "selftest"), ("captur", "capture"), ("version", "--version")]
)
def test_an_unknown_command_is_named_with_what_may_have_been_meant(
    word: str, meant: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, word) == 2
    first = capsys.readouterr().err.splitlines()[0]
    assert word in first
    assert f"did you mean {meant}?" in first


@pytest.mark.parametrize("name", _COMMANDS)
def test_wrong_arguments_are_one_line_and_where_to_look(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, name, "--no-such-thing") == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("error: ")
    assert lines[1] == f"see `rise-edge {name} --help`"


@pytest.mark.parametrize("name", _COMMANDS)
def test_the_usage_shows_how_it_was_called(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, name, "--help") == 0
    assert capsys.readouterr().out.startswith(f"usage: rise-edge {name} ")
    module = _COMMANDS[name][0]
    monkeypatch.setattr(sys, "argv", [str(importlib.import_module(module).__file__), "--help"])
    with pytest.raises(SystemExit):
        importlib.import_module(module).main(["--help"])
    plain = module.removesuffix(".__main__")
    assert capsys.readouterr().out.startswith(f"usage: python -m {plain} ")


def test_the_package_is_a_command_too(monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path(rise_edge.__file__).with_name("__main__.py")
    monkeypatch.setattr(sys, "argv", [str(path)])
    assert called_as("soak", "rise_edge.soak") == "python -m rise_edge soak"


def test_an_option_that_is_nearly_right_is_suggested(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "capture", "--evnts=a.jsonl") == 2
    assert "did you mean --events?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "meant"),
    [("color", "colour"), ("rgb+depth", "colour+depth"), ("Colour,IR", "colour+infrared")],
)
def test_other_names_of_modalities_are_answered_with_ours(given: str, meant: str) -> None:
    with pytest.raises(ValueError, match=f"did you mean {meant}\\?".replace("+", "\\+")):
        parse_modality_set(given)


def test_what_nobody_calls_a_modality_gets_no_suggestion() -> None:
    with pytest.raises(ValueError, match=r"got 'RGB\+smell'$"):
        parse_modality_set("RGB+smell")
