"""Kept: what became of one session's evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Kept:
    """What became of one session's evidence.

    Attributes:
        session: its number; None where not a session's evidence but the removal of old files
            failed.
        file: the name of the file that was written, None where none was.
        error: why not; None iff all went well.
    """

    session: int | None
    file: str | None = None
    error: str | None = None

    def __str__(self) -> str:
        what = "old evidence" if self.session is None else f"evidence of session {self.session}"
        if self.error is None:
            return f"{what} is kept in {self.file}"
        return f"{what} was not {'removed' if self.session is None else 'kept'}: {self.error}"

    def fields(self) -> dict[str, Any]:
        """As the event `evidence_failed` has it."""
        return {"session": self.session, "error": self.error}
