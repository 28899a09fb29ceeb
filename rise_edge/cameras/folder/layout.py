"""Layout of a folder of images: which file is which modality of which instant."""

from __future__ import annotations

from pathlib import Path

from rise_edge.cameras.folder.image_file import SUFFIXES
from rise_edge.errors import CameraError
from rise_edge.frame import ALSO_CALLED, Modality
from rise_edge.frame import modality_set as named

_LAYOUT = "expected images as colour/000001.png, depth/..., infrared/..."


def subfolders(folder: Path) -> dict[Modality, Path]:
    """The subfolder of each modality, whatever it is called: colour, color or rgb; infrared or ir.

    Raises:
        CameraError: two subfolders are of one modality, or the folder cannot be listed.
    """
    found: dict[Modality, Path] = {}
    try:
        for entry in sorted(folder.iterdir()):
            word = ALSO_CALLED.get(entry.name.lower())
            if word is None or not entry.is_dir():
                continue
            modality = Modality(word)
            if modality in found:
                twice = f"{found[modality].name}/ and {entry.name}/"
                raise CameraError(f"{folder}: expected one subfolder for {modality}, got {twice}")
            found[modality] = entry
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise CameraError(f"{folder}: expected a folder, got {error.strerror}") from error
    return found


def list_images(
    folder: Path, modalities: frozenset[Modality]
) -> list[tuple[str, dict[Modality, Path]]]:
    """Stem and paths of each instant, ordered by name.

    Raises:
        CameraError: there are none, or not the same in each subfolder.
    """
    places = subfolders(folder)
    found = {m: _stems(places.get(m), SUFFIXES[m]) for m in Modality if m in modalities}
    if empty := {m for m, stems in found.items() if not stems}:
        there = named(m for m in found if m not in empty)
        got = f"images for {there} alone" if there else "no images"
        hint = f", or choose --modalities {there}" if there else ""
        others = "".join(_others(places[m], m) for m in Modality if m in empty and m in places)
        raise CameraError(
            f"{folder}: {_LAYOUT} for {named(modalities)}, got {got}{others}; "
            f"add those for {named(empty)}{hint}"
        )
    every = set().union(*found.values())
    for modality, stems in found.items():
        if lacking := sorted(every - stems.keys()):
            counts = ", ".join(f"{len(s)} {m}" for m, s in found.items())
            raise CameraError(
                f"{folder}: {_LAYOUT} named alike, got {counts} images: {modality} has no "
                f"{lacking[0]!r}"
            )
    return [(stem, {m: found[m][stem] for m in found}) for stem in sorted(every, key=_order)]


def _stems(folder: Path | None, suffixes: tuple[str, ...]) -> dict[str, Path]:
    stems: dict[str, Path] = {}
    if folder is None:
        return stems
    try:
        for path in folder.iterdir():
            if path.suffix.lower() not in suffixes or path.name.startswith("."):
                continue
            if path.stem in stems:
                twice = f"{stems[path.stem].name} and {path.name}"
                raise CameraError(f"{folder}: expected one image of each name, got {twice}")
            stems[path.stem] = path
    except OSError as error:
        raise CameraError(f"{folder}: expected a folder, got {error.strerror}") from error
    return stems


def _others(folder: Path, modality: Modality) -> str:
    """What a subfolder holds that no image of its modality is."""
    files = sorted(p.name for p in folder.iterdir() if not p.name.startswith("."))
    if not files:
        return ""
    accepted = " or ".join([", ".join(SUFFIXES[modality][:-1]), SUFFIXES[modality][-1]])
    return f" ({files[0]} in {folder.name}/ is none: {modality} is {accepted})"


def _order(stem: str) -> tuple[int, str]:
    """Numbers by their value, before names."""
    return (int(stem), stem) if stem.isdecimal() else (10**300, stem)
