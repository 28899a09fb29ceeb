"""WallClock: whether the time of day may be believed before pictures are removed by their age.

A machine without a battery starts in 1970 or 2000 and jumps when the network sets its time; a date
that is wrong by a year would make everything too old at once. So nothing is removed by age while
the clock shows a time before this program was made, nor within a day after it has jumped ahead by
more than a week. A kiosk that was switched off for longer waits that day too: nobody can tell the
two apart. The limit of size holds at every time.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

EARLIEST = datetime(2026, 1, 1, tzinfo=timezone.utc)
"""No clock that shows an earlier time is right: this program is younger."""

_JUMP = timedelta(days=7)
_WAIT = timedelta(days=1)
_WRITE_EVERY = timedelta(hours=1)
_LINE = re.compile(r"^clock: seen (\S+) jumped (\S+)$", re.MULTILINE)

_log = logging.getLogger("rise_edge")


@dataclass(frozen=True)
class WallClock:
    """What is remembered of the clock from one look at it to the next, across runs.

    Attributes:
        seen: time that was believed last, None where there was none.
        jumped: time that the clock showed when it was seen to have jumped ahead, None where it has
            not.
    """

    seen: datetime | None = None
    jumped: datetime | None = None

    @classmethod
    def parse(cls, text: str) -> WallClock:
        """What `line` wrote; nothing is remembered where there is no such line."""
        found = _LINE.search(text)
        try:
            return cls(*(_time(word) for word in found.groups())) if found else cls()
        except ValueError:
            return cls()

    def line(self) -> str:
        """One line of text that `parse` understands."""
        seen, jumped = (time.isoformat() if time else "-" for time in (self.seen, self.jumped))
        return f"clock: seen {seen} jumped {jumped}\n"

    def at(self, now: datetime) -> WallClock:
        """What to remember after a look at the clock; itself where that is nothing new."""
        if now < EARLIEST:
            return self
        if self.seen is None or now - self.seen <= _JUMP:
            recent = self.seen is not None and abs(now - self.seen) < _WRITE_EVERY
            return self if recent and self.jumped is None else WallClock(now)
        if self.jumped is None or now < self.jumped:
            return WallClock(self.seen, now)
        return WallClock(now) if now - self.jumped >= _WAIT else self

    def believes(self, now: datetime) -> bool:
        """Whether files may be removed by the age that they have now."""
        return now >= EARLIEST and self.jumped is None

    def warn(self, now: datetime) -> None:
        """Say why no file is removed by its age."""
        said = f"the clock shows {now:%Y-%m-%d %H:%M} UTC"
        if now < EARLIEST:
            said += ", when this program was not made yet; kept evidence ages once it is right"
        elif self.jumped is not None and self.seen is not None:
            until = self.jumped + _WAIT
            said += f" and showed {self.seen:%Y-%m-%d} before: nothing is removed by age until "
            said += f"{until:%Y-%m-%d %H:%M}"
        _log.warning("kept evidence: %s", said)


def _time(word: str) -> datetime | None:
    if word == "-":
        return None
    time = datetime.fromisoformat(word)
    if time.tzinfo is None:
        raise ValueError("expected a time zone")
    return time
