"""The example programs, typed as docs/embed.md has them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, commands_of

COMMANDS = [
    command
    for command in commands_of(ROOT / "docs" / "embed.md")
    if "build/check" in command or "build/watch" in command or "frames.py one" in command
]


@pytest.mark.native
def test_the_pages_commands_judge_simulated_frames(built: Path, tmp_path: Path) -> None:
    for name in ("device", "rise_edge"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "build").symlink_to(built)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}
    said = {}
    for command in COMMANDS:
        # One attack and one person have been judged by then.
        command = command.replace("frames.py stream", "frames.py stream --frames 170")
        done = subprocess.run(
            ["bash", "-c", command], cwd=tmp_path, env=env, text=True, capture_output=True
        )
        said[command] = done.stdout
        assert done.returncode == 0, done.stderr
    made, checked, watched = said.values()
    assert made == ""
    assert "LIVE" in checked
    assert {"LIVE", "SPOOF"} <= set(watched.split())


@pytest.mark.native
@pytest.mark.parametrize(("program", "code"), [("check", 1), ("watch", 1), ("speed", 2)])
def test_without_arguments_a_program_says_how_it_is_used(
    built: Path, program: str, code: int
) -> None:
    done = subprocess.run([built / program], capture_output=True, text=True)
    assert done.returncode == code
    assert done.stderr.startswith("usage: ")
