import platform
import subprocess
import sys

import pytest

# Each thread frees blocks of its own size while the others wait: with arenas of their own, what
# they freed stays with each of them.
PROGRAM = """
import ctypes, threading
from rise_edge.kiosk.allocator import bound_arenas
if {bound}:
    assert bound_arenas()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
barrier = threading.Barrier(6)
def work():
    barrier.wait(); libc.free(ctypes.c_void_p(libc.malloc(1000))); barrier.wait()
threads = [threading.Thread(target=work) for _ in range(6)]
[t.start() for t in threads]; [t.join() for t in threads]
libc.open_memstream.restype = ctypes.c_void_p
text, size = ctypes.c_char_p(), ctypes.c_size_t()
stream = libc.open_memstream(ctypes.byref(text), ctypes.byref(size))
libc.malloc_info(0, stream); libc.fclose(ctypes.c_void_p(stream))
print(text.value.count(b"<heap nr="))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="arenas are glibc's")
def test_threads_share_two_arenas() -> None:
    def arenas(bound: bool) -> int:
        code = PROGRAM.format(bound=bound)
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return int(done.stdout)

    assert arenas(False) > 2
    assert arenas(True) <= 2
