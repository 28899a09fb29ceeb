"""Hint: what is probably wrong with a folder's images."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Hint:
    """What is probably wrong with a folder's images.

    Attributes:
        kind: depth_scale or faces_cut_out.
        text: one line, for people.
    """

    kind: str
    text: str
