"""Cells of the benchmark: which model is trained on which domains and measured in which."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from train.algorithms import AlgorithmConfig
from train.config import TrainConfig
from train.networks import NetworkConfig

Protocol = Literal["leave-one-out", "limited-sources", "all-sources"]
Head = Literal["polar", "plain", "linear"]

ROWS: dict[str, tuple[str, Head]] = {
    "erm": ("erm", "linear"),
    "irm": ("irm", "linear"),
    "sa_fas": ("sa_fas", "linear"),
    "plain": ("erm", "plain"),
    "radial": ("erm", "polar"),
    "asyirm": ("asyirm", "polar"),
    "mmsd": ("mmsd", "polar"),
    "rise": ("rise", "polar"),
}
"""Rows of the table: algorithm and head. `plain` is a norm without the polar form, `radial` the
polar form alone; each later row adds a part of RiSe."""


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
        changes: dict[str, Any] = dict(self.changes)
        return replace(base, name=ROWS[self.row][0], **changes)

    def network(self, base: NetworkConfig) -> NetworkConfig:
        """The network's config, the rest as in `base`."""
        return replace(base, head=ROWS[self.row][1])


def tasks(
    protocol: Protocol, domains: tuple[str, ...], targets: tuple[str, ...] = ()
) -> list[Task]:
    """The tasks of a protocol.

    `leave-one-out` measures in each domain in turn what was learned in all others;
    `limited-sources` learns in one half of the domains and measures in the other, both ways;
    `all-sources` learns in all of them and measures in other domains.

    Args:
        protocol: one of these.
        domains: that take part.
        targets: of leave-one-out, the domains to leave out (none named means all); of
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
