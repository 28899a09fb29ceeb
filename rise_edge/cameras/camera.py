"""Camera: the one interface behind which sensors, recordings and simulations stand."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, TypeVar

from rise_edge.frame import Frame

_C = TypeVar("_C", bound="Camera")


def name_of(path: Path) -> str:
    """The name of a file or folder for people, events and the audit: text whatever its bytes are.

    >>> name_of(Path("/data/visitors/."))
    'visitors'
    """
    whole = Path(os.path.abspath(path))
    return os.fsencode(whole.name or whole).decode("utf-8", "replace")


class Camera(ABC):
    """A source of frames, open between `__enter__` and `__exit__`.

    Attributes:
        name: what it is, for people.
        serial: what tells this device from others of its kind; "" where there is none.
        live: whether time passes by itself. A live camera drops what nobody reads; from another
            source no frame is lost, however slow its reader.
    """

    name: str = ""
    serial: str = ""
    live: bool = True

    @abstractmethod
    def open(self) -> None:
        """Start the streams.

        Raises:
            CameraError: there is no such camera, or it cannot be started.
        """

    @abstractmethod
    def read(self, timeout_ms: int = 1000) -> Frame | None:
        """The next frame, None when the source has ended.

        Raises:
            CameraError: no frame came within `timeout_ms`, or the source is broken.
        """

    @abstractmethod
    def close(self) -> None:
        """Stop the streams. Closing twice is harmless."""

    @property
    def virtual(self) -> str | None:
        """Why its frames say nothing of who stands there now; None for a sensor of this machine.

        A recording has the serial number of the camera that it was made with: that alone does not
        tell them apart.
        """
        return None if self.live else "its frames are played, not seen now"

    def fields(self) -> dict[str, Any]:
        """What the events `started` and `stopped` say of it: a JSON object."""
        return {"name": self.name, "serial": self.serial, "virtual": self.virtual}

    def reset(self) -> None:  # noqa: B027
        """Reset the device, as unplugging it would do; nothing where it has no such thing.

        Raises:
            CameraError: it refuses.
        """

    def __enter__(self: _C) -> _C:
        self.open()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
