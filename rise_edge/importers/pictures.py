"""Pictures: a single one or a folder of them, as a `Recording`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rise_edge.errors import CameraError
from rise_edge.frame import Intrinsics, Modality
from rise_edge.importers.depth_formats import DEPTH_FORMATS
from rise_edge.importers.lens import sensors_behind
from rise_edge.importers.picture_file import PICTURES, read_picture
from rise_edge.importers.recording import ImportedImage, Recording, choose_modalities

_FPS = 30.0  # nobody knows

_Files = Mapping[Modality, Sequence[Path]]


def open_pictures(
    path: Path,
    wanted: frozenset[Modality] | None = None,
    *,
    lens: Intrinsics | None = None,
    depth: Path | None = None,
    depth_format: str = "mm",
) -> Recording:
    """Colour pictures in the order of their names, each turned as its EXIF says.

    With depth, a picture that its EXIF turns is refused.

    Args:
        path: a picture, or a folder of pictures.
        wanted: modalities to import, None for all that there are.
        lens: lens of the colour pictures, None if it is unknown.
        depth: depth of the one picture, registered to it.
        depth_format: what that depth means; a key of `DEPTH_FORMATS`.

    Raises:
        CameraError: there are no pictures, or one cannot be read.
    """
    there: dict[Modality, list[Path]] = {Modality.COLOUR: _colour_files(path)}
    if depth is not None:
        if len(there[Modality.COLOUR]) != 1:
            count = len(there[Modality.COLOUR])
            raise CameraError(f"{path}: expected one picture with --depth, got {count}")
        there[Modality.DEPTH] = [depth]
    modalities = choose_modalities(frozenset(there), wanted, str(path))
    files = {m: paths for m, paths in there.items() if m in modalities}
    first = {m: read_picture(m, paths[0]) for m, paths in files.items()}
    sizes = {m: (pixels.shape[1], pixels.shape[0]) for m, pixels in first.items()}
    return Recording(
        name=path.name,
        modalities=modalities,
        fps=_FPS,
        images=lambda: _images(files, depth_format),
        count=sum(map(len, files.values())),
        sensors=sensors_behind(lens, sizes, str(path)) if lens else {},
    )


def _colour_files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    try:
        files = sorted(
            file
            for file in path.iterdir()
            if file.suffix.lower() in PICTURES and not file.name.startswith(".")
        )
    except OSError as error:
        raise CameraError(f"{path}: expected a folder, got {error.strerror}") from error
    if not files:
        kinds = ", ".join(sorted(PICTURES))
        raise CameraError(f"{path}: expected pictures ({kinds}) or rgb.txt of TUM, got neither")
    return files


def _images(files: _Files, depth_format: str) -> Iterator[ImportedImage]:
    to_millimetres = DEPTH_FORMATS[depth_format]
    for modality, paths in files.items():
        for index, path in enumerate(paths):
            pixels = read_picture(modality, path, registered=Modality.DEPTH in files)
            if modality is Modality.DEPTH:
                pixels = to_millimetres(pixels)
            yield ImportedImage(modality, index + 1, pixels, index, index * 1000 / _FPS)
