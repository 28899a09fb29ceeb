"""The kiosk's files for systemd say what the program understands."""

import configparser
import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from rise_edge.errors import RiseEdgeError
from rise_edge.kiosk.arguments import parse
from rise_edge.kiosk.exit_codes import EXIT_CODES

KIOSK = Path(__file__).parents[2] / "device" / "kiosk"
UNITS = sorted(path.name for path in KIOSK.iterdir() if path.suffix in (".service", ".timer"))


def unit(name: str) -> configparser.ConfigParser:
    text = (KIOSK / name).read_text().replace("\\\n", " ")
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(text)
    return parser


def settings() -> dict[str, str]:
    lines = (KIOSK / "kiosk.conf").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_the_service_starts_the_capture_with_arguments_that_it_has() -> None:
    command = unit("rise-edge-kiosk.service")["Service"]["ExecStart"]
    values = settings()
    for name, value in values.items():
        command = command.replace(f"${{{name}}}", value).replace(f"${name}", value)
    program, *arguments = shlex.split(command)
    assert "$" not in command
    assert program == "/opt/rise-edge/venv/bin/python"
    assert arguments[:2] == ["-m", "rise_edge.capture"]
    options = parse(arguments[2:])
    assert options.camera == "realsense:SERIAL"
    assert options.view == "web"
    assert options.audit
    assert options.events
    assert options.monitor
    assert options.lock_out is None, "a live camera locks by itself"
    assert not options.allow_virtual


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
    written = [a for a in shlex.split(service["ExecStart"]) if a.startswith("/var/")]
    assert written
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
