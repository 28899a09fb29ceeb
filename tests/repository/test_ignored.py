"""Nothing that a guide's commands write into the checkout can be committed by mistake."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_WRITTEN = re.compile(
    r"""
    (?: --(?:out|events|audit|record|keep-evidence|json|picture|drift-history|web-token-file)
      | mkdir | keygen | gallery | clip | cmake\ -S\ \S+\ -B
      | register_sensors\.py\ (?:board|simulate) | collect_sessions\.py
      | (?:qat|export_onnx|export_targets)\.py\ \S+ | jetson/bundle\.py\ \S+\ \S+
    )\ (?!-)(\S+)
    """,
    re.VERBOSE,
)
"""Options and commands of the guides that write, and the name that they write to."""

_NOT_OURS = ("/", "path/to/", "rise_edge/models/demo")
"""Outside the checkout, the reader's own place, and the bundle that is committed on purpose."""


def written_by_guides() -> set[str]:
    """The names that the commands in all guides write to, relative to the root of the checkout."""
    names = set()
    for page in git("ls-files", "*.md").splitlines():
        for block in _BLOCK.findall((ROOT / page).read_text(encoding="utf-8")):
            for command in re.split(r"\n|&&", block):
                for name in _WRITTEN.findall(command.split(" #")[0]):
                    if "keygen" in command:
                        names |= {f"{name}.key", f"{name}.pub"}
                    elif not name.startswith(_NOT_OURS):
                        names.add(name)
    return names


def git(*arguments: str, paths: str | None = None) -> str:
    command = ["git", "-c", f"safe.directory={ROOT}", *arguments]
    ran = subprocess.run(command, cwd=ROOT, input=paths, capture_output=True, text=True)
    assert ran.returncode in (0, 1), ran.stderr  # 1: nothing is ignored
    return ran.stdout


def not_ignored(names: Iterable[str]) -> list[str]:
    """The names that git would offer to commit: neither they nor files in them are ignored."""
    files = {name: {name.rstrip("/"), f"{name.rstrip('/')}/file"} for name in sorted(names)}
    paths = "\n".join(path for both in files.values() for path in both)
    ignored = set(git("check-ignore", "--no-index", "--stdin", paths=paths).splitlines())
    return [name for name, either in files.items() if not ignored & either]


def test_what_the_guides_write_is_found() -> None:
    found = written_by_guides()
    assert {"audit.db", "events.jsonl", "owner.key", "owner.pub", "board.pdf"} <= found
    assert {"bundles/demo", "runs/demo", "targets/", "evidence", "gallery.png"} <= found


def test_git_ignores_what_the_guides_write() -> None:
    assert not_ignored(written_by_guides()) == []


@pytest.mark.parametrize(
    "name",
    [
        "site/owner.key",
        "site2/demo",
        "audit.db-wal",
        "session.db3",
        "images/colour/000001.png",
        "token",
        "device/kiosk/drift.jsonl",
    ],
)
def test_git_ignores_what_the_guides_mention(name: str) -> None:
    assert not_ignored([name]) == []


def test_git_offers_what_is_not_ignored() -> None:
    assert not_ignored(["rise_edge/new.py", "owner.key"]) == ["rise_edge/new.py"]


def test_no_file_that_is_committed_is_ignored() -> None:
    assert git("ls-files", "--cached", "--ignored", "--exclude-standard") == ""
