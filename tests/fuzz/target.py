"""Target: one kind of input that is mutated, and what may come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, given, seed, settings
from hypothesis.strategies import SearchStrategy


@dataclass
class Target:
    """What is mutated.

    Attributes:
        name: of the kind of input.
        examples: what hypothesis draws.
        run: takes one; True if it was accepted, False if it was refused as it should be. Any
            exception that leaves it is a finding.
        accepted, refused: how often.
    """

    name: str
    examples: SearchStrategy[Any]
    run: Callable[[Any], bool]
    accepted: int = field(default=0, init=False)
    refused: int = field(default=0, init=False)

    def fuzz(self, count: int, start: int = 0) -> None:
        """Run at least so many examples; the first finding is shrunk and raised."""
        while self.accepted + self.refused < count:
            before = self.accepted + self.refused
            self._some(count - before, start)
            start += 1
            if self.accepted + self.refused == before:
                raise AssertionError(f"{self.name}: hypothesis draws nothing any more")

    def _some(self, count: int, start: int) -> None:
        @seed(start)
        @settings(
            max_examples=count,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(self.examples)
        def once(example: Any) -> None:
            if self.run(example):
                self.accepted += 1
            else:
                self.refused += 1

        once()
