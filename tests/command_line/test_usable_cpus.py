"""Work is spread over the processors that a process may use, not those that the machine has."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import rise_edge.command_line.usable_cpus
from rise_edge.command_line.usable_cpus import usable_cpus


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="Linux alone knows an affinity")
def test_a_process_that_may_use_one_processor_counts_one() -> None:
    before = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(before)})
        assert usable_cpus() == 1
    finally:
        os.sched_setaffinity(0, before)


@pytest.mark.parametrize(
    ("share", "most"), [("50000 100000", 1), ("100000 100000", 1), ("1 0", None), ("max 1", None)]
)
def test_a_containers_share_of_the_processors_is_kept(
    share: str, most: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rise_edge.command_line.usable_cpus, "_QUOTA", tmp_path / "none")
    free = usable_cpus()
    (tmp_path / "cpu.max").write_text(share + "\n")
    monkeypatch.setattr(rise_edge.command_line.usable_cpus, "_QUOTA", tmp_path / "cpu.max")
    assert usable_cpus() == (free if most is None else most)


def test_nobody_counts_the_machines_processors() -> None:
    root = Path(__file__).resolve().parents[2]
    folders = ("rise_edge", "train", "quantize", "calibration", "device")
    users = {
        path.relative_to(root).as_posix()
        for folder in folders
        for path in (root / folder).rglob("*.py")
        if "cpu_count(" in path.read_text(encoding="utf-8")
    }
    assert users == {"rise_edge/command_line/usable_cpus.py"}
