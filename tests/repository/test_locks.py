"""The lock files in requirements/ hold what pyproject.toml allows, each file with its hashes."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.requirements import Requirement

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "requirements"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]

EXTRAS = {"base": "", "kiosk": "kiosk", "test": "test", "dev": "dev", "oldest": "test"}
PYTHONS = {name: ("3.10", "3.11", "3.12", "3.13") for name in EXTRAS} | {"oldest": ("3.10",)}
PARTS = [("base", "kiosk"), ("kiosk", "test"), ("test", "dev")]
LINUX = {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64"}


@dataclass(frozen=True)
class Locked:
    """One package of a lock file."""

    requirement: Requirement
    hashes: list[str]

    @property
    def version(self) -> str:
        return str(self.requirement.specifier).removeprefix("==")


def locked(name: str) -> list[Locked]:
    """The packages of a lock file; what else it says is an error."""
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    lines = re.sub(r" \\\n +", " ", text).splitlines()
    found = []
    for line in lines:
        if not line.lstrip().startswith("#"):
            requirement, *hashes = line.split(" --hash=sha256:")
            found.append(Locked(Requirement(requirement), hashes))
    return found


def environment(python: str) -> dict[str, str]:
    return {**LINUX, "python_version": python, "python_full_version": f"{python}.0", "extra": ""}


def required(extra: str, python: str) -> Iterator[Requirement]:
    """What pyproject.toml requires of an install with an extra, through extras of its own."""
    listed = PROJECT["optional-dependencies"][extra] if extra else PROJECT["dependencies"]
    for requirement in map(Requirement, listed):
        if requirement.name == PROJECT["name"]:
            for further in requirement.extras:
                yield from required(further, python)
        elif requirement.marker is None or requirement.marker.evaluate(environment(python)):
            yield requirement


def applicable(name: str, python: str) -> list[Locked]:
    """The packages of a lock file that a Python on Linux installs."""
    here = environment(python)
    markers = [(entry, entry.requirement.marker) for entry in locked(name)]
    return [entry for entry, marker in markers if marker is None or marker.evaluate(here)]


def versions(name: str, python: str) -> dict[str, str]:
    """Their versions, by package."""
    return {entry.requirement.name: entry.version for entry in applicable(name, python)}


def torch() -> Locked:
    """What torch-cpu.txt pins, after the index that has it."""
    text = (FOLDER / "torch-cpu.txt").read_text(encoding="utf-8")
    requirement, *hashes = re.sub(r" \\\n +", " ", text).splitlines()[-1].split(" --hash=sha256:")
    return Locked(Requirement(requirement), hashes)


@pytest.mark.parametrize("name", EXTRAS)
def test_every_package_is_pinned_and_hashed(name: str) -> None:
    for entry in locked(name):
        assert re.fullmatch(r"==[^*,]+", str(entry.requirement.specifier)), entry
        assert entry.requirement.url is None
        assert entry.hashes
        assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in entry.hashes)


@pytest.mark.parametrize(("name", "python"), [(n, p) for n in EXTRAS for p in PYTHONS[n]])
def test_a_lock_satisfies_the_ranges(name: str, python: str) -> None:
    found = versions(name, python) | {"torch": torch().version}
    wanted = {*required("", python), *required(EXTRAS[name], python)}
    wanted |= set(map(Requirement, PYPROJECT["build-system"]["requires"]))
    unmet = [w for w in wanted if w.name not in found or found[w.name] not in w.specifier]
    assert unmet == [], "run make lock"


@pytest.mark.parametrize(("part", "whole"), PARTS)
def test_a_smaller_lock_is_a_part_of_the_larger(part: str, whole: str) -> None:
    for python in PYTHONS[part]:
        assert versions(part, python).items() <= versions(whole, python).items()


@pytest.mark.parametrize("python", PYTHONS["dev"])
def test_a_package_is_locked_once_for_a_python(python: str) -> None:
    assert len(applicable("dev", python)) == len(versions("dev", python))


def test_the_cpu_build_of_torch_is_the_version_that_is_trained_with() -> None:
    assert str(torch().requirement) in PROJECT["optional-dependencies"]["train"]
    assert len(torch().hashes) == 9  # three Pythons on Linux (two processors) and macOS


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.name)
def test_a_lock_names_no_folder_and_no_index_of_one_machine(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    orders = [line for line in lines if not re.match(r"[a-z0-9]+|    --hash=|\s*#", line)]
    assert orders in ([], ["--extra-index-url https://download.pytorch.org/whl/cpu"])
    assert not [line for line in lines if re.match(r"[a-z0-9-]+\s*@|file:|/", line)]
