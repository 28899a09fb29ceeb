"""Write the lock files from pyproject.toml: `make lock`; with `--upgrade`, newest versions.

Versions are chosen once, in dev.txt; base.txt, kiosk.txt and test.txt are parts of it. Each file
serves every platform and Python from 3.10 on by environment markers, and holds the build backend
too: what builds the package is checked like everything else. Afterwards each file is resolved from
wheels alone for Linux on both processors with every Python that is tested, so that no install has
to compile something (64-bit ARM: see ARM_PYTHONS).

torch and what only its CUDA build needs are left out of dev.txt: see torch-cpu.txt. So are packages
that ExecuTorch lists for language models and that nothing here imports. Therefore, and because a
lock is complete, pip installs it with --no-deps.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    sys.exit("expected Python >= 3.11 to write lock files, which brings tomllib")

ROOT = Path(__file__).parents[1]
PYTHONS = ("3.10", "3.11", "3.12", "3.13")
ARM_PYTHONS = ("3.10", "3.12")
"""Those for which pyrealsense2 has wheels on 64-bit ARM; base.txt is without it."""
X86, ARM = "x86_64-manylinux_2_28", "aarch64-manylinux_2_28"

_UV = (sys.executable, "-m", "uv", "--no-config", "--quiet", "pip")
_COMPILE = ("compile", "--generate-hashes", "--no-header", "--python-version", PYTHONS[0])
_EVERYWHERE = ("--universal", "--annotation-style", "line")
_OLDEST = ("--resolution", "lowest-direct", "--python-platform", X86)

_ENTRY = re.compile(r"^(?=[a-z0-9])", re.MULTILINE)
_LEFT_OUT = re.compile(
    r"(torch|triton|nvidia-[a-z0-9-]+|cuda-[a-z0-9-]+"  # see torch-cpu.txt
    r"|hydra-core|omegaconf|antlr4-python3-runtime)=="  # ExecuTorch's language models; no wheel
)

_CONSTRAINT = re.compile(
    r"    # via -c \S+\n|, -c requirements/dev\.txt|-c requirements/dev\.txt, "
)
"""What a file says of dev.txt holding its versions: no reason for a package."""

_HEADER = "# Written by `make lock`.\n"


def compile_file(name: str, extra: str | None, *options: str) -> None:
    """Write one lock file.

    Args:
        name: name of the file; versions in it are kept where the ranges allow them.
        extra: extra of pyproject.toml to lock, None for the bare package.
        options: further options for `uv pip compile`.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = ("--extra", extra) if extra else ()
    command = [*_UV, *_COMPILE, *options, *extras, "pyproject.toml", "-", "-o", name]
    build = "\n".join(project["build-system"]["requires"])
    subprocess.run(command, cwd=ROOT, check=True, input=build, text=True)
    path = ROOT / name
    entries = _ENTRY.split(_CONSTRAINT.sub("", path.read_text(encoding="utf-8")))
    kept = "".join(entry for entry in entries if not _LEFT_OUT.match(entry))
    path.write_text(_HEADER + kept, encoding="utf-8")


def check_wheels(name: str, platform: str, pythons: tuple[str, ...]) -> None:
    """Resolve a lock file from wheels alone on a platform; nothing is installed."""
    for python in pythons:
        print(f"{name}: wheels for Python {python} on {platform}", flush=True)
        where = ("--python-version", python, "--python-platform", platform)
        what = ("--dry-run", "--no-deps", "--only-binary", ":all:", "--require-hashes")
        command = [*_UV, "install", "--target", "/nonexistent", *what, *where, "-r", name]
        subprocess.run(command, cwd=ROOT, check=True)


def main() -> None:
    """Write every lock file."""
    wanted = sys.argv[1:]
    if wanted not in ([], ["--upgrade"]):
        sys.exit(f"expected --upgrade or nothing, got {' '.join(wanted)}")
    locks = {"dev": "dev", "test": "test", "kiosk": "kiosk", "base": None}
    for file, extra in locks.items():
        part = () if file == "dev" else ("--constraints", "requirements/dev.txt")
        compile_file(f"requirements/{file}.txt", extra, *_EVERYWHERE, *wanted, *part)
    compile_file("requirements/oldest.txt", "test", *_OLDEST, *wanted)
    for file in locks:
        check_wheels(f"requirements/{file}.txt", X86, PYTHONS)
        check_wheels(f"requirements/{file}.txt", ARM, PYTHONS if file == "base" else ARM_PYTHONS)
    check_wheels("requirements/oldest.txt", X86, PYTHONS[:1])


if __name__ == "__main__":
    main()
