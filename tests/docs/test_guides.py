"""Every command of every guide is typed, as a reader types them from the top of a page."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import pytest

from rise_edge.cameras.folder.camera import write_folder
from rise_edge.simulator import Presentation
from tests.docs.guide_commands import GUIDES, OTHERS, Guide, Read, Typed
from tests.docs.pages import PAGES, ROOT, commands_of

pytestmark = pytest.mark.slow

pytest.importorskip("matplotlib", reason="needs the extra calibrate")

_PLACE = re.compile(r"^(/opt/rise-edge/source|path/to/rise_edge)/")
_SUBCOMMANDS = {"frames.py": 1, "simulator": 1, "audit": 1, "evidence": 1}
_SHOWN = ("calibration", "device", "docs", "examples", "quantize", "rise_edge", "tests", "train")
_HELPS = """
import contextlib, io, json, runpy, sys
found = []
for program, *rest in json.loads(sys.argv[1]):
    sys.argv, text = [program, *rest, "--help"], io.StringIO()
    with contextlib.redirect_stdout(text), contextlib.suppress(SystemExit):
        if program.endswith(".py"):
            runpy.run_path(program, run_name="__main__")
        else:
            runpy.run_module(program, run_name="__main__", alter_sys=True)
    found.append(text.getvalue())
print(json.dumps(found))
"""


def guide_pages() -> dict[str, Path]:
    return {page.relative_to(ROOT).as_posix(): page for page in PAGES}


def imports_torch(command: str) -> bool:
    return command.startswith(("python train/", "python quantize/"))


def typed(guide: Guide) -> list[str]:
    """The commands of a guide that are run, with the flags that are added."""
    return [
        f"{command} {what.more}".strip()
        for command, what in guide.commands.items()
        if isinstance(what, Typed)
    ]


@pytest.mark.parametrize("name", sorted(guide_pages()))
def test_every_command_of_a_page_has_its_class(name: str) -> None:
    if name in OTHERS:
        return
    commands = commands_of(guide_pages()[name])
    assert list(GUIDES[name].commands) == list(dict.fromkeys(commands)), (
        "say in tests/docs/guide_commands.py what becomes of a command"
    )


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of images: somebody stands in front of the camera and is judged."""
    folder = tmp_path_factory.mktemp("frames") / "images"
    one = Presentation(1, domain="office", species="bona_fide", subject=400_000)
    write_folder((one.frame_at(one.presented_ms + n * 33, n) for n in range(15)), folder)
    return folder


@pytest.fixture
def checkout(tmp_path: Path, images: Path) -> Path:
    """A light copy of the checkout: its folders as links, and `images`."""
    for name in (*_SHOWN, "pyproject.toml", "Makefile"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "images").symlink_to(images)
    return tmp_path


def shell(command: str, folder: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    done = subprocess.run(
        ["bash", "-ec", command],
        cwd=folder,
        env=env,
        text=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=300,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.torch] * any(map(imports_torch, typed(guide))))
        for name, guide in GUIDES.items()
        if typed(guide)
    ],
)
def test_the_commands_of_a_page_work_one_after_another(name: str, checkout: Path) -> None:
    guide = GUIDES[name]
    if guide.before:
        shell(guide.before, checkout)
    for command in typed(guide):
        shell(command, checkout)


def programs(command: str) -> list[tuple[tuple[str, ...], set[str]]]:
    """The Python programs of a command, each with the subcommand and the flags that it is given."""
    found = []
    for part in re.split(r"\s*(?:&&|\|)\s*", command):
        words = shlex.split(part)
        flags = {word.partition("=")[0] for word in words if word.startswith("--")}
        if words[:2] == ["python", "-m"]:
            below = _SUBCOMMANDS.get(words[2].rpartition(".")[2], 0)
            program: tuple[str, ...] = (words[2], *words[3 : 3 + below])
        elif words[0] == "python" and words[1].endswith(".py"):
            below = _SUBCOMMANDS.get(Path(words[1]).name, 0)
            program = (words[1], *words[2 : 2 + below])
        elif words[0] == "rise-edge":
            program = ("rise_edge", *words[1 : 2 + _SUBCOMMANDS.get(words[1], 0)])
        else:
            continue
        if flags:  # a program without any may have no help: it would run
            found.append((program, flags))
    return found


READ = {
    name: [command for command, what in guide.commands.items() if isinstance(what, Read)]
    for name, guide in GUIDES.items()
}


@lru_cache
def helps(torch: bool) -> dict[tuple[str, ...], str]:
    """The help of every program that is not run, from one process: torch takes long to import."""
    asked = sorted(
        {
            program
            for commands in READ.values()
            for command in commands
            if imports_torch(command) is torch
            for program, _ in programs(command)
        }
    )
    done = subprocess.run(
        [sys.executable, "-c", _HELPS, json.dumps(asked)],
        cwd=ROOT,
        text=True,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"},
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(asked, json.loads(done.stdout.splitlines()[-1]), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize(
    "torch", [False, pytest.param(True, marks=pytest.mark.torch)], ids=["plain", "torch"]
)
def test_programs_that_are_not_run_know_the_flags_they_are_given(torch: bool) -> None:
    for command in (command for commands in READ.values() for command in commands):
        for program, flags in programs(command) if imports_torch(command) is torch else ():
            known = set(re.findall(r"--[\w.-]+\w", helps(torch)[program]))
            assert known, f"{program} has no help"
            assert flags <= known, f"{command}: unknown {sorted(flags - known)}"


@pytest.mark.parametrize("name", sorted(GUIDES))
def test_files_that_a_page_names_are_there(name: str) -> None:
    for command in READ[name]:
        what = GUIDES[name].commands[command]
        assert isinstance(what, Read)
        for word in command.replace("'", "").split():
            path = _PLACE.sub("", word)
            if path.split("/")[0] in _SHOWN and "/" in path:
                assert (ROOT / path).exists(), f"{name}: {command}: {path}"
            elif what.folder and re.fullmatch(r"[\w-]+\.(toml|service|timer|rules)", word):
                assert (ROOT / what.folder / word).exists(), f"{name}: {command}: {word}"


@pytest.mark.parametrize("name", sorted(GUIDES))
def test_extras_and_targets_that_a_page_names_are_there(name: str) -> None:
    project = (ROOT / "pyproject.toml").read_text()
    extras = project.split("[project.optional-dependencies]")[1].split("\n[")[0]
    for command in READ[name]:
        for extra in re.findall(r"(?:\.|source)\[([\w,]+)\]", command):
            assert re.search(rf"^{extra} =", extras, re.MULTILINE), f"{name}: {command}"
        if command.startswith("make "):
            makefile = (ROOT / "Makefile").read_text()
            assert re.search(rf"^{command.split()[1]}:", makefile, re.MULTILINE), command
