"""Recording: what an importer found in somebody's files, before it becomes a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from rise_edge.cameras.folder.description import Sensor
from rise_edge.errors import CameraError
from rise_edge.frame import Modality, modality_set


@dataclass(frozen=True, eq=False)
class ImportedImage:
    """One picture on its way into the folder.

    Attributes:
        modality: kind of picture.
        number: position of its frame in the folder, from 1; the pictures of one frame share it.
        pixels: colour u8 (H, W, 3) RGB, depth u16 (H, W) in millimetres, infrared u8 (H, W).
        frame_number: counter of the sensor.
        timestamp_ms: clock of the sensor.
    """

    modality: Modality
    number: int
    pixels: NDArray[Any]
    frame_number: int
    timestamp_ms: float


@dataclass(frozen=True, eq=False)
class Recording:
    """Pictures to import, read only when they are asked for.

    Attributes:
        name: device or file that they come from, for people.
        modalities: kinds of picture in every frame.
        fps: frames a second.
        images: starts to read them.
        count: how many pictures are announced; None if nobody knows before the end.
        sensors: size and viewpoint of each modality; empty if the lens is unknown.
        notes: what a person has to know about the result, one sentence each.
    """

    name: str
    modalities: frozenset[Modality]
    fps: float
    images: Callable[[], Iterator[ImportedImage]]
    count: int | None
    sensors: Mapping[Modality, Sensor] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def choose_modalities(
    available: frozenset[Modality], wanted: frozenset[Modality] | None, subject: str
) -> frozenset[Modality]:
    """The modalities to import: the wanted ones, by default all.

    Args:
        available: modalities that the source has.
        wanted: modalities that somebody asked for, None for all.
        subject: name of the source, for errors.

    Raises:
        CameraError: a wanted one is missing, or there are none at all.
    """
    if not available:
        raise CameraError(f"{subject}: expected colour, depth or infrared, got none of them")
    if wanted is None:
        return available
    if lacking := wanted - available:
        raise CameraError(
            f"{subject}: expected {modality_set(wanted)}, got no {modality_set(lacking)}; "
            f"choose --modalities {modality_set(available)}"
        )
    return wanted
