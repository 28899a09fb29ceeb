"""Prompter: keeps what the person is told steady enough to be read."""

from __future__ import annotations

import math

from rise_edge.decision.verdict import Verdict
from rise_edge.guidance.guide import Guide


class Prompter:
    """Follows the faults of one camera's frames.

    Args:
        guide: the instructions.
        settle_ms: a fault is spoken of once it has lasted for so long: one bad frame is not.
        hold_ms: an instruction stays for at least so long.
    """

    def __init__(self, guide: Guide, *, settle_ms: float = 200.0, hold_ms: float = 800.0) -> None:
        self._guide = guide
        self._settle_ms = settle_ms
        self._hold_ms = hold_ms
        self._shown: str | None = None
        self._shown_ms = -math.inf
        self._wanted: str | None = None
        self._wanted_ms = -math.inf

    def tell(self, verdict: Verdict, now_ms: float) -> str | None:
        """What to tell the person now, None where there is nothing to tell.

        Args:
            verdict: verdict of the frame.
            now_ms: on a clock that never goes back.
        """
        wanted = self._guide.instruction(verdict)
        if wanted != self._wanted:
            self._wanted, self._wanted_ms = wanted, now_ms
        settled = now_ms - self._wanted_ms >= self._settle_ms
        held = self._shown is None or now_ms - self._shown_ms >= self._hold_ms
        if wanted != self._shown and settled and held:
            self._shown, self._shown_ms = wanted, now_ms
        return self._shown
