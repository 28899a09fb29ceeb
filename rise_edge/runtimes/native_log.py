"""Native log: what a C library writes to standard error, without the lines that say nothing."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress

STDERR = 2


@contextmanager
def without_lines(noise: re.Pattern[bytes]) -> Iterator[None]:
    """Leave out of standard error the lines that begin with a pattern; pass on all others.

    A C library does not write through `sys.stderr`, so the process's own standard error is turned
    to a file and back. What other threads write meanwhile comes a moment late, and what is written
    right before the process dies is lost: keep it around the call that makes the noise.

    Args:
        noise: matched at the beginning of each line.
    """
    with suppress(AttributeError, OSError, ValueError):  # a service may have closed it
        sys.stderr.flush()
    try:
        kept = os.dup(STDERR)
    except OSError:  # nobody listens
        yield
        return
    try:
        with tempfile.TemporaryFile() as log:
            os.dup2(log.fileno(), STDERR)
            try:
                yield
            finally:
                os.dup2(kept, STDERR)
                log.seek(0)
                said = b"".join(line for line in log if not noise.match(line))
                with suppress(OSError):
                    os.write(STDERR, said)
    finally:
        os.close(kept)
