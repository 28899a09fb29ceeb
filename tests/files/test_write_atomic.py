"""Files and folders are written whole: through crashes and losses of power, by all who write."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from shutil import rmtree
from stat import S_IMODE
from typing import Any
from unittest.mock import patch

import pytest

import rise_edge
import rise_edge.files.write_atomic
from rise_edge.files.write_atomic import atomic_file, atomic_folder, unfinished_of, write_atomic
from rise_edge.kiosk.snapshots import EvidenceFolder
from tests.support.power_cut import Content, content_of, recorded, states_of

ROOT = Path(__file__).resolve().parents[2]
Write = Callable[[Path, bytes], None]


def write_a_folder(path: Path, content: bytes) -> None:
    with atomic_folder(path) as folder:
        (folder / "model").write_bytes(content)
        (folder / "more").mkdir()
        (folder / "more" / "manifest").write_bytes(content)


def write_a_bundle(path: Path, content: bytes) -> None:
    rise_edge.bundle.bundle.write_bundle(
        path,
        {"report.md": content},
        name="power",
        version=1,
        notice="a test",
        crop_size=32,
        radii={"onnx": {"colour": 0.5}},
        embedding_size=2,
        largest_radial_error={"onnx": 0.0},
        simulated=True,
        provenance={},
    )


def keep_evidence(path: Path, content: bytes) -> None:
    EvidenceFolder(path.parent).write(path.name, content, datetime.now(timezone.utc))


def without_sync(path: Path, content: bytes) -> None:
    path.with_name("part").write_bytes(content)
    os.replace(path.with_name("part"), path)


def without_folder_sync(path: Path, content: bytes) -> None:
    with patch("rise_edge.files.write_atomic.sync_folder"):
        write_atomic(path, content)


def states(write: Write, path: Path) -> tuple[list[list[Content]], Content, Content]:
    write(path, b"old old old")
    old = content_of(path)
    with recorded() as notes:
        write(path, b"new and longer")
    return states_of(notes, path, old), old, content_of(path)


@pytest.mark.parametrize("write", [write_atomic, write_a_folder, write_a_bundle])
def test_after_a_power_cut_a_reader_finds_the_old_or_the_new_whole(
    write: Write, tmp_path: Path
) -> None:
    found, old, new = states(write, tmp_path / "target")
    assert len(found) > 3
    assert old != new
    for possible in found:
        assert all(content in (old, new) for content in possible)
    assert found[0] == [old]
    assert found[-1] == [new]


def test_kept_evidence_is_there_whole_after_a_power_cut_or_not_at_all(tmp_path: Path) -> None:
    EvidenceFolder(tmp_path / "kept")
    target = tmp_path / "kept" / "rise_edge.zip"
    with recorded() as notes:
        keep_evidence(target, b"pictures")
    found = states_of(notes, target, None)
    assert {content for possible in found for content in possible} == {None, b"pictures"}
    assert found[-1] == [b"pictures"]


def test_the_power_cut_shows_what_was_not_synced(tmp_path: Path) -> None:
    found, *_ = states(without_sync, tmp_path / "target")
    assert b"" in found[-1]
    found, old, new = states(without_folder_sync, tmp_path / "target")
    assert found[-1] == [old, new]


STEPS = (
    "os.open",
    "os.close",
    "os.fsync",
    "os.chmod",
    "os.mkdir",
    "os.replace",
    "os.rename",
    "rise_edge.files.write_atomic._exchange",
)


class Failing:
    """Raises before or after the step of a number, counted from 0."""

    def __init__(self, number: int, *, after: bool) -> None:
        self.left, self.after = number, after
        self.failed = False

    def wrap(self, step: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **options: Any) -> Any:
            fails = self.left == 0
            self.left -= 1
            self.failed |= fails
            if fails and not self.after:
                raise OSError(28, "No space left on device")
            done = step(*arguments, **options)
            if fails:
                raise KeyboardInterrupt
            return done

        return wrapped


@pytest.mark.parametrize("after", [False, True], ids=["fails", "interrupted"])
@pytest.mark.parametrize("write", [write_atomic, write_a_folder])
def test_a_failure_at_any_step_leaves_the_old_or_the_new_whole(
    write: Write, after: bool, tmp_path: Path
) -> None:
    target = tmp_path / "target"
    for number in range(100):
        write(target, b"old")
        old = content_of(target)
        failing = Failing(number, after=after)
        patches = [patch(name, failing.wrap(_attribute(name))) for name in STEPS]
        for each in patches:
            each.start()
        try:
            write(target, b"new")
        except (OSError, KeyboardInterrupt):
            pass
        finally:
            for each in patches:
                each.stop()
        assert content_of(target) in (old, _new(old)), number
        left = [path for path in tmp_path.iterdir() if path != target]
        if not failing.failed:
            assert (content_of(target), left) == (_new(old), [])
            return
        for path in left:  # where cleaning up is what failed
            assert path.is_dir()
            assert unfinished_of(path.name) == "target"
            rmtree(path)
    pytest.fail("it has more steps than anybody counted")


def _attribute(name: str) -> Any:
    module, _, attribute = name.rpartition(".")
    return getattr({"os": os}.get(module, rise_edge.files.write_atomic), attribute)


def _new(old: Content) -> Content:
    return {name: b"new" for name in old} if isinstance(old, dict) else b"new"


DYING = """
import importlib.util, os, sys
spec = importlib.util.spec_from_file_location("write_atomic", "rise_edge/files/write_atomic.py")
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
number = int(sys.argv[2])
def dying(step):
    def wrapped(*arguments, **options):
        global number
        number -= 1
        if number < 0:
            os._exit(9)
        return step(*arguments, **options)
    return wrapped
