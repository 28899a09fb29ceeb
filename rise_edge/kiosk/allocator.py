"""Allocator: keeps the C library from holding memory for threads that are over.

glibc gives a new thread an arena of its own where the others are in use, up to eight a processor,
and what was freed in an arena stays in it. A camera that is opened again has a new thread, which
now and then begins before the old one's arena is free: frames of some 30 MB a time stay behind.
"""

from __future__ import annotations

import ctypes
import platform

_M_ARENA_MAX = -8  # of <malloc.h>
_ARENAS = 2


def bound_arenas() -> bool:
    """Let all threads share two arenas from now on; whether the C library does so.

    Threads that were given one before keep it, so this is for the start of a program. Where the C
    library is another one than glibc, nothing happens. `MALLOC_ARENA_MAX` does the same from
    outside.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    return bool(ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS))
