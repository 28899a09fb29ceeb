"""pyrealsense2: loaded when first needed, and its errors put into words."""

from __future__ import annotations

import ctypes
import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from rise_edge.errors import CameraError, MissingExtraError

_INSTALL = "install it with `pip install rise-edge[realsense]`"

# The SDK raises bare RuntimeErrors: only their text tells them apart. First match wins.
_MEANINGS = (
    ("No device connected", "it is not connected"),
    ("disconnected", "it was unplugged"),
    ("is no device", "it was unplugged"),
    ("Couldn't resolve requests", "it does not offer the streams that were asked for"),
    ("extrinsics are not available", "a stream has no place, or gave no frame; record it again"),
    ("busy", "another program is using it; close that program"),
    ("set power state", "another program is using it, or the USB port gives too little power"),
    ("ermission", "this user may not open it; install librealsense's udev rules"),
    ("file is not a database", "expected a .db3 recording, got a file of another kind"),
    ("malformed", "the recording is damaged or cut short; record it again"),
    ("SQL", "expected a RealSense recording, got a database of another kind or a damaged one"),
)


@cache
def load_sdk() -> Any:
    """The module `pyrealsense2`.

    Its wheel needs libusb-1.0 and does not bring it: where the system has none, the one of
    `libusb-package` is loaded first.

    Raises:
        MissingExtraError: pyrealsense2 is not installed, or no libusb-1.0 can be loaded.
    """
    try:
        return importlib.import_module("pyrealsense2")
    except ModuleNotFoundError:
        raise MissingExtraError(f"a RealSense needs pyrealsense2; {_INSTALL}") from None
    except ImportError:
        _load_libusb()
    try:
        return importlib.import_module("pyrealsense2")
    except ImportError as error:
        raise MissingExtraError(f"pyrealsense2 cannot be loaded ({error}); {_INSTALL}") from error


def _load_libusb() -> None:
    try:
        path = importlib.import_module("libusb_package").get_library_path()
        ctypes.CDLL(str(path), mode=ctypes.RTLD_GLOBAL)
    except (ModuleNotFoundError, OSError) as error:
        raise MissingExtraError(
            f"pyrealsense2 needs libusb-1.0 ({error}); {_INSTALL}, or the system's libusb-1.0-0"
        ) from error


def new_context() -> Any:
    """A context that sees what is connected to this machine.

    DDS is off: a camera of the network could be anyone's.
    """
    return load_sdk().context('{"dds":{"enabled":false}}')


@contextmanager
def sdk_errors(subject: str) -> Iterator[None]:
    """Turn what the SDK raises into a CameraError that starts with `subject`."""
    try:
        yield
    except RuntimeError as error:
        text = " ".join(str(error).split())
        meaning = next((words for mark, words in _MEANINGS if mark in text), "the SDK gave up")
        raise CameraError(f"{subject}: {meaning} (librealsense: {text})") from error
