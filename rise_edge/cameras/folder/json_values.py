"""DescriptionValues: takes what a camera's JSON file says, or tells where it cannot be right."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from rise_edge.errors import CameraError

_ROTATION_TOLERANCE = 1e-3


@dataclass(frozen=True)
class DescriptionValues:
    """Each method returns the value if it is what was wanted.

    Attributes:
        path: path of the file, for errors.

    Raises:
        CameraError: the value is of another kind, or out of its range.
    """

    path: Path

    def rotation(self, value: Any, where: str) -> NDArray[np.float64]:
        """A rotation matrix (3, 3)."""
        if not isinstance(value, list) or len(value) != 3:
            self.fail(where, "three rows", value)
        rotation = np.stack([self.vector(row, where) for row in value])
        with np.errstate(over="ignore", invalid="ignore"):
            away = np.abs(rotation @ rotation.T - np.eye(3)).max()
            turns = away <= _ROTATION_TOLERANCE and np.linalg.det(rotation) > 0
        if not turns:
            self.fail(where, "an orthonormal matrix with determinant 1", value)
        return rotation

    def vector(self, value: Any, where: str) -> NDArray[np.float64]:
        """Three numbers."""
        if not isinstance(value, list) or len(value) != 3:
            self.fail(where, "three numbers", value)
        return np.array([self.number(v, where) for v in value])

    def numbers(self, value: Any, where: str, count: int) -> tuple[float, ...]:
        """A list of so many numbers."""
        if not isinstance(value, list) or len(value) != count:
            self.fail(where, f"{count} numbers", value)
        return tuple(self.number(v, where) for v in value)

    def text(self, value: Any, where: str) -> str:
        """Some text of at most 200 characters, in one line."""
        if not isinstance(value, str) or not value.isprintable() or not 0 < len(value) <= 200:
            self.fail(where, "a line of text", value)
        return str(value)

    def number(self, value: Any, where: str, *, positive: bool = False) -> float:
        """A number that a float can hold."""
        return float(
            self._scalar(
                value,
                where,
                "a positive number" if positive else "a number",
                (int, float),
                lambda v: v > 0 or not positive,
            )
        )

    def integer(self, value: Any, where: str, least: int) -> int:
        """A whole number."""
        wanted = f"a whole number of at least {least}"
        return int(self._scalar(value, where, wanted, (int,), lambda v: v >= least))

    def _scalar(
        self,
        value: Any,
        where: str,
        wanted: str,
        kinds: tuple[type, ...],
        holds: Callable[[Any], bool],
    ) -> Any:
        fits = isinstance(value, kinds) and not isinstance(value, bool)
        # What a float cannot hold would overflow in the first sum.
        if not fits or not abs(value) < 1e15 or math.isnan(value) or not holds(value):
            self.fail(where, wanted, value)
        return value

    def table(
        self,
        value: Any,
        where: str,
        known: set[str] | None = None,
        needed: set[str] | None = None,
    ) -> dict[str, Any]:
        """An object, with no keys but `known` and with all that are `needed`."""
        if not isinstance(value, dict):
            self.fail(where, "an object", value)
        if known is not None and (unknown := sorted(value.keys() - known)):
            self.fail(where, f"keys among {', '.join(sorted(known))}", unknown[0])
        if lacking := sorted((needed or set()) - value.keys()):
            self.fail(where, f"the key {lacking[0]}", sorted(value))
        return value

    def fail(self, where: str, wanted: str, value: Any) -> NoReturn:
        """Say what was expected, and where."""
        raise CameraError(f"{self.path}: expected {where} to hold {wanted}, got {repr(value)[:80]}")
