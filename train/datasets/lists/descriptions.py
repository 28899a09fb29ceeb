"""Descriptions: the camera.json files that lines of a list name."""

from __future__ import annotations

from pathlib import Path

from rise_edge.cameras.folder.description import FolderDescription, read_description
from rise_edge.errors import CameraError


class Descriptions:
    """Reads each camera.json once: it may describe thousands of instants."""

    def __init__(self) -> None:
        self._read: dict[Path, FolderDescription] = {}

    def of(self, camera: Path | None) -> FolderDescription:
        """What a camera.json says; nothing where a line names none.

        Raises:
            ValueError: the file cannot be used.
        """
        if camera is None:
            return FolderDescription()
        if camera not in self._read:
            try:
                self._read[camera] = read_description(camera.parent)
            except CameraError as error:
                raise ValueError(str(error)) from None
        return self._read[camera]
