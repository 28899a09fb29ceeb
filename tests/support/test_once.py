"""Once in a run."""

from __future__ import annotations

from multiprocessing.pool import ThreadPool
from pathlib import Path
from time import sleep

import pytest

from tests.support.once import once


def test_it_is_made_once_and_everybody_waits_for_it(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    tmp_path_factory.getbasetemp()  # which threads, unlike workers, would each make
    made = []

    def make(folder: Path) -> None:
        made.append(folder)
        sleep(0.1)
        (folder / "whole").touch()

    def whole(_: int) -> bool:
        return (once(tmp_path_factory, "waited-for", make) / "whole").exists()

    with ThreadPool(4) as workers:
        assert workers.map(whole, range(4)) == [True] * 4
    assert len(made) == 1


def test_what_failed_is_made_again(tmp_path_factory: pytest.TempPathFactory) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        once(tmp_path_factory, "failed", fail)
    folder = once(tmp_path_factory, "failed", lambda folder: (folder / "whole").touch())
    assert (folder / "whole").exists()


def test_workers_share_a_folder_and_runs_do_not(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "popen-gw1"
    mine.mkdir()
    monkeypatch.setattr(tmp_path_factory, "getbasetemp", lambda: mine)
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    assert once(tmp_path_factory, "alone", lambda _: None).parent == mine
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw1")
    assert once(tmp_path_factory, "shared", lambda _: None).parent == tmp_path
