"""A program whose folder is on a disk of its own that is soon full."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.needs import by_hand


def run_on_small_disk(
    folder: Path, size: str, program: str, *words: str
) -> subprocess.CompletedProcess[str]:
    """Run a Python program on a small disk; skip the running test if no disk may be mounted here.

    Args:
        folder: that is the disk, for this program alone; its first argument.
        size: of the disk, as `mount` takes it.
        program: source.
        words: more arguments.
    """
    apart = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
    mount = f"mount -t tmpfs -o size={size} tmpfs {shlex.quote(str(folder))}"
    test = [*apart, "sh", "-c", mount]
    if not shutil.which("unshare") or subprocess.run(test, capture_output=True).returncode:
        by_hand("a small disk", "run the tests as root on Linux, outside of a container")
    command = shlex.join([sys.executable, "-c", program, str(folder), *words])
    return subprocess.run(
        [*apart, "sh", "-c", f"{mount} && exec {command}"],
        capture_output=True,
        text=True,
        timeout=60,
    )