for name in ("open", "close", "fsync", "chmod", "mkdir", "replace", "rename"):
    setattr(os, name, dying(getattr(os, name)))
module._exchange = dying(module._exchange)
if sys.argv[3] == "file":
    module.write_atomic(sys.argv[1], b"new")
else:
    with module.atomic_folder(sys.argv[1]) as folder:
        (folder / "model").write_bytes(b"new")
print("done")
"""


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_a_process_that_dies_at_any_step_leaves_the_old_or_the_new_whole(
    kind: str, tmp_path: Path
) -> None:
    target = tmp_path / "target"
    old: Content = b"old" if kind == "file" else {"model": b"old"}
    new: Content = b"new" if kind == "file" else {"model": b"new"}
    for number in range(100):
        if kind == "file":
            write_atomic(target, b"old")
        else:
            with atomic_folder(target) as folder:
                (folder / "model").write_bytes(b"old")
        command = [sys.executable, "-c", DYING, str(target), str(number), kind]
        child = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
        assert content_of(target) in (old, new), number
        if child.returncode == 0:
            assert content_of(target) == new
            return
        assert child.returncode == 9, child.stderr
    pytest.fail("it has more steps than anybody counted")


def test_an_exception_while_it_is_written_keeps_the_old_and_leaves_nothing(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a", b"old")
    write_a_folder(tmp_path / "b", b"old")
    with suppress(RuntimeError), atomic_file(tmp_path / "a") as part:
        part.write_bytes(b"ne")
        raise RuntimeError
    with suppress(RuntimeError), atomic_folder(tmp_path / "b") as folder:
        (folder / "model").write_bytes(b"ne")
        raise RuntimeError
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b" / "model").read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_where_folders_cannot_be_exchanged_a_failed_move_brings_the_old_one_back(
    tmp_path: Path,
) -> None:
    target = tmp_path / "target"
    write_a_folder(target, b"old")
    real, moves = os.rename, []

    def second_fails(source: Path, to: Path) -> None:
        moves.append(to)
        if len(moves) == 2:
            raise OSError(5, "Input/output error")
        real(source, to)

    with patch("rise_edge.files.write_atomic._exchange", return_value=False):
        with patch("os.rename", second_fails), pytest.raises(OSError, match="Input/output"):
            write_a_folder(target, b"new")
        assert (target / "model").read_bytes() == b"old"
        write_a_folder(target, b"new")
    assert (target / "model").read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["target"]


def test_permissions_are_those_of_the_old_file_or_those_asked_for(tmp_path: Path) -> None:
    def mode(name: str) -> int:
        return S_IMODE((tmp_path / name).stat().st_mode)

    before = os.umask(0o022)
    try:
        write_atomic(tmp_path / "new", b"")
        write_atomic(tmp_path / "private", b"", mode=0o600)
        write_atomic(tmp_path / "private", b"more")
        (tmp_path / "shared").touch()
        (tmp_path / "shared").chmod(0o664)
        write_atomic(tmp_path / "shared", b"more")
    finally:
        os.umask(before)
    assert [mode(name) for name in ("new", "private", "shared")] == [0o644, 0o600, 0o664]


def test_a_link_is_replaced_and_a_name_of_the_longest_kind_is_written(tmp_path: Path) -> None:
    (tmp_path / "aim").write_bytes(b"aim")
    (tmp_path / "link").symlink_to("aim")
    write_atomic(tmp_path / "link", b"new")
    assert (tmp_path / "aim").read_bytes() == b"aim"
    assert (tmp_path / "link").read_bytes() == b"new"
    for name in ("n" * 255, "ü" * 127):
        write_atomic(tmp_path / name, b"long")
        assert (tmp_path / name).read_bytes() == b"long"


@pytest.mark.parametrize(
    ("name", "target"),
    [(".a.zip.0badcafe.part", "a.zip"), (".a.zip.part", "a.zip"), ("a.zip", None), (".a", None)],
)
def test_a_temporary_file_says_what_it_was_to_become(name: str, target: str | None) -> None:
    assert unfinished_of(name) == target


SEE_TO_THEMSELVES = {
    "rise_edge/files/write_atomic.py": "it is what the others call",
    "device/parity/arm64_root.py": "a cache of thousands of unpacked files, fetched again if bad",
    "device/web/onnxruntime_web.py": "what npm installed, checked before use, fetched again if bad",
}


def test_nobody_else_moves_a_new_file_into_its_place() -> None:
    found = {
        f"{path.relative_to(ROOT)}"
        for folder in ("rise_edge", "train", "quantize", "calibration", "device", "docs")
        for path in (ROOT / folder).rglob("*.py")
        if any(_moves(node) for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert found == set(SEE_TO_THEMSELVES)


def _moves(node: ast.AST) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    owner, name = node.func.value, node.func.attr
    module = owner.id if isinstance(owner, ast.Name) else ""
    if name == "replace":  # strings take two arguments, times and dataclasses names for them
        return module == "os" or (len(node.args) == 1 and not node.keywords)
    moved_by_shutil = (module, name) == ("shutil", "move")
    return moved_by_shutil or name in ("rename", "renames", "mkstemp", "mkdtemp")
