"""Division: who is in which part of a data set, by name, so that it can be kept with a run."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields

import numpy as np

from train.datasets.crops import CropDataset
from train.datasets.splits import Splits

_NAMED = 5


@dataclass(frozen=True)
class Division:
    """The people of each part, as the data names them, sorted.

    Attributes:
        train: people whom weights are learned on.
        validation: people whom epoch and radius are chosen on.
        test: people whom nothing is chosen on. The lists of a benchmark may have somebody in
            validation and test.

    Raises:
        ValueError: somebody is in training and in another part.
    """

    train: tuple[str, ...]
    validation: tuple[str, ...]
    test: tuple[str, ...]

    def __post_init__(self) -> None:
        both = set(self.train) & {*self.validation, *self.test}
        if both:
            raise ValueError(
                f"expected nobody in training and in another part, got {some(both)} in both"
            )

    @classmethod
    def of(cls, splits: Splits) -> Division:
        """The people that each part holds."""
        return cls(**{name: _people(part) for name, part in vars(splits).items()})

    @classmethod
    def from_json(cls, text: str) -> Division:
        """The inverse of `to_json`.

        Raises:
            ValueError: the text is not a division.
        """
        data = json.loads(text)
        names = [f.name for f in fields(cls)]
        if not isinstance(data, dict) or sorted(data) != sorted(names):
            raise ValueError(f"expected an object with {', '.join(names)}")
        for name, people in data.items():
            if not isinstance(people, list) or not all(isinstance(p, str) for p in people):
                raise ValueError(f"expected {name} to be a list of names")
        return cls(**{name: tuple(sorted(data[name])) for name in names})

    def to_json(self) -> str:
        """The division as JSON text, a name a line."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"

    @property
    def everybody(self) -> frozenset[str]:
        """The people of all parts."""
        return frozenset().union(*vars(self).values())

    def divide(self, splits: Splits) -> Splits:
        """The parts of loaded data, each with nobody but its own people.

        Args:
            splits: what may be in each part; the same data three times where only the division
                says who belongs where.
        """
        return Splits(
            **{
                name: part.select(np.isin(part.subject, np.array(getattr(self, name), str)))
                for name, part in vars(splits).items()
            }
        )

    def gone(self, splits: Splits) -> Division:
        """The people of each part whom the data no longer has."""
        there = Division.of(splits)
        return Division(
            **{
                name: tuple(sorted(set(people) - set(getattr(there, name))))
                for name, people in vars(self).items()
            }
        )

    def difference(self, other: Division) -> str:
        """What has become of these people in another division; empty if nothing has."""
        moved = {
            person
            for name, people in vars(self).items()
            for person in set(people) ^ set(getattr(other, name))
        }
        kinds = {
            "gone": self.everybody - other.everybody,
            "new": other.everybody - self.everybody,
            "in another part": moved & self.everybody & other.everybody,
        }
        return ", ".join(f"{len(p)} {kind} ({some(p)})" for kind, p in kinds.items() if p)


def some(people: Iterable[str]) -> str:
    """The first names, and how many more there are."""
    names = sorted(people)
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _people(part: CropDataset) -> tuple[str, ...]:
    return tuple(str(name) for name in np.unique(part.subject))
