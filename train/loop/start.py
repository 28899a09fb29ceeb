"""Start: the finished model whose weights a run begins from, and the people it has learned from.

A model that was trained on somebody makes every later model that begins from it look better on that
person. So the names travel with the weights, and nobody of them is measured on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from train.config import TrainConfig
from train.datasets.division import Division, some
from train.datasets.sources import DataConfig
from train.loop.checkpoint import BEST, Run, RunError, expect_finished, load, open_run

_BEGINS = ("network.", "radius.")
"""Modules that a start must fill; the heads of an algorithm are filled where they fit."""


@dataclass(frozen=True)
class Known:
    """People whom a model has learned from.

    Attributes:
        source: kind of the data, as in `DataConfig`.
        seed: seed of the data; simulated people have the same names for every seed, and are others.
        train: people whom weights were learned on.
        validation: people whom epoch and radius were chosen on.
    """

    source: str
    seed: int
    train: tuple[str, ...]
    validation: tuple[str, ...]

    def may_be_in(self, data: DataConfig) -> bool:
        """Whether a name means the same person there."""
        same_seed = self.seed == data.seed or self.source != "simulated"
        return self.source == data.source and same_seed


@dataclass(frozen=True, eq=False)
class Start:
    """Weights to begin from.

    Attributes:
        path: the file.
        sha256: SHA-256 of the file, in hexadecimal digits.
        tensors: weights and buffers, as `train.loop.checkpoint.model_tensors` names them.
        shape: what the network must agree in, by the name of its flag.
        known: people whom the model, and those that it began from, have learned from.
    """

    path: Path
    sha256: str
    tensors: dict[str, Tensor]
    shape: dict[str, Any]
    known: tuple[Known, ...]

    @property
    def state(self) -> dict[str, Any]:
        """What a run keeps of its start beside its own weights."""
        began_from = {"file": self.path.name, "sha256": self.sha256}
        return {"began_from": began_from, "known": [asdict(people) for people in self.known]}

    def fill(self, algorithm: nn.Module) -> None:
        """Put the weights into the network, the radius and the heads that fit.

        Raises:
            RunError: the network or the radius is of another architecture.
        """
        own = algorithm.state_dict()
        found = {name.removeprefix("model."): value for name, value in self.tensors.items()}
        fits = {n: v for n, v in found.items() if n in own and own[n].shape == v.shape}
        lacking = [n for n in own if n.startswith(_BEGINS) and n not in fits]
        if lacking:
            raise RunError(
                f"checkpoint {self.path} is of another architecture: expected "
                f"{some(lacking)} as in this network"
            )
        algorithm.load_state_dict(fits, strict=False)

    def apart(self, division: Division, data: DataConfig) -> Division:
        """A division in which nobody of the known people is measured on.

        Who was trained on goes to training; who chose the epoch is for choosing again.
        """
        trained, chose = known_in(self.known, data)
        measured = {*division.validation, *division.test}
        train = {*division.train, *(trained & measured)}
        validation = {*division.validation, *(chose & {*division.test})} - train
        test = {*division.test} - trained - chose
        return Division(*(tuple(sorted(part)) for part in (train, validation, test)))


def open_start(config: TrainConfig) -> Start | None:
    """The start that a config names; None if it names none.

    Raises:
        RunError: it is no finished model, does not fit the config's network, or is the run itself.
    """
    path = config.start_from
    if path is None:
        return None
    if path.resolve() == config.out.resolve():
        raise RunError(
            f"--from and --out are both {path}; to go on with that run, use --resume "
            "without --from, or name another --out"
        )
    file = path / BEST if path.is_dir() else path
    if not path.exists():
        raise RunError(f"expected the folder of a run or a .safetensors file at {path}, found none")
    start = _of_file(file) if path.is_file() and is_exported(file) else _of_run(file)
    _expect_shape(start, config)
    return start


def is_exported(file: Path) -> bool:
    """Whether a file of weights says by itself what it is, without the folder of its run."""
    return "shape" in load(file)[1]


def exported_state(run: Run) -> dict[str, Any]:
    """All that a file of a run's weights has to say to be begun from without the run."""
    return {
        **{name: run.state[name] for name in ("epoch", "domains")},
        "shape": _shape(run.config),
        "known": [asdict(people) for people in known_people(run)],
    }


def known_people(run: Run) -> tuple[Known, ...]:
    """People whom a run, and those that it began from, have learned from."""
    data, division = run.config.data, run.division
    own = Known(data.source, data.seed, division.train, division.validation)
    return own, *_read(run.state.get("known", []))


def known_in(known: Iterable[Known], data: DataConfig) -> tuple[frozenset[str], frozenset[str]]:
    """Who may be in given data, of those trained on and of those whom the epoch was chosen on."""
    same = [people for people in known if people.may_be_in(data)]
    train = frozenset().union(*(people.train for people in same))
    return train, frozenset().union(*(people.validation for people in same)) - train


def expect_apart(start: Start, division: Division, data: DataConfig) -> None:
    """Nobody whom the start was trained on is measured on.

    Raises:
        RunError: somebody is.
    """
    trained, _ = known_in(start.known, data)
    both = trained & {*division.validation, *division.test}
    if both:
        raise RunError(
            f"expected nobody to be measured on whom {start.path} was trained on, got {len(both)} "
            f"people ({some(both)}); begin from a checkpoint of other data"
        )


def _of_file(file: Path) -> Start:
    tensors, state = load(file)
    return Start(file, _sha256(file), tensors, state["shape"], _read(state["known"]))


def _of_run(file: Path) -> Start:
    run = open_run(file.parent, file.name)
    expect_finished(run, "--from")
    return Start(file, _sha256(file), load(file)[0], _shape(run.config), known_people(run))


def _read(known: list[dict[str, Any]]) -> tuple[Known, ...]:
    return tuple(
        Known(p["source"], p["seed"], tuple(p["train"]), tuple(p["validation"])) for p in known
    )


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _shape(config: TrainConfig) -> dict[str, Any]:
    """What two runs must have in common for the weights of one to mean the same in the other."""
    return {f"network.{n}": getattr(config.network, n) for n in _OF_THE_NETWORK}


_OF_THE_NETWORK = ("name", "head", "width", "directions")


def _expect_shape(start: Start, config: TrainConfig) -> None:
    wanted = _shape(config)
    differ = {name: value for name, value in start.shape.items() if value != wanted.get(name)}
    if differ:
        had = ", ".join(
            f"{name} = {value}, got {wanted.get(name)}" for name, value in differ.items()
        )
        flags = " ".join(f"--{name} {value}" for name, value in differ.items())
        raise RunError(f"checkpoint {start.path} does not fit: expected {had}; add {flags}")
