"""Every script of device/ says how it is called."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted(
    str(path.relative_to(ROOT))
    for path in (ROOT / "device").rglob("*.py")
    if "node_modules" not in path.parts and "__main__" in path.read_text()
)


@pytest.mark.parametrize("script", SCRIPTS)
def test_it_says_how_it_is_called(script: str, tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / script), "--help"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: ")
    assert list(tmp_path.iterdir()) == [], "it writes nothing"
