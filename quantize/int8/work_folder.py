"""Work: the folder in which a fine-tuning keeps its state, and of what it is."""

from __future__ import annotations

import json
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from quantize.int8.fine_tune import FineTuneConfig
from rise_edge.files.write_atomic import write_atomic
from train.loop.checkpoint import BEST, Run, RunError

CONFIG = "config.json"


def begin_work(folder: Path, run: Run, config: FineTuneConfig) -> None:
    """Make the folder, or find that it holds the same fine-tuning of the same checkpoint.

    Raises:
        RunError: it holds another one.
    """
    expect_work(folder, run, config)
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(_work(run, config), indent=2) + "\n"
    write_atomic(folder / CONFIG, text.encode())


def expect_work(folder: Path, run: Run, config: FineTuneConfig) -> None:
    """Refuse a folder that `begin_work` would refuse, and write nothing.

    Raises:
        RunError: it holds another fine-tuning, or is a file.
    """
    if folder.exists() and not folder.is_dir():
        raise RunError(f"expected a folder to work in, {folder} is a file; name another one")
    wanted, path = _work(run, config), folder / CONFIG
    if path.exists():
        begun = json.loads(path.read_text(encoding="utf-8"))
        if begun != wanted:
            raise RunError(
                f"{folder} holds the fine-tuning of another checkpoint or one with other settings "
                f"({_difference(begun, wanted)}); remove it, or name another folder"
            )


def _work(run: Run, config: FineTuneConfig) -> dict[str, Any]:
    checkpoint = sha256((run.folder / BEST).read_bytes()).hexdigest()
    return {"checkpoint": checkpoint, "fine_tuning": asdict(config)}


def _difference(begun: dict[str, Any], wanted: dict[str, Any]) -> str:
    if begun.get("checkpoint") != wanted["checkpoint"]:
        return "another checkpoint"
    theirs, ours = begun.get("fine_tuning", {}), wanted["fine_tuning"]
    changed = (k for k in ours if theirs.get(k) != ours[k])
    return ", ".join(f"{k} was {theirs.get(k)}, is now {ours[k]}" for k in changed)
