"""A disk that loses power: which contents a reader may find after each step of a program.

`recorded` notes what a program does to the file system through `os`: file synced, folder synced,
name moved. `states_of` then plays every beginning of these notes on a disk that keeps no more than
POSIX promises: what was not synced is there whole, in part, empty or not at all, and a name may be
moved or not until its folder was synced.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any
from unittest.mock import patch

import rise_edge.files.write_atomic

Content = dict[str, bytes] | bytes | None
"""Files of a folder, bytes of a file, or nothing."""


@dataclass(frozen=True)
class Sync:
    """A file or folder was brought to the disk: its inode, and what it held."""

    inode: int
    content: bytes | None
    names: dict[str, int] | None


@dataclass(frozen=True)
class Move:
    """A name was moved: the folder of the names, and name -> inode for both afterwards."""

    folder: int
    names: dict[str, int | None]
    held: Content


@dataclass
class Notes:
    """What was noted, in order."""

    steps: list[Sync | Move] = field(default_factory=list)


def content_of(path: Path) -> Content:
    """What a reader finds."""
    if path.is_dir():
        return {str(f.relative_to(path)): f.read_bytes() for f in path.rglob("*") if f.is_file()}
    return path.read_bytes() if path.exists() else None


@contextmanager
def recorded() -> Iterator[Notes]:
    """Note the steps while the block runs."""
    notes = Notes()
    fsync, replace, rename = os.fsync, os.replace, os.rename
    exchange = rise_edge.files.write_atomic._exchange

    def synced(descriptor: int) -> None:
        fsync(descriptor)
        status = os.fstat(descriptor)
        path = Path(f"/proc/self/fd/{descriptor}")
        if stat.S_ISDIR(status.st_mode):
            names = {name: (path / name).stat().st_ino for name in os.listdir(path)}
            notes.steps.append(Sync(status.st_ino, None, names))
        else:
            notes.steps.append(Sync(status.st_ino, path.read_bytes(), None))

    def moved(move: Callable[..., Any]) -> Callable[..., Any]:
        def noted(source: Any, target: Any, *more: Any, **options: Any) -> Any:
            one, other = Path(source), Path(target)
            done = move(source, target, *more, **options)
            names = {p.name: p.stat().st_ino if p.exists() else None for p in (one, other)}
            notes.steps.append(Move(other.parent.stat().st_ino, names, content_of(other)))
            return done

        return noted

    with (
        patch("os.fsync", synced),
        patch("os.replace", moved(replace)),
        patch("os.rename", moved(rename)),
        patch("rise_edge.files.write_atomic._exchange", moved(exchange)),
    ):
        yield notes


def states_of(notes: Notes, target: Path, before: Content) -> list[list[Content]]:
    """For a power cut after 0, 1, 2, ... steps: every content that `target` may have then."""
    folder = target.parent.stat().st_ino
    return [
        _states(notes.steps[:n], folder, target.name, before) for n in range(len(notes.steps) + 1)
    ]


def _states(steps: list[Sync | Move], folder: int, name: str, before: Content) -> list[Content]:
    led_to: list[list[Content]] = [[before]]  # one entry for each inode that the name may lead to
    synced: dict[int, Sync] = {}
    for step in steps:
        if isinstance(step, Sync):
            if step.inode == folder:
                led_to = led_to[-1:]
            synced[step.inode] = step
        elif step.folder == folder and name in step.names:
            led_to.append(_may_hold(step.names[name], step.held, synced))
    return [content for contents in led_to for content in contents]


def _inode(folder: int, path: Path, synced: dict[int, Sync]) -> int | None:
    """The inode that a path in a folder leads to for sure, None where a name was not synced."""
    found: int | None = folder
    for name in path.parts:
        names = synced[found].names if found in synced else None
        found = (names or {}).get(name)
    return found


def _may_hold(inode: int | None, held: Content, synced: dict[int, Sync]) -> list[Content]:
    """What a moved inode may hold on the disk."""
    if inode is None or held is None:
        return [None]
    if isinstance(held, bytes):
        sure = inode in synced and synced[inode].content == held
        return [held] if sure else [b"", held[: len(held) // 2], held]
    choices = []
    for path, data in held.items():
        of_file = _inode(inode, Path(path), synced)
        choices.append([None, data] if of_file is None else _may_hold(of_file, data, synced))
    return [
        {name: data for name, data in zip(held, chosen, strict=True) if isinstance(data, bytes)}
        for chosen in product(*choices)
    ]
