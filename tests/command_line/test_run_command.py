"""What a command line runs ends with one line and an exit code."""

from __future__ import annotations

import pytest

from rise_edge.command_line.run_command import STOPPED, run_command
from rise_edge.errors import CameraError


def fails(error: BaseException) -> None:
    raise error


@pytest.mark.parametrize(("result", "code"), [(None, 0), ("a report", 0), (0, 0), (3, 3)])
def test_what_a_command_returns_is_its_exit_code_if_it_is_a_number(
    result: object, code: int
) -> None:
    with pytest.raises(SystemExit) as ended:
        run_command(lambda: result)
    assert ended.value.code == code


def test_an_error_is_one_line_and_its_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run_command(lambda: fails(CameraError("install it with `pip install x[realsense]`")))
    assert ended.value.code == CameraError.exit_code
    assert capsys.readouterr().err == "error: install it with `pip install x[realsense]`\n"


def test_ctrl_c_says_how_to_continue(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run_command(lambda: fails(KeyboardInterrupt()), "stopped; continue with --resume")
    assert ended.value.code == STOPPED
    assert capsys.readouterr().err == "stopped; continue with --resume\n"


def test_a_bug_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError):
        run_command(lambda: 1 // 0)
