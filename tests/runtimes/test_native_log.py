"""What a C library writes to standard error, seen from outside its process."""

import subprocess
import sys

import pytest

PROGRAM = """
import os, re, sys
from rise_edge.runtimes.native_log import without_lines

{before}
try:
    with without_lines(re.compile(rb"noise \\d")):
        {inside}
except ValueError:
    print("raised")
print("went on")
"""
SAY = r"os.write(2, b'noise 1\nan error\nnoise about it\n')"


def run(inside: str, before: str = "") -> subprocess.CompletedProcess[str]:
    program = PROGRAM.format(before=before, inside=inside)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)


@pytest.mark.parametrize(
    ("inside", "stdout"),
    [(SAY, "went on\n"), (f"{SAY}; raise ValueError", "raised\nwent on\n")],
)
def test_only_the_lines_that_begin_so_are_left_out(inside: str, stdout: str) -> None:
    done = run(inside)
    assert done.stderr == "an error\nnoise about it\n"
    assert done.stdout == stdout


def test_standard_error_is_the_same_afterwards() -> None:
    program = PROGRAM.format(before="", inside=SAY) + SAY
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stderr == "an error\nnoise about it\n" + "noise 1\nan error\nnoise about it\n"


def test_a_process_without_standard_error_goes_on() -> None:
    assert run("pass", "os.close(2)").stdout == "went on\n"
    assert run("pass", "sys.stderr = None").stdout == "went on\n"
