"""View: what a person sees while the loop runs."""

from __future__ import annotations

from typing import TypeVar

from rise_edge.capture.listener import Listener

_V = TypeVar("_V", bound="View")


class View(Listener):
    """Shows the loop to a person between `__enter__` and `__exit__`. This one shows nothing."""

    def __enter__(self: _V) -> _V:
        return self

    def __exit__(self, *error: object) -> None:
        """Close what was opened."""
