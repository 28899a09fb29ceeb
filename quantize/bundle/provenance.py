"""Provenance: what data, seed, code and command made a bundle."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import rise_edge
from train.datasets.splits import Splits
from train.loop.checkpoint import Run

NOTICE = (
    "demonstration model, trained on simulated faces and attacks only: "
    "it shows how the library works and protects nothing"
)

_CHECKOUT = Path(__file__).resolve().parents[2]
_CHOSEN = (
    "network",
    "algorithm",
    "augment",
    "epochs",
    "learning_rate",
    "criterion",
    "allowed_bpcer",
    "modality_bpcer",
    "seed",
)
_OF_THE_MACHINE = ("cache", "workers", "manifest", "lists", "images")


def notice(run: Run) -> str:
    """What is said at every start of the bundle; nothing where it learned from real data."""
    return NOTICE if run.config.data.source == "simulated" else ""


def provenance(run: Run, splits: Splits, precision: str) -> dict[str, Any]:
    """The manifest's `provenance`; folders of this machine are left out.

    Args:
        run: run that was exported.
        splits: it was trained, calibrated and measured on.
        precision: precision of the exported model.
    """
    config = json.loads(json.dumps(asdict(run.config), default=str))
    data = {k: v for k, v in config["data"].items() if k not in _OF_THE_MACHINE}
    return {
        "data": {**data, "domains": list(splits.train.domains)},
        "crops": {name: len(part) for name, part in vars(splits).items()},
        "epoch": run.state["epoch"],
        **{key: run.state[key] for key in ("began_from",) if key in run.state},
        **{key: config[key] for key in _CHOSEN},
        "precision": precision,
        "code_version": code_version(),
        "command": shlex.join(["python", _script(), *sys.argv[1:]]),
        "built": datetime.now(timezone.utc).strftime("%Y-%m-%d"),
    }


def _script() -> str:
    """The running script as it is called from the checkout's folder."""
    script = Path(sys.argv[0]).resolve()
    return script.relative_to(_CHECKOUT).as_posix() if _CHECKOUT in script.parents else script.name


def code_version() -> str:
    """The package's version and, in a checkout, its commit; `+changes` if files differ from it."""

    def git(*words: str) -> str:
        done = subprocess.run(["git", "-C", str(_CHECKOUT), *words], capture_output=True, text=True)
        return done.stdout.strip()

    try:
        commit, changes = git("rev-parse", "--short", "HEAD"), git("status", "--porcelain", "-uno")
    except FileNotFoundError:
        return rise_edge.__version__
    suffix = f" {commit}{'+changes' if changes else ''}" if commit else ""
    return rise_edge.__version__ + suffix
