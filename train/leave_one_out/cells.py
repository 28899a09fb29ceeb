"""Cells of the benchmark: which model is trained on which domains and measured in which."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from train.algorithms import AlgorithmConfig
from train.models.networks import NetworkConfig

if TYPE_CHECKING:
    from train.config import TrainConfig  # its flags need tyro, which a machine with a GPU may lack

Protocol = Literal["leave-one-out", "limited-sources", "all-sources"]
Head = Literal["polar", "linear"]


class Row(NamedTuple):
    """A row of the table.

    Attributes:
        algorithm: key of `train.algorithms.ALGORITHMS`.
        head: head of the network.
        parts: parts of `rise`, the weights that count; the others are 0. None: all, as they are.
    """

    algorithm: str
    head: Head
    parts: tuple[str, ...] | None = ()


_INVARIANCE = ("irm", "live")
_ASYIRM = (*_INVARIANCE, "angular")
_MMSD = ("mixing", "shuffling", "disentanglement", "recombination", "denial")
PARTS = (*_ASYIRM, *_MMSD)
"""Of RiSe: `weight_...` in its config."""
STUDIED = {
    "angular": 0.1,
    "mixing": 0.3,
    "shuffling": 0.3,
    "disentanglement": 0.3,
    "recombination": 0.5,
    "denial": 0.5,
}
"""Weights of parts that are switched off, in the row that is about one of them."""

ROWS: dict[str, Row] = {
    "erm": Row("erm", "linear"),
    "irm": Row("irm", "linear"),
    "sa_fas": Row("sa_fas", "linear"),
    "radial": Row("erm", "polar"),
    "invariance": Row("rise", "polar", _INVARIANCE),
    "angular": Row("rise", "polar", ("angular",)),
    "asyirm": Row("rise", "polar", _ASYIRM),
    "mixing": Row("rise", "polar", ("mixing",)),
    "shuffling": Row("rise", "polar", ("shuffling",)),
    "disentanglement": Row("rise", "polar", ("disentanglement",)),
    "recombination": Row("rise", "polar", ("recombination",)),
    "denial": Row("rise", "polar", ("denial",)),
    "mmsd": Row("rise", "polar", _MMSD),
    "rise": Row("rise", "polar", None),
}
"""Rows of the table. `radial` is the polar head alone; each later row adds parts of RiSe to it."""


@dataclass(frozen=True)
class Task:
    """Where is learned and where is measured.

    Attributes:
        sources: domains trained on.
        targets: domains that training does not see.
    """

    sources: tuple[str, ...]
    targets: tuple[str, ...]

    @property
    def name(self) -> str:
        """Short, usable as a folder."""
        return f"{'+'.join(self.sources)}-to-{'+'.join(self.targets)}"


@dataclass(frozen=True)
class Variant:
    """A row of the table: an algorithm, its head, and fields of its config that differ.

    Attributes:
        row: key of `ROWS`.
        changes: name and value of fields of `AlgorithmConfig`.
    """

    row: str
    changes: tuple[tuple[str, float], ...] = ()

    @property
    def name(self) -> str:
        """Short, usable as a folder."""
        return ",".join([self.row, *(f"{field}={value:g}" for field, value in self.changes)])

    def algorithm(self, base: AlgorithmConfig) -> AlgorithmConfig:
        """The algorithm's config, the rest as in `base`."""
        row = ROWS[self.row]
        changes: dict[str, Any] = {"name": row.algorithm, **_weights(row, base)}
        return replace(base, **(changes | dict(self.changes)))

    def network(self, base: NetworkConfig) -> NetworkConfig:
        """The network's config, the rest as in `base`."""
        return replace(base, head=ROWS[self.row].head)


def _weights(row: Row, base: AlgorithmConfig) -> dict[str, float]:
    """The weights that a row of `rise` changes."""
    if row.parts is None or row.algorithm != "rise":
        return {}
    weights = {f"weight_{part}": 0.0 for part in PARTS if part not in row.parts}
    for part in row.parts if len(row.parts) == 1 else ():
        weight = f"weight_{part}"
        weights[weight] = getattr(base, weight) or STUDIED[part]
    return weights


def tasks(
    protocol: Protocol, domains: tuple[str, ...], targets: tuple[str, ...] = ()
) -> list[Task]:
    """The tasks of a protocol.

    `leave-one-out` measures in each domain in turn what was learned in all others;
    `limited-sources` learns in one half of the domains and measures in the other, both ways;
    `all-sources` learns in all of them and measures in other domains.

    Args:
        protocol: one of these.
        domains: domains that take part.
        targets: targets of leave-one-out, the domains to leave out (none named means all); of
            all-sources, the other domains.

    Raises:
        ValueError: there are too few domains, or targets that the protocol has no use for.
    """
    if protocol == "all-sources":
        if not targets or set(targets) & set(domains):
            raise ValueError(f"expected targets outside {', '.join(domains)} for all-sources")
        return [Task(domains, targets)]
    if len(domains) < 2:
        raise ValueError(f"expected at least two domains, got {', '.join(domains) or 'none'}")
    if protocol == "leave-one-out":
        if set(targets) - set(domains):
            raise ValueError(f"expected targets among {', '.join(domains)}, got {targets}")
        return [
            Task(tuple(d for d in domains if d != left), (left,)) for left in targets or domains
        ]
    if targets:
        raise ValueError(f"expected no targets for {protocol}, which has its own")
    half = len(domains) // 2
    return [Task(domains[:half], domains[half:]), Task(domains[half:], domains[:half])]


def cell_config(base: TrainConfig, variant: Variant, task: Task, seed: int) -> TrainConfig:
    """The training config of one cell, without its folder."""
    return replace(
        base,
        data=replace(base.data, domains=task.sources),
        network=variant.network(base.network),
        algorithm=variant.algorithm(base.algorithm),
        seed=seed,
    )
