"""The kiosk's files for systemd say what the program understands."""

import configparser
import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from rise_edge.errors import RiseEdgeError
from rise_edge.kiosk.config.command_line import parse
from rise_edge.kiosk.exit_codes import EXIT_CODES
from rise_edge.kiosk.web.access.origin import Origin
from rise_edge.kiosk.web.server import Address

KIOSK = Path(__file__).parents[2] / "device" / "kiosk"
UNITS = sorted(path.name for path in KIOSK.iterdir() if path.suffix in (".service", ".timer"))


def unit(name: str) -> configparser.ConfigParser:
    text = (KIOSK / name).read_text().replace("\\\n", " ")
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(text)
    return parser


def test_the_service_starts_the_capture_with_the_configuration_beside_it() -> None:
    command = unit("rise-edge-kiosk.service")["Service"]["ExecStart"]
    program, *arguments = shlex.split(command)
    assert program == "/opt/rise-edge/venv/bin/python"
    assert arguments == ["-m", "rise_edge.capture", "--config", "/etc/rise-edge/kiosk.toml"]


def test_the_configuration_of_the_service_is_one_that_the_capture_takes() -> None:
    config = parse(["--config", str(KIOSK / "kiosk.toml")]).kiosk
    assert config.source.camera == "realsense:SERIAL"
    assert config.display.view == "web"
    assert config.server.monitor == Address(port=9180)
    assert config.decision.lock_out is None, "a live camera locks by itself"
    assert not config.source.allow_virtual


def test_every_example_in_the_configuration_of_the_service_is_one_that_the_capture_takes(
    tmp_path: Path,
) -> None:
    text = (KIOSK / "kiosk.toml").read_text()
    given = re.sub(r"^# (?=[a-z-]+ = )", "", text, flags=re.MULTILINE)
    assert given != text
    (tmp_path / "kiosk.toml").write_text(given)
    config = parse(["--config", str(tmp_path / "kiosk.toml")]).kiosk
    assert config.model.min_version == 3
    assert config.server.web_origin == Origin("https", "kiosk.example")


def test_what_starting_again_does_not_fix_is_not_started_again() -> None:
    service = unit("rise-edge-kiosk.service")["Service"]
    assert service["Restart"] == "always"
    final = [str(each.code) for each in EXIT_CODES if not each.restart]
    assert service["RestartPreventExitStatus"].split() == final
    assert "11" in final


def test_the_guide_lists_each_exit_code_and_whether_it_is_started_again() -> None:
    rows = re.findall(r"^\| (\d+) \| (.+) \| (yes|no) \|$", (KIOSK / "README.md").read_text(), re.M)
    wanted = [(str(each.code), "yes" if each.restart else "no") for each in EXIT_CODES]
    assert [(code, again) for code, _, again in rows] == wanted
    for (_, told, _), each in zip(rows[1:], EXIT_CODES[1:], strict=True):
        assert told == each.meaning


def test_the_help_lists_each_exit_code_and_every_error_of_a_kiosk_has_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        parse(["--help"])
    listed = re.findall(r"^  (\d+) +\S", capsys.readouterr().out, re.M)
    codes = {each.code for each in EXIT_CODES}
    assert listed == [str(each.code) for each in EXIT_CODES]
    assert {error.exit_code for error in RiseEdgeError.__subclasses__()} - {7} <= codes


def test_it_writes_into_its_state_alone_and_has_no_network() -> None:
    service = unit("rise-edge-kiosk.service")["Service"]
    assert service["ProtectSystem"] == "strict"
    assert service["IPAddressDeny"] == "any"
    records = parse(["--config", str(KIOSK / "kiosk.toml")]).kiosk.records
    written = [str(records.events), str(records.audit)]
    assert all(path.startswith("/var/lib/rise-edge/") for path in written)
    assert service["StateDirectory"] == "rise-edge"


@pytest.mark.needs("systemd")
@pytest.mark.parametrize("name", UNITS)
def test_systemd_understands_each_unit(name: str, tmp_path: Path) -> None:
    # The program is not installed here, and that alone may be missed.
    text = (KIOSK / name).read_text().replace("/opt/rise-edge/venv/bin/", "/bin/true ")
    for other in UNITS:
        (tmp_path / other).write_text((KIOSK / other).read_text())
    (tmp_path / name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / name)],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
    )
    lines = [line for line in done.stderr.splitlines() if name in line]
    assert lines == []


def test_the_guide_names_every_file_beside_it() -> None:
    guide = (KIOSK / "README.md").read_text()
    missing = [p.name for p in KIOSK.iterdir() if p.name not in guide and p.name != "README.md"]
    assert missing == []
