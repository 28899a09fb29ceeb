"""Flags over a file over defaults; what is wrong is one line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rise_edge.frame import Modality
from rise_edge.kiosk.config.command_line import Arguments, parse
from rise_edge.kiosk.config.kiosk_config import KioskConfig
from rise_edge.kiosk.config.settings import SETTINGS
from rise_edge.kiosk.web.access.origin import Origin
from rise_edge.kiosk.web.server import Address


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The line that says what is wrong."""
    with pytest.raises(SystemExit) as ended:
        parse(words)
    lines = capsys.readouterr().err.splitlines()
    assert ended.value.code == 2
    assert len(lines) == 2, lines
    assert lines[0].startswith("error: ")
    assert lines[1].endswith(" --help`")
    return lines[0]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of configuration."""
    path = tmp_path / "kiosk.toml"
    path.write_text(
        'camera = "images"\nview = "none"\nsessions = 3\nallow-virtual = true\n'
        'second-opinion = ["one.onnx", "two.onnx"]\n'
    )
    return path


def test_without_a_word_everything_is_default() -> None:
    assert parse([]) == Arguments(kiosk=KioskConfig())


def test_each_flag_has_its_field() -> None:
    config = parse(
        [
            "--camera",
            "realsense:12",
            "--emitter=alternate",
            "--recover",
            "0",
            "--record",
            "new.db3",
            "--bundle",
            "b",
            "--public-key",
            "k",
            "--min-version",
            "3",
            "--site",
            "s",
            "--drift-history",
            "d",
            "--runtime",
            "executorch",
            "--second-opinion",
            "one.onnx",
            "--second-opinion",
            "two.onnx",
            "--modalities",
            "depth+colour",
            "--lock-out",
            "0",
            "--view",
            "web",
            "--language",
            "own.json",
            "--web",
            "[::1]:80",
            "--web-token-file",
            "t",
            "--web-origin",
            "https://kiosk.example",
            "--monitor",
            "9180",
            "--events",
            "-",
            "--audit",
            "a.db",
            "--keep-evidence",
            "e",
            "--keep",
            "all",
            "--keep-days",
            "7",
            "--keep-mb",
            "5",
            "--seconds",
            "0.5",
            "--sessions",
            "2",
            "--pace",
            "real",
            "--seed",
            "-4",
        ]
    ).kiosk
    assert (config.source.camera, config.source.emitter) == ("realsense:12", "alternate")
    assert (config.source.recover, config.source.seed, config.source.pace) == (0, -4, "real")
    assert (config.model.bundle, config.model.min_version) == (Path("b"), 3)
    assert config.model.second_opinion == (Path("one.onnx"), Path("two.onnx"))
    assert config.decision.modalities == {Modality.COLOUR, Modality.DEPTH}
    assert config.decision.lock_out == 0
    assert config.display.language == "own.json"
    assert config.server.web == Address("::1", 80)
    assert config.server.web_origin == Origin("https", "kiosk.example")
    assert config.server.monitor == Address(port=9180)
    assert config.records.events == "-"
    assert (config.records.keep, config.records.keep_days) == ("all", 7)
    assert (config.stop.seconds, config.stop.sessions) == (0.5, 2)


def test_a_flag_that_comes_twice_has_its_last_value() -> None:
    assert parse(["--sessions", "1", "--sessions", "2"]).kiosk.stop.sessions == 2


@pytest.mark.parametrize(
    ("old", "new"), [("--model", "--bundle"), ("--least-version", "--min-version")]
)
@pytest.mark.parametrize("joined", [False, True])
def test_an_old_name_works_with_a_warning(
    old: str, new: str, joined: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [f"{old}=3"] if joined else [old, "3"]
    config = parse([*words, "--public-key", "k"]).kiosk
    assert config == parse([new, "3", "--public-key", "k"]).kiosk
    said = capsys.readouterr().err
    assert said.startswith("warning: ")
    assert old in said
    assert new in said


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--sessions", "0"], "--sessions"),
        (["--sessions", "1.5"], "--sessions"),
        (["--keep-evidence", "d", "--keep-days", "0"], "--keep-days"),
        (["--keep-mb=-1"], "--keep-mb"),
        (["--recover", "-1"], "--recover"),
        (["--lock-out", "-1"], "--lock-out"),
        (["--seconds", "nan"], "--seconds"),
        (["--seconds", "inf"], "--seconds"),
        (["--seed", "x"], "--seed"),
        (["--modalities", "depth"], "--modalities"),
        (["--modalities", "color"], "did you mean colour?"),
        (["--view", "x"], "terminal, web or none"),
        (["--emitter", "x"], "on, off or alternate"),
        (["--monitor", "x"], "--monitor"),
        (["--monitor", "70000"], "--monitor"),
        (["--web-origin", "kiosk.example"], "--web-origin"),
        (["--audit", ""], "--audit"),
        (["--second-opinion", ""], "--second-opinion"),
        (["--camera", "\0"], "--camera"),
        (["--camera", "--view", "none"], "--camera"),
        (["--view"], "--view"),
        (["--config"], "--config"),
        (["--config", ""], "--config"),
        (["--evnts=a.jsonl"], "did you mean --events?"),
        (["--list-camera"], "did you mean --list-cameras?"),
        (["images"], "images"),
        (["--allow-virtual=yes"], "--allow-virtual"),
    ],
)
def test_a_wrong_word_is_one_line_that_names_it(
    words: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert named in refused(capsys, *words)


@pytest.mark.parametrize(
    ("words", "flag", "add"),
    [
        (["--accept-colour-alone"], "--accept-colour-alone", "--modalities colour"),
        (["--web", "8350"], "--web", "--view web"),
        (
            ["--web-origin", "https://x.example", "--view", "web"],
            "--web-origin",
            "--web-token-file",
        ),
        (["--web-token-file", "t"], "--web-token-file", "--monitor"),
        (["--min-version", "3"], "--min-version", "--public-key"),
        (["--drift-history", "d"], "--drift-history", "--site"),
        (["--keep", "all"], "--keep", "--keep-evidence"),
        (["--monitor", "0.0.0.0:1"], "--monitor", "--web-token-file"),
        (["--view", "web", "--web", "0.0.0.0:1"], "--web", "--web-token-file"),
    ],
)
def test_what_does_not_agree_is_refused_with_what_to_add(
    words: list[str], flag: str, add: str, capsys: pytest.CaptureFixture[str]
) -> None:
    line = refused(capsys, *words)
    assert line.startswith(f"error: {flag} ")
    assert add in line


def test_a_file_wins_over_defaults(file: Path) -> None:
    config = parse(["--config", str(file)]).kiosk
    assert config.source.camera == str(file.parent / "images")
    assert (config.display.view, config.stop.sessions) == ("none", 3)
    assert config.model.second_opinion == (file.parent / "one.onnx", file.parent / "two.onnx")


def test_flags_win_over_a_file(file: Path) -> None:
    config = parse(
        [
            f"--config={file}",
            "--sessions",
            "5",
            "--camera",
            "images",
            "--no-allow-virtual",
            "--second-opinion",
            "mine.onnx",
        ]
    ).kiosk
    assert config.stop.sessions == 5
    assert config.source.camera == "images", "a flag's path is relative to where one is"
    assert not config.source.allow_virtual
    assert config.model.second_opinion == (Path("mine.onnx"),)
    assert config.display.view == "none"


def test_a_flag_may_complete_what_a_file_lacks(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text("web = 8350\n")
    assert parse(["--config", str(file), "--view", "web"]).kiosk.server.web == Address(port=8350)


def test_values_of_a_file_that_do_not_agree_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text("web = 8350\n")
    assert "--view web" in refused(capsys, "--config", str(file))


def test_a_wrong_file_is_one_line(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text('camera = "simulated"\n\nevnts = "-"\n')
    line = refused(capsys, "--config", str(file))
    assert f"{file}, line 3, evnts" in line
    assert "did you mean events?" in line


def test_the_help_has_every_flag_with_its_choices_and_defaults(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    with pytest.raises(SystemExit) as ended:
        parse(["--help"])
    said = capsys.readouterr().out
    assert not ended.value.code
    assert [name for name in SETTINGS if f"--{name}" not in said] == []
    assert "{terminal,web,none}" in said
    assert "(default: colour+depth+infrared)" in said
    assert "None" not in said
    assert "--model" not in said


def test_the_help_shows_the_values_of_a_file(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse(["--config", str(file), "--help"])
    assert "(default: 3)" in capsys.readouterr().out


def test_the_library_does_not_import_the_parser() -> None:
    code = "import sys, rise_edge; sys.exit('tyro' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], env={**os.environ}).returncode == 0


def test_who_closes_the_pipe_ends_the_help_without_a_traceback() -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "rise_edge.capture", "--help"]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, text=True)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, "")
