"""The file of the kiosk's configuration: what reads, what is refused where, and the way back."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rise_edge.errors import ConfigError
from rise_edge.frame import Modality
from rise_edge.kiosk.config.kiosk_config import KioskConfig, SourceConfig
from rise_edge.kiosk.config.settings import SETTINGS, with_values
from rise_edge.kiosk.config.toml_file import MAX_BYTES, config_text, parse_config, read_config
from rise_edge.kiosk.web.access.origin import Origin
from rise_edge.kiosk.web.server import Address

PLACE = Path("/etc/rise-edge/kiosk.toml")
NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)
PATHS = NAMES.map(lambda name: Path("/srv") / name)
COUNTS = st.integers(1)
ADDRESSES = st.builds(
    Address, st.sampled_from(["127.0.0.1", "::1", "localhost", "0.0.0.0"]), st.integers(0, 65535)
)
MODALITIES = st.frozensets(st.sampled_from(list(Modality))).map(lambda x: x | {Modality.COLOUR})
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "camera": st.sampled_from(["simulated", "realsense", "realsense:12"]) | PATHS.map(str),
    "calibration": PATHS,
    "record": PATHS,
    "emitter": st.sampled_from(["on", "off", "alternate"]),
    "allow-virtual": st.booleans(),
    "recover": st.integers(0),
    "pace": st.sampled_from(["real", "fast"]),
    "seed": st.integers(),
    "bundle": PATHS,
    "public-key": PATHS,
    "min-version": st.integers(0),
    "site": PATHS,
    "drift-history": PATHS,
    "runtime": st.sampled_from(["onnx", "executorch"]),
    "second-opinion": st.lists(PATHS).map(tuple),
    "modalities": MODALITIES,
    "accept-colour-alone": st.booleans(),
    "lock-out": st.integers(0),
    "view": st.sampled_from(["terminal", "web", "none"]),
    "language": st.sampled_from(["de", "en"]) | PATHS.map(lambda path: f"{path}.json"),
    "web": ADDRESSES,
    "web-token-file": PATHS,
    "web-origin": st.sampled_from([Origin("https", "kiosk.example:8443"), Origin("http", "[::1]")]),
    "monitor": ADDRESSES,
    "events": st.just("-") | PATHS.map(str),
    "audit": PATHS,
    "keep-evidence": PATHS,
    "keep": st.sampled_from(["spoof", "denied", "all"]),
    "keep-days": COUNTS,
    "keep-mb": COUNTS,
    "seconds": st.floats(0, exclude_min=True, allow_infinity=False),
    "sessions": COUNTS,
}


def refused(text: str) -> str:
    with pytest.raises(ConfigError) as error:
        parse_config(text, PLACE)
    return str(error.value)


def test_every_setting_is_drawn_below() -> None:
    assert list(VALUES) == list(SETTINGS)


@given(st.fixed_dictionaries({}, optional=VALUES))
def test_what_is_printed_reads_back_to_the_same_configuration(values: dict[str, Any]) -> None:
    config = with_values(KioskConfig(), values)
    assert parse_config(config_text(config, Path("/nowhere")), PLACE) == config


def test_what_is_printed_means_the_same_files_wherever_it_is_read() -> None:
    config = with_values(KioskConfig(), {"camera": "images", "audit": Path("a.db"), "events": "-"})
    back = parse_config(config_text(config, Path("/home/me")), PLACE)
    assert back.source.camera == "/home/me/images"
    assert back.records.audit == Path("/home/me/a.db")
    assert back.records.events == "-"


def test_bytes_that_toml_cannot_hold_are_refused() -> None:
    with pytest.raises(ConfigError) as error:
        config_text(KioskConfig(source=SourceConfig(camera="/a\udcff")), Path("/"))
    assert "--camera" in str(error.value)


def test_relative_paths_are_relative_to_the_file() -> None:
    config = parse_config(
        'camera = "images"\nbundle = "../b"\nlanguage = "own.json"\nevents = "e.jsonl"\n', PLACE
    )
    assert config.source.camera == "/etc/rise-edge/images"
    assert config.model.bundle == Path("/etc/rise-edge/../b")
    assert config.display.language == "/etc/rise-edge/own.json"
    assert config.records.events == "/etc/rise-edge/e.jsonl"


@pytest.mark.parametrize(
    ("text", "value"),
    [("monitor = 80", Address(port=80)), ('monitor = "[::1]:80"', Address("::1", 80))],
)
def test_a_port_may_be_a_number(text: str, value: Address) -> None:
    assert parse_config(text, PLACE).server.monitor == value


@pytest.mark.parametrize(
    ("text", "line", "key", "named"),
    [
        ('\n\naudti = "a"', 3, "audti", "did you mean audit?"),
        ("keep_days = 3", 1, "keep_days", "did you mean keep-days?"),
        ('model = "b"', 1, "model", "did you mean bundle?"),
        ("least-version = 1", 1, "least-version", "did you mean min-version?"),
        ("xyz = 1", 1, "xyz", "unknown key"),
        ('# sessions = 1\nview = "none"\nsessions = "3"', 3, "sessions", "a whole number"),
        ("sessions = true", 1, "sessions", "true or false"),
        ("sessions = 3.0", 1, "sessions", "a whole number"),
        ("sessions = 0", 1, "sessions", ">= 1"),
        ("seconds = nan", 1, "seconds", "> 0"),
        ("allow-virtual = 1", 1, "allow-virtual", "true or false"),
        ('second-opinion = "a"', 1, "second-opinion", "a list"),
        ("second-opinion = [1]", 1, "second-opinion", "a string"),
        ("audit = 1979-05-27", 1, "audit", "a date"),
        ('audit = ""', 1, "audit", "expected"),
        ('audit = "a\\u0000"', 1, "audit", "expected"),
        ('view = "x"', 1, "view", "terminal, web or none"),
        ('camera = "simulated"\n[web]\nport = 1', 2, "web", "a table"),
        ('language = """\nview = 1\n"""\nview = 2', 4, "view", "a string"),
        ('"view" = 2', 1, "view", "a string"),
        ('config = "a.toml"', 1, "config", "unknown key"),
        ("print-config = true", 1, "print-config", "unknown key"),
    ],
)
def test_an_error_names_file_line_and_key(text: str, line: int, key: str, named: str) -> None:
    said = refused(text)
    assert said.startswith(f"{PLACE}, line {line}, {key}: ")
    assert named in said


@pytest.mark.parametrize("text", ["sessions =", "sessions = 1\nsessions = 2"])
def test_what_is_no_toml_is_refused_with_its_line(text: str) -> None:
    said = refused(text)
    assert said.startswith(str(PLACE))
    assert "line " in said


@pytest.mark.parametrize("text", [f"sessions = {'9' * 5000}", f"x = {'[' * 30_000}"])
def test_toml_beyond_reason_is_refused(text: str) -> None:
    assert refused(text).startswith(str(PLACE))


def test_a_file_of_another_system_reads_too(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_bytes(b"sessions = 3\r\nseed = 4\r\n")
    config = read_config(path)
    assert config == replace(
        KioskConfig(), source=SourceConfig(seed=4), stop=replace(config.stop, sessions=3)
    )


def test_a_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "kiosk.toml")
    with pytest.raises(ConfigError):
        read_config(tmp_path / "kiosk.toml")


@pytest.mark.parametrize("content", [b"#" * (MAX_BYTES + 1), b'camera = "simulated"\n# \xff\n'])
def test_what_is_too_large_or_no_utf8_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_bytes(content)
    with pytest.raises(ConfigError) as error:
        read_config(tmp_path / "kiosk.toml")
    assert str(tmp_path / "kiosk.toml") in str(error.value)
    if len(content) < MAX_BYTES:
        assert "line 2" in str(error.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as error:
        read_config(tmp_path / "kiosk.toml")
    assert error.value.exit_code == 2


def test_a_file_that_everybody_may_write_to_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text("allow-virtual = true\n")
    file.chmod(0o646)
    with pytest.raises(ConfigError, match="o-w"):
        read_config(file)
    file.chmod(0o644)
    assert read_config(file).source.allow_virtual
