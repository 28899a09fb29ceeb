"""Inputs that show nobody, to measure on: whether any of them is classified as live.

The families differ from those of `train.datasets.synthetic.no_face`, which a model may have been
trained on: a model that knows only those must not pass. Each modality is made as a sensor would
give it: depth in whole millimetres with noise and holes, colour and infrared in whole levels.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray

from train.datasets.crops import CropDataset
from train.datasets.synthetic.no_face import no_face
from train.simulator_checks.target import Bar

Field = NDArray[np.floating[Any]]
Pictures = tuple[Field, Field, Field]
"""Colour (S, S, 3) in 0..255, depth (S, S) in millimetres, infrared (S, S) in 0..255."""

_LETTERS = "ABDEFGHKLMNPRSTWXYZ2345678"
_SIDE_MM = 210.0  # of a crop, on an adult: see `rise_edge.face.face_square`
_Family = Callable[[int, Generator], Pictures]


def no_face_inputs(count: int, size: int, seed: int = 0) -> CropDataset:
    """Inputs without a face, of every family of `FAMILIES` in turn.

    Args:
        count: number of inputs.
        size: side in pixels.
        seed: seed of all of them.

    Returns:
        All modalities present, labelled as attacks; `species` is the family's name.
    """
    names = [list(FAMILIES)[row % len(FAMILIES)] for row in range(count)]
    made = [
        _sensed(FAMILIES[name](size, rng), rng)
        for row, name in enumerate(names)
        for rng in [np.random.default_rng([seed, row])]
    ]
    colour, depth_mm, infrared = (np.stack(images) for images in zip(*made, strict=True))
    return _dataset(colour, depth_mm, infrared, np.array(names))


def trained_families(count: int, size: int, generator: torch.Generator) -> CropDataset:
    """New inputs of the families that a model may have been trained on, in whole units.

    Args:
        count: number of inputs.
        size: side in pixels.
        generator: source of all randomness, on the CPU.
    """
    colour, depth_mm, infrared = no_face(count, size, generator)
    return _dataset(
        colour.round().byte().numpy(),
        depth_mm.round().int().numpy().astype(np.uint16),
        infrared.round().byte().numpy(),
        np.full(count, "trained"),
    )


def _dataset(
    colour: NDArray[np.uint8],
    depth_mm: NDArray[np.uint16],
    infrared: NDArray[np.uint8],
    species: NDArray[np.str_],
) -> CropDataset:
    unnamed = np.full(len(species), "-")
    return CropDataset(
        colour=colour,
        depth_mm=depth_mm,
        infrared=infrared,
        rows=np.arange(len(species)),
        present=np.ones((len(species), 3), np.float32),
        bona_fide=np.zeros(len(species), bool),
        species=species,
        domain=unnamed,
        subject=unnamed,
    )


def no_face_bar(inside: NDArray[np.bool_], dataset: CropDataset, what: str) -> Bar:
    """The bar: none of the inputs is inside the sphere.

    Args:
        inside: whether each row of the data set is classified as live.
        dataset: inputs that show nobody.
        what: kind of inputs, for the table.
    """
    families, counts = np.unique(dataset.species[inside], return_counts=True)
    detail = dict(zip(map(str, families), map(int, counts), strict=True))
    title = f"{what}, inside the sphere, of {len(dataset)}"
    return Bar(title, float(inside.sum()), 0, "most", "", detail)


def _sensed(
    pictures: Pictures, rng: Generator
) -> tuple[NDArray[np.uint8], NDArray[np.uint16], NDArray[np.uint8]]:
    """Pictures as sensors give them: noise, missing readings, whole numbers."""
    colour, depth_mm, infrared = pictures
    noisy_mm = depth_mm + rng.normal(0, rng.uniform(0.5, 3), depth_mm.shape)
    lost = (rng.random(depth_mm.shape) < rng.uniform(0, 0.05)) | (depth_mm <= 0)
    levels = [
        np.rint(np.clip(image + rng.normal(0, 2, image.shape), 0, 255)).astype(np.uint8)
        for image in (colour, infrared)
    ]
    whole_mm = np.rint(np.clip(noisy_mm, 1, 10_000)).astype(np.uint16)
    return levels[0], np.where(lost, 0, whole_mm).astype(np.uint16), levels[1]


def _pink(size: int, rng: Generator) -> Pictures:
    """Noise with a spectrum of 1/f, as natural pictures have it, in every modality by itself."""
    colour = np.stack([_one_over_f(size, rng) for _ in range(3)], axis=2)
    depth_mm = rng.uniform(350, 900) + rng.uniform(5, 80) * _one_over_f(size, rng)
    return 110 + 50 * colour, depth_mm, 90 + 45 * _one_over_f(size, rng)


def _one_over_f(size: int, rng: Generator) -> Field:
    """Zero mean, deviation 1."""
    frequency = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None, :])
    frequency[0, 0] = np.inf
    field = np.fft.irfft2(np.fft.rfft2(rng.standard_normal((size, size))) / frequency, (size, size))
    return np.asarray(field / field.std())


def _egg(size: int, rng: Generator) -> Pictures:
    """A smooth ellipsoid of the size of a head, in front of a wall."""
    x, y = _millimetres(size)
    wide, high, deep = rng.uniform((55, 75, 50), (95, 120, 100))
    rise = np.clip(1 - (x / wide) ** 2 - (y / high) ** 2, 0, None)
    return _lit(rise > 0, deep * np.sqrt(rise), rng)


def _cylinder(size: int, rng: Generator) -> Pictures:
    """A post, a bottle or an arm, at any angle."""
    x, y = _millimetres(size)
    angle, radius = rng.uniform(0, np.pi), rng.uniform(35, 110)
    across = x * np.cos(angle) + y * np.sin(angle) + rng.uniform(-20, 20)
    rise = np.clip(radius**2 - across**2, 0, None)
    return _lit(rise > 0, np.sqrt(rise), rng)


def _lit(shape: NDArray[np.bool_], height_mm: Field, rng: Generator) -> Pictures:
    """A body of one material in front of a wall of another, with the light of every camera.

    Colour is lit from any side; infrared from the camera, falling with the square of the distance.
    """
    near_mm = rng.uniform(350, 900)
    wall_mm = near_mm + rng.uniform(100, 1200)
    has_wall = rng.random() < 0.8
    depth_mm = np.where(shape, near_mm - height_mm, wall_mm if has_wall else 0.0)
    side = len(shape)
    down, across = np.gradient(height_mm, _SIDE_MM / side)
    steep = np.sqrt(across**2 + down**2 + 1)
    light = rng.normal((0, -0.4, 1.2), 0.5)
    light /= np.linalg.norm(light)
    lambert = np.clip((-across * light[0] - down * light[1] + abs(light[2])) / steep, 0, None)
    lambert = rng.uniform(0.1, 0.4) + lambert
    body, back = rng.uniform(30, 220, 3), rng.uniform(20, 220, 3)
    if rng.random() < 0.5:  # the colours of skin
        body = rng.uniform(0.35, 1.05) * np.array([205, 160, 135]) + rng.normal(0, 8, 3)
    colour = np.where(shape[..., None], body * lambert[..., None], back)
    facing = rng.uniform(70, 170) * (near_mm / np.maximum(near_mm - height_mm, 1)) ** 2 / steep
    behind = rng.uniform(40, 150) * (near_mm / wall_mm) ** 2
    return colour, depth_mm, np.where(shape, facing, behind if has_wall else 2.0)


def _wall(size: int, rng: Generator) -> Pictures:
    """A wall at an angle, smooth or with a faint texture."""
    x, y = _millimetres(size)
    tilt = rng.normal(0, 0.25, 2)
    depth_mm = rng.uniform(350, 900) + tilt[0] * x + tilt[1] * y
    texture = rng.uniform(0, 0.12) * cv2.GaussianBlur(_one_over_f(size, rng), (0, 0), 1.0)
    fall = (depth_mm.mean() / np.maximum(depth_mm, 100)) ** 2
    colour = rng.uniform(40, 230, 3) * (1 + texture[..., None] + 1e-3 * rng.normal() * x[..., None])
    return colour, depth_mm, rng.uniform(40, 180) * fall * (1 + texture)


def _discs(size: int, rng: Generator) -> Pictures:
    """Discs that cover one another, each with a grey, a colour and a distance of its own."""
    pictures = [
        rng.uniform(20, 230, 3) * np.ones((size, size, 3)),
        np.full((size, size), rng.uniform(450, 900)),
        np.full((size, size), rng.uniform(30, 200)),
    ]
    rows, columns = np.mgrid[:size, :size]
    for _ in range(int(rng.integers(5, 60))):
        row, column = rng.uniform(0, size, 2)
        disc = np.hypot(rows - row, columns - column) < size * rng.uniform(0.03, 0.2)
        pictures[0][disc] = rng.uniform(10, 245, 3)
        pictures[1][disc] += rng.normal(0, 40)
        pictures[2][disc] = rng.uniform(10, 230)
    return pictures[0], pictures[1], pictures[2]


def _letters(size: int, rng: Generator) -> Pictures:
    """A printed page: letters on a flat or bent sheet."""
    ink = np.zeros((size, size), np.uint8)
    for _ in range(int(rng.integers(3, 25))):
        letter = _LETTERS[int(rng.integers(len(_LETTERS)))]
        at = (int(rng.uniform(-0.1, 0.9) * size), int(rng.uniform(0.1, 1.1) * size))
        scale, thickness = rng.uniform(0.3, 2.5) * size / 112, int(rng.integers(1, 5))
        cv2.putText(ink, letter, at, cv2.FONT_HERSHEY_SIMPLEX, scale, 255, thickness, cv2.LINE_AA)
    share = ink / 255.0
    x, y = _millimetres(size)
    paper, print_ = rng.uniform(150, 250, 3), rng.uniform(0, 180, 3)
    colour = paper + share[..., None] * (print_ - paper)
    depth_mm = rng.uniform(350, 900) + rng.normal(0, 0.15) * y + rng.normal(0, 2e-3) * x**2
    # Ink of some printers is invisible in infrared.
    return colour, depth_mm, rng.uniform(70, 200) * (1 - rng.choice([0.0, 0.8]) * share)


def _one_constant(size: int, rng: Generator) -> Pictures:
    """One modality the same everywhere, the others noise of single bright and dark pixels."""
    speckle = rng.exponential(1.0, (5, size, size)) * rng.choice([-1, 1], (5, size, size))
    speckle *= rng.random((5, size, size)) < rng.uniform(0.05, 1)
    speckle[[(0, 1, 2), (3,), (4,)][int(rng.integers(3))], :, :] = 0
    strength = rng.uniform(5, 90, 3)
    colour = rng.uniform(20, 235, 3) + strength[0] * np.moveaxis(speckle[:3], 0, 2)
    depth_mm = rng.uniform(350, 900) + strength[1] * speckle[3]
    return colour, depth_mm, rng.uniform(20, 200) + strength[2] * speckle[4]


def _scene(size: int, rng: Generator) -> Pictures:
    """A cluttered place at the distance of a face: layers with ragged edges, lit from in front."""
    colour = np.ones((size, size, 3)) * rng.uniform(20, 220, 3)
    depth_mm = np.full((size, size), rng.uniform(700, 1500))
    reflectance = np.full((size, size), rng.uniform(0.2, 1))
    for layer_mm in np.sort(rng.uniform(350, 900, int(rng.integers(2, 6))))[::-1]:
        here = _perlin(size, rng) > rng.uniform(-0.1, 0.3)
        shade = 1 + 0.5 * _perlin(size, rng)
        colour[here] = (rng.uniform(20, 220, 3) * shade[..., None])[here]
        depth_mm[here] = (layer_mm + 60 * _perlin(size, rng))[here]
        reflectance[here] = rng.uniform(0.2, 1)
    infrared = 150 * reflectance * (500 / np.maximum(depth_mm, 200)) ** 2
    return colour, depth_mm, infrared


def _perlin(size: int, rng: Generator) -> Field:
    """Gradient noise of three octaves (Perlin 1985), about -0.7 to 0.7."""
    whole = np.zeros((size, size))
    for octave in range(3):
        cells = int(rng.integers(2, 4)) * 2**octave
        angle = rng.uniform(0, 2 * np.pi, (cells + 1, cells + 1))
        at = np.linspace(0, cells, size, endpoint=False)
        cell, inner = at.astype(int), at % 1
        ease = inner**3 * (inner * (6 * inner - 15) + 10)

        def corner(
            down: int,
            right: int,
            angle: Field = angle,
            cell: NDArray[Any] = cell,
            inner: Field = inner,
        ) -> Field:
            turned = angle[np.ix_(cell + down, cell + right)]
            reach = np.sin(turned) * (inner - down)[:, None]
            return np.asarray(reach + np.cos(turned) * (inner - right)[None, :])

        above = corner(0, 0) + ease[None, :] * (corner(0, 1) - corner(0, 0))
        below = corner(1, 0) + ease[None, :] * (corner(1, 1) - corner(1, 0))
        whole += (above + ease[:, None] * (below - above)) / 2**octave
    return whole


def _millimetres(size: int) -> tuple[Field, Field]:
    """How far right and how far down of the middle each pixel is, at the distance of a face."""
    y, x = (np.mgrid[:size, :size] + 0.5) / size * _SIDE_MM - _SIDE_MM / 2
    return x, y


FAMILIES: dict[str, _Family] = {
    "pink_noise": _pink,
    "egg": _egg,
    "cylinder": _cylinder,
    "wall": _wall,
    "discs": _discs,
    "letters": _letters,
    "one_constant": _one_constant,
    "scene": _scene,
}
"""Name -> maker of one input of a side, before the sensors."""
