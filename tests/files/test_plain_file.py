"""Files that are not plain, or too long, are refused, and nothing waits for them."""

from __future__ import annotations

import os
import socket
import tracemalloc
from pathlib import Path

import pytest

from rise_edge.files.plain_file import read_plain_file


def test_it_reads_up_to_the_limit(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    assert read_plain_file(tmp_path / "file", 5) == b"12345"
    with pytest.raises(ValueError, match="at most 4 bytes"):
        read_plain_file(tmp_path / "file", 4)


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(ValueError, match="at most 1000 bytes"):
        read_plain_file(tmp_path / "sparse", 1000)


def test_a_link_is_refused_wherever_it_leads(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"1")
    for target in ("file", "nowhere", "."):
        link = tmp_path / f"to {target}"
        link.symlink_to(target)
        with pytest.raises(ValueError, match="got a link"):
            read_plain_file(link, 10)


@pytest.mark.timeout(10)
def test_pipes_devices_and_folders_are_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, Path("/dev/zero"), Path("/dev/null")):
        with pytest.raises((ValueError, OSError), match=r"plain file|directory"):
            read_plain_file(path, 10)


def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path is short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        with pytest.raises((ValueError, OSError)):
            read_plain_file(Path("socket"), 10)


def test_a_missing_file_is_told_as_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_plain_file(tmp_path / "nowhere", 10)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_a_file_whose_size_is_not_kept_is_read_whole() -> None:
    assert b"Threads:" in read_plain_file(Path("/proc/self/status"), 100_000)


def test_a_large_limit_sets_no_memory_aside(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    tracemalloc.start()
    read_plain_file(tmp_path / "file", 2**40)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000
