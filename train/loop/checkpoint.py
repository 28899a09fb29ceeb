"""Checkpoints: what a run keeps in its folder, each file written whole or not at all."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.optim import Optimizer

from rise_edge.errors import RiseEdgeError
from rise_edge.files.write_atomic import atomic_file, write_atomic
from train.algorithms import Algorithm, build_algorithm
from train.config import TrainConfig, from_json, to_json
from train.datasets.division import Division, some
from train.datasets.splits import Splits
from train.models.registry import build_network

CONFIG, LAST, BEST = "config.json", "last.safetensors", "best.safetensors"
DIVISION = "division.json"
"""Who is in which part of the run's data."""

_console = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)


class RunError(RiseEdgeError):
    """A training run cannot be started, resumed or read."""


@dataclass(frozen=True, eq=False)
class Run:
    """A finished run, or the best epoch so far of one that goes on.

    Attributes:
        folder: folder of the run.
        config: it was trained with.
        division: who was trained on, who chose epoch and radius, who is for testing.
        algorithm: with the best epoch's weights, in evaluation mode on the CPU.
        state: what was stored beside the weights: epoch, domains, validation.
    """

    folder: Path
    config: TrainConfig
    division: Division
    algorithm: Algorithm
    state: dict[str, Any]


def begin(config: TrainConfig, division: Division) -> None:
    """Make the folder of a run; with the config, which comes last, it is one.

    Raises:
        OSError: it cannot be written.
    """
    config.out.mkdir(parents=True, exist_ok=True)
    write_atomic(config.out / DIVISION, division.to_json().encode())
    write_atomic(config.out / CONFIG, to_json(config).encode())


def read_division(folder: Path) -> Division:
    """Who is in which part of a run's data.

    A run of an older version kept nothing of it. Nobody can tell today whom it was trained on, as
    its data may have changed since.

    Raises:
        RunError: the run keeps no division, or one that is not usable.
    """
    try:
        return Division.from_json((folder / DIVISION).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RunError(
            f"run {folder}: expected {DIVISION}, which says who was trained on, found none; an "
            "older version made the run: train it again"
        ) from None
    except ValueError as error:
        raise RunError(f"run {folder}: {DIVISION} is not usable: {error}") from None


def save(path: Path, tensors: dict[str, Tensor], state: dict[str, Any]) -> None:
    """Write tensors and a JSON state to one file; what stood there stays until all is written."""
    whole = {name: value.detach().cpu().contiguous() for name, value in tensors.items()}
    with atomic_file(path) as part:
        save_file(whole, part, metadata={"state": json.dumps(state)})


def load(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Read what `save` wrote.

    Raises:
        RunError: there is no such file, or it is damaged.
    """
    try:
        with safe_open(path, framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            return tensors, json.loads(file.metadata()["state"])
    except FileNotFoundError:
        raise RunError(f"expected a checkpoint at {path}, found none; train first") from None
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise RunError(f"checkpoint {path} is not usable: {error}") from None


def optimiser_tensors(optimiser: Optimizer) -> dict[str, Tensor]:
    """The optimiser's state as named tensors."""
    state = optimiser.state_dict()["state"]
    return {
        f"optimiser.{i}.{key}": value for i, part in state.items() for key, value in part.items()
    }


def restore_optimiser(optimiser: Optimizer, tensors: dict[str, Tensor]) -> None:
    """Put back what `optimiser_tensors` gave."""
    whole = optimiser.state_dict()
    whole["state"] = {}
    for name, value in tensors.items():
        if name.startswith("optimiser."):
            _, number, key = name.split(".")
            whole["state"].setdefault(int(number), {})[key] = value
    optimiser.load_state_dict(whole)


def model_tensors(module: nn.Module) -> dict[str, Tensor]:
    """Weights and buffers as named tensors."""
    return {f"model.{name}": value for name, value in module.state_dict().items()}


def restore_model(module: nn.Module, tensors: dict[str, Tensor]) -> None:
    """Put back what `model_tensors` gave.

    Raises:
        RunError: the tensors belong to another architecture.
    """
    own = module.state_dict()
    # What is kept of it says of which version each module's state is: an observer that is not told
    # takes the state for an old one and changes the smallest scale that it allows.
    own.clear()
    own |= {n.removeprefix("model."): v for n, v in tensors.items() if n.startswith("model.")}
    try:
        module.load_state_dict(own)
    except RuntimeError as error:
        why = " ".join(str(error).split())
        raise RunError(f"the checkpoint is of another architecture: {why[:300]}") from None


def open_run(folder: Path, checkpoint: str = BEST) -> Run:
    """A run with the weights of its best epoch.

    Raises:
        RunError: the folder holds no run, or one that is not usable.
        MissingExtraError: its network needs an extra that is not installed.
    """
    try:
        config = from_json((folder / CONFIG).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RunError(
            f"expected a training run in {folder}, found no {CONFIG}; make one with "
            "`python train/train.py --out RUN`"
        ) from None
    except (ValueError, UnicodeDecodeError) as error:
        raise RunError(f"run {folder}: {CONFIG} is not usable: {error}") from None
    division = read_division(folder)
    tensors, state = load(folder / checkpoint)
    algorithm = build_algorithm(
        build_network(config.network.blank), config.algorithm, len(state["domains"])
    )
    restore_model(algorithm, tensors)
    return Run(folder, config, division, algorithm.eval(), state)


def expect_same(config: TrainConfig, stored: TrainConfig) -> None:
    """A run goes on only with the config that it was begun with.

    Raises:
        RunError: they differ in something that shapes the result.
    """
    wanted, begun = _that_matters(config), _that_matters(stored)
    for name, value in wanted.items():
        if value != begun[name]:
            raise RunError(
                f"run {config.out} was begun with {name} = {begun[name]}, expected the "
                f"same to resume it, got {value}"
            )


def _that_matters(config: TrainConfig) -> dict[str, Any]:
    unimportant = {"out", "resume", "threads"}
    whole = vars(replace(config, data=config.data.content))
    return {name: value for name, value in whole.items() if name not in unimportant}


def expect_finished(run: Run, role: str) -> None:
    """All epochs of a run are done.

    Args:
        run: with its folder and config.
        role: what the run is wanted for, in words.

    Raises:
        RunError: some are not.
    """
    done = len(load(run.folder / LAST)[1]["history"])
    if done < run.config.epochs:
        raise RunError(
            f"expected a finished run as {role}, {run.folder} has done {done} of "
            f"{run.config.epochs} epochs; finish it with --resume"
        )


def expect_people(run: Run, splits: Splits, parts: tuple[str, ...], hint: str) -> Division:
    """The people by whom a run was divided are still there; who is not is said on stderr.

    Args:
        run: with its division.
        splits: the run's data as it is now.
        parts: parts that must be whole.
        hint: what to do where one is not.

    Returns:
        Who is gone, by part.

    Raises:
        RunError: somebody of these parts is gone.
    """
    gone = run.division.gone(splits)
    for part, people in vars(gone).items():
        if not people:
            continue
        said = (
            f"the data of run {run.folder} lacks {len(people)} of the "
            f"{len(getattr(run.division, part))} people in the {part} part ({some(people)})"
        )
        if part in parts:
            raise RunError(f"{said}; restore it, {hint}")
        _console.print(said)
    return gone
