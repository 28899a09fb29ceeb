"""`python device/parity/arm64_root.py [FOLDER]`: what `rise_edge` needs on arm64, for QEMU.

A root with Debian's Python, which `same_bits.py` makes too. Packages are fetched with an apt
configuration of its own, and only unpacked: nothing is installed on this machine. The wheels are of
the versions that are installed here.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":  # a script's folder comes first on the path
    sys.path[0] = str(Path(__file__).resolve().parents[2])

import argparse
import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version

from rise_edge.errors import RiseEdgeError

PACKAGES = (
    "python3.11-minimal",
    "libpython3.11-minimal",
    "libpython3.11-stdlib",
    "libc6",
    "libstdc++6",
    "libgcc-s1",
    "zlib1g",
    "libexpat1",
    "libffi8",
    "libbz2-1.0",
    "liblzma5",
)
WHEELS = ("numpy", "onnxruntime", "opencv-python-headless")
FOLDER = Path("runs/arm64")
_RELEASE = "bookworm"
_KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"
_PLATFORMS = ("manylinux_2_28_aarch64", "manylinux_2_27_aarch64", "manylinux2014_aarch64")
_STAMP = "versions.json"


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the root unless it is there; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python device/parity/arm64_root.py",
        description="Make the root in which QEMU runs the bundle's model on arm64.",
    )
    parser.add_argument(
        "folder", nargs="?", type=Path, default=FOLDER, help=f"where it is kept (default: {FOLDER})"
    )
    try:
        print(prepare(parser.parse_args(arguments).folder, print))
    except RiseEdgeError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    return 0


def prepare(folder: Path, say: Callable[[str], None] = lambda what: None) -> Path:
    """The root in a cache folder, made first if it is not there or of other versions.

    Args:
        folder: folder of the cache.
        say: told what is being done.

    Raises:
        RiseEdgeError: a program or a package that it takes is missing.
    """
    root, wanted = folder / "root", _versions()
    if is_ready(folder):
        return root
    for program, package in {"apt-get": "apt", "dpkg-deb": "dpkg"}.items():
        if not shutil.which(program):
            raise RiseEdgeError(
                f"expected {program}, found none; this command needs Debian or "
                f"Ubuntu with {package}"
            )
    if not Path(_KEYS).exists():
        raise RiseEdgeError(
            f"expected Debian's keys at {_KEYS}, found none; apt-get install debian-archive-keyring"
        )
    fresh = folder / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    say(f"fetching {len(PACKAGES)} Debian packages for arm64")
    for archive in _fetch_packages(folder / "apt"):
        _run(["dpkg-deb", "-x", str(archive), str(fresh)])
    say("fetching " + ", ".join(f"{name} {number}" for name, number in wanted.items()))
    for wheel in _fetch_wheels(folder / "wheels", wanted):
        with zipfile.ZipFile(wheel) as packed:
            packed.extractall(fresh / "wheels")
    (fresh / _STAMP).write_text(json.dumps(wanted))
    shutil.rmtree(root, ignore_errors=True)
    fresh.rename(root)
    return root


def is_ready(folder: Path) -> bool:
    """Whether a cache folder holds a root with the versions that are installed here."""
    stamp = folder / "root" / _STAMP
    return stamp.is_file() and json.loads(stamp.read_text()) == _versions()


def _versions() -> dict[str, str]:
    return {name: version(name) for name in WHEELS}


def _fetch_packages(folder: Path) -> list[Path]:
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("lists/partial", "archives/partial", "packages"):
        (folder / name).mkdir(parents=True)
    where = folder.resolve()
    source = f"deb [signed-by={_KEYS}] http://deb.debian.org/debian {_RELEASE} main\n"
    (where / "sources.list").write_text(source)
    (where / "status").touch()
    config = where / "apt.conf"
    config.write_text(
        'APT::Architecture "arm64";\nAPT::Architectures { "arm64"; };\nAPT::Sandbox::User "";\n'
        'Acquire::Languages "none";\n'
        f'Dir::State "{where}";\nDir::State::status "{where}/status";\nDir::Cache "{where}";\n'
        f'Dir::Etc::sourcelist "{where}/sources.list";\nDir::Etc::sourceparts "{where}/none";\n'
    )
    apt = {"APT_CONFIG": str(config)}
    _run(["apt-get", "update"], apt, folder)
    _run(["apt-get", "download", *PACKAGES], apt, folder / "packages")
    return sorted((folder / "packages").glob("*.deb"))


def _fetch_wheels(folder: Path, versions: Mapping[str, str]) -> list[Path]:
    shutil.rmtree(folder, ignore_errors=True)
    platforms = [word for name in _PLATFORMS for word in ("--platform", name)]
    _run(
        [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--only-binary=:all:",
            "--python-version",
            "3.11",
            *platforms,
            "--dest",
            str(folder),
            *(f"{name}=={number}" for name, number in versions.items()),
        ]
    )
    return sorted(folder.glob("*.whl"))


def _run(
    words: list[str], variables: Mapping[str, str] | None = None, folder: Path | None = None
) -> None:
    done = subprocess.run(
        words, capture_output=True, text=True, env={**os.environ, **(variables or {})}, cwd=folder
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no word of why"])[-1]
        raise RiseEdgeError(f"`{' '.join(words[:2])}` ended with {done.returncode}: {last}")


if __name__ == "__main__":
    sys.exit(main())
