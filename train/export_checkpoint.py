"""Export a checkpoint: `python train/export_checkpoint.py RUN OUT.safetensors`.

One file of full-precision weights that `train.py --from` begins from on any machine: it says of
which network they are, and names the people whom they were learned on, so that nobody of them is
measured on. Use pseudonyms.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":  # a script's folder comes first on the path, and `train` is a file there
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from dataclasses import dataclass
from typing import Annotated

import tyro
from rich.console import Console

from rise_edge.command_line.run_command import run_command
from train.loop.checkpoint import RunError, expect_finished, model_tensors, open_run, save
from train.loop.start import exported_state

_console = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)


@dataclass(frozen=True)
class ExportConfig:
    """Write the weights of a run's best epoch to one file, to begin other runs from.

    Attributes:
        run: folder of a finished training run.
        out: file to write, which must be new and end in .safetensors.
    """

    run: Annotated[Path, tyro.conf.Positional]
    out: Annotated[Path, tyro.conf.Positional]


def main(config: ExportConfig) -> None:
    """Write the file.

    Raises:
        RunError: the run is not finished, or the file cannot be written there.
    """
    if config.out.suffix != ".safetensors" or config.out.exists():
        raise RunError(
            f"expected a new file that ends in .safetensors, got {config.out}; name another one"
        )
    run = open_run(config.run)
    expect_finished(run, "source of a checkpoint")
    config.out.parent.mkdir(parents=True, exist_ok=True)
    save(config.out, model_tensors(run.algorithm), exported_state(run))
    _console.print(f"wrote {config.out}; begin from it with `train.py --from {config.out}`")


if __name__ == "__main__":
    run_command(lambda: main(tyro.cli(ExportConfig)))
