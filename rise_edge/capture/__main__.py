"""`python -m rise_edge.capture`: watch a camera and judge the faces before it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from rise_edge.cameras import list_cameras
from rise_edge.cameras.realsense.hardware import NoDeviceError
from rise_edge.command_line.standard_streams import log_to_standard_error, open_closed_streams
from rise_edge.errors import OutputError, RiseEdgeError
from rise_edge.kiosk.allocator import bound_arenas
from rise_edge.kiosk.config.command_line import Arguments, parse
from rise_edge.kiosk.config.toml_file import config_text
from rise_edge.kiosk.kiosk import capture


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    open_closed_streams()
    try:
        options = parse(arguments)
        bound_arenas()
        log_to_standard_error()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, _interrupt)
        return _run(options)
    except RiseEdgeError as error:
        without = "; or try --camera simulated" if isinstance(error, NoDeviceError) else ""
        print(f"error: {error}{without}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # Python's own flush at exit must not stumble over the pipe again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 0


def _interrupt(number: int, frame: FrameType | None) -> None:
    # The first signal asks for a clean stop; the second one ends a stop that hangs.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    raise KeyboardInterrupt


def _run(options: Arguments) -> int:
    if options.print_config:
        return _print_config(options)
    return _list() if options.list_cameras else capture(options.kiosk)


def _print_config(options: Arguments) -> int:
    text = config_text(options.kiosk, Path.cwd())
    if sys.stdout is None:
        raise OutputError("cannot print the configuration: standard output is closed; open it")
    sys.stdout.buffer.write(text.encode("utf-8"))  # TOML is UTF-8, whatever the terminal has
    sys.stdout.buffer.flush()
    return 0


def _list() -> int:
    for camera in list_cameras():
        print(f"--camera {camera.spec:<24} {camera.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
