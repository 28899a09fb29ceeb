"""Recognises what is to be imported and opens it with the importer of its kind."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from rise_edge.errors import CameraError
from rise_edge.frame import Intrinsics, Modality
from rise_edge.importers.picture_file import PICTURES
from rise_edge.importers.pictures import open_pictures
from rise_edge.importers.recording import Recording
from rise_edge.importers.tum.tum import is_tum, open_tum
from rise_edge.importers.video import VIDEOS, open_video

KINDS = (
    "a RealSense .bag, a folder in the layout of TUM RGB-D, a .heic photograph, a video, "
    "a picture or a folder of pictures"
)

_BAG, _SQLITE = b"#ROSBAG", b"SQLite format 3\0"
_HEIC = frozenset({".heic", ".heif", ".hif"})


@dataclass(frozen=True)
class ImportOptions:
    """What a person says beside the source.

    Attributes:
        modalities: modalities to import, None for all that are there.
        lens: pinhole of the pictures, None for what the source says.
        depth: picture of depth that belongs to a single colour picture.
        depth_format: what that depth means, None for the source's own format.
    """

    modalities: frozenset[Modality] | None = None
    lens: Intrinsics | None = None
    depth: Path | None = None
    depth_format: str | None = None


def open_recording(path: Path, options: ImportOptions | None = None) -> Recording:
    """Open what is to be imported.

    Args:
        path: file or folder.
        options: what is to be made of it.

    Raises:
        CameraError: nothing is there, nothing here reads it, or an option does not apply to it.
        MissingExtraError: its kind needs the extra `import`.
    """
    options = options or ImportOptions()
    wanted, lens = options.modalities, options.lens
    if path.is_dir():
        if is_tum(path):
            _refuse(options, path, ["--depth"])
            depth_format = options.depth_format or "tum"
            return open_tum(path, wanted, lens=lens, depth_format=depth_format)
        return _open_pictures(path, options)
    start = _first_bytes(path)
    suffix = path.suffix.lower()
    if start.startswith(_BAG):
        from rise_edge.importers.bag.bag import open_bag

        _refuse(options, path, ["--intrinsics", "--depth", "--depth-format"])
        return open_bag(path, wanted)
    if start.startswith(_SQLITE):
        raise CameraError(
            f"{path}: expected {KINDS}, got a database; a RealSense recording (.db3) needs no "
            f"import: --camera {path}"
        )
    if suffix in _HEIC:
        from rise_edge.importers.heic.heic import open_heic

        _refuse(options, path, ["--depth", "--depth-format"])
        return open_heic(path, wanted, lens=lens)
    if suffix in VIDEOS:
        _refuse(options, path, ["--depth", "--depth-format"])
        return open_video(path, wanted, lens=lens)
    if suffix in PICTURES:
        return _open_pictures(path, options)
    raise CameraError(f"{path}: expected {KINDS}, got a file of another kind")


def _open_pictures(path: Path, options: ImportOptions) -> Recording:
    if options.depth is None:
        _refuse(options, path, ["--depth-format"])
    return open_pictures(
        path,
        options.modalities,
        lens=options.lens,
        depth=options.depth,
        depth_format=options.depth_format or "mm",
    )


def _refuse(options: ImportOptions, path: Path, flags: Collection[str]) -> None:
    set_ones = {
        "--intrinsics": options.lens,
        "--depth": options.depth,
        "--depth-format": options.depth_format,
    }
    for flag in flags:
        if set_ones[flag] is not None:
            raise CameraError(f"{path}: {flag} does not apply here; leave it out")


def _first_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(16)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise CameraError(f"{path}: expected {KINDS}, got {reason}") from error
