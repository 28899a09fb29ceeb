"""Drift history: what the drift watch has seen, in a file, so that a restart does not blind it.

A kiosk that is switched off every night would begin its watch again every morning, and a fault that
takes thirty sessions to tell would never be told. One line a session, numbers only: neither a
picture nor an embedding. The watch is played over them at the start: ties are broken by the same
seed, so that it stands exactly where it stood. The file is for one calibration: another one's is
begun again, which is how a warning is put away.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections import deque
from dataclasses import asdict
from io import FileIO
from pathlib import Path
from types import TracebackType

from rise_edge.errors import OutputError
from rise_edge.files.plain_file import read_plain_file
from rise_edge.files.strict_json import parse_object, take_fields
from rise_edge.files.write_atomic import write_atomic
from rise_edge.site.drift_detector import WatchedSession
from rise_edge.site.site_file import REFERENCE_SIGNALS, SiteReference

SCHEMA = "rise_edge.drift_history/1"
MOST = 20_000  # sessions that are kept; the watch forgets no faster
_MAX_BYTES = 32 * 1024 * 1024  # more than twice as many of the longest lines

_log = logging.getLogger(__name__)


class DriftHistory:
    """The sessions of one kiosk since it was calibrated, in a file.

    At most twice `most` lines; the newest `most` are kept. Lines that a loss of power damaged are
    left out, with a warning: what only warns must not keep a kiosk from starting.

    Args:
        path: path of the file; a new one where there is none.
        reference: what the sessions are compared with.
        most: sessions that are kept.

    Attributes:
        past: sessions that the file held, the oldest first.

    Raises:
        OutputError: it cannot be read or written, or is something else.
    """

    def __init__(self, path: Path, reference: SiteReference, most: int = MOST) -> None:
        self.path = path
        self._header = _line({"schema": SCHEMA, "reference": _identity(reference)})
        self._most = most
        lines = self._read()
        sound = [(line, session) for line in lines if (session := _session(line))]
        if len(sound) < len(lines):
            damaged = len(lines) - len(sound)
            _log.warning("drift history %s: %d damaged lines are left out", path, damaged)
        self._lines = deque((line for line, _ in sound), maxlen=most)
        self.past = tuple(session for _, session in sound[-most:])
        self._file = self._rewritten()

    def keep(self, session: WatchedSession) -> None:
        """Add one session.

        Raises:
            OutputError: it cannot be written.
        """
        line = _line({name: value for name, value in asdict(session).items() if value is not None})
        self._lines.append(line)
        try:
            if self._written == 2 * self._most:
                self._file.close()
                self._file = self._rewritten()
                return
            if self._file.write(line) != len(line):
                raise OSError(None, "it was written in part")
        except OSError as error:
            raise self._unwritable(error) from None
        self._written += 1

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> DriftHistory:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _read(self) -> list[bytes]:
        """The file's sessions, none where it is new or another calibration's."""
        try:
            content = read_plain_file(self.path, _MAX_BYTES)
            header, *lines = content.splitlines(keepends=True) or [self._header]
            fields = take_fields(parse_object(header), "the first line", _HEADER)
            if fields["schema"] != SCHEMA:
                raise ValueError(f"expected schema {SCHEMA}, got {fields['schema']!r:.40}")
        except FileNotFoundError:
            return []
        except OSError as error:
            raise OutputError(f"drift history {self.path}: {error.strerror}") from None
        except ValueError as error:
            raise OutputError(
                f"drift history {self.path}: {error}; move it away, or name another file"
            ) from None
        if header != self._header:
            _log.warning("drift history %s is of another calibration: begun again", self.path)
            return []
        # Half a line may be a sound one that lost its end.
        return [line if line.endswith(b"\n") else b"" for line in lines]

    def _rewritten(self) -> FileIO:
        """The file with what is kept, whole, open for more."""
        try:
            write_atomic(self.path, self._header + b"".join(self._lines))
            self._written = len(self._lines)
            return FileIO(self.path, "ab")
        except OSError as error:
            raise self._unwritable(error) from None

    def _unwritable(self, error: OSError) -> OutputError:
        return OutputError(f"cannot write the drift history {self.path}: {error.strerror}")


_HEADER: dict[str, type] = {"schema": str, "reference": str}


def _identity(reference: SiteReference) -> str:
    return hashlib.sha256(json.dumps(asdict(reference), sort_keys=True).encode()).hexdigest()


def _line(fields: dict[str, object]) -> bytes:
    return json.dumps(fields, allow_nan=False).encode() + b"\n"


def _session(line: bytes) -> WatchedSession | None:
    """What a line holds; None where it is damaged."""
    kinds: dict[str, type] = {
        "live": bool,
        "nearest": str,
        **dict.fromkeys(REFERENCE_SIGNALS, float),
    }
    try:
        data = parse_object(line)
        known = {name: kind for name, kind in kinds.items() if name in data or name == "live"}
        return WatchedSession(**take_fields(data, "a session", known))
    except ValueError:
        return None
