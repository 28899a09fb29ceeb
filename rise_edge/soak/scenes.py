"""Scenes: people and attacks, rendered once, who come and go in front of a camera without end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from itertools import count, islice
from typing import Any

import numpy as np

from rise_edge.cameras.camera import Camera
from rise_edge.errors import CameraError
from rise_edge.face import face_square
from rise_edge.frame import Frame, Modality, Truth
from rise_edge.simulator import Presentation, SampleTruth, presentations
from rise_edge.simulator.samples.retake import retake

FRAME_MS = 1000 / 30

_SUBJECTS = (100_000, 200_000)  # models learn from those that are counted from 0
_EMPTY_EVERY = 6  # an empty scene has nothing to miss: five frames a second will do
_EMPTY = (2, 4)  # frames of it between two scenes: an absence
_SHARES = {"presented": 0.6, "leaves": 0.1, "swapped": 0.12, "two": 0.08, "patchwork": 0.1}
_STAY = (20, 40)  # frames of a presentation, of which a check needs the first ones
_CUT_SHORT = (2, 20)  # frames after which somebody leaves or is replaced
_LIKE_SIZE = 0.8
_FOREIGN = ((Modality.DEPTH,), (Modality.INFRARED,), (Modality.DEPTH, Modality.INFRARED))


@dataclass(frozen=True, eq=False)
class Film:
    """Somebody who stands in front of the camera, and the empty scene before that.

    Attributes:
        frames: frames of the presentation, with its truth.
        empty: the scene without anybody.
        size_px: size of the face, as large as the square that is cut around it.
    """

    frames: tuple[Frame, ...]
    empty: Frame
    size_px: float

    def like_size(self, other: Film) -> bool:
        """Whether neither face is much smaller than the other one."""
        small, large = sorted((self.size_px, other.size_px))
        return small >= _LIKE_SIZE * large

    @property
    def memory_mb(self) -> float:
        """What its pictures take."""
        frames = (*self.frames, self.empty)
        images = [frame.image(m) for frame in frames for m in Modality]
        return sum(image.pixels.nbytes for image in images if image is not None) / 2**20

    @property
    def truth(self) -> Truth:
        """Who is shown."""
        truth = self.frames[0].truth
        assert truth is not None
        return truth


def render_films(seed: int, films: int, frames: int, *, domain: str = "office") -> tuple[Film, ...]:
    """Render films, bona fide and attack presentations in turn.

    Args:
        seed: the same seed gives the same films.
        films: how many.
        frames: frames of each.
        domain: see `rise_edge.simulator`.
    """
    wanted = [number % 2 == 0 for number in range(films)]
    made = []
    for one in presentations(seed, domain=domain, subjects=_SUBJECTS):
        bona_fide = one.setting.species.bona_fide
        if bona_fide in wanted:
            wanted.remove(bona_fide)
            made.append(_film(one, frames))
        if not wanted:
            break
    return tuple(made)


def _film(one: Presentation, frames: int) -> Film:
    shown = [one.frame_at(one.presented_ms + k * FRAME_MS, k) for k in range(frames)]
    truth = shown[0].truth
    assert isinstance(truth, SampleTruth)
    assert truth.keypoints is not None
    size_px = face_square(truth.keypoints).side
    return Film(tuple(_plain(frame) for frame in shown), one.frame_at(0.0), size_px)


def _plain(frame: Frame) -> Frame:
    """Without the simulator's own truth, which holds a whole depth image."""
    known = {field.name: getattr(frame.truth, field.name) for field in fields(Truth)}
    return replace(frame, truth=Truth(**known))


class SceneCamera(Camera):
    """Films, cut into scenes: each frame in a new picture, with numbers and times that go on.

    Most scenes show one presentation. In the others somebody leaves while being checked, two stand
    there, another takes the place of the first, or the streams show two presentations at once (an
    attack that is told from truth alone). It never ends, and goes on where it was when it is opened
    again.

    Args:
        films: what is shown.
        seed: the same seed gives the same scenes.
    """

    live = False

    def __init__(self, films: tuple[Film, ...], *, seed: int = 0) -> None:
        self.name, self.serial = "scenes", f"scenes-{seed}"
        self._films = films
        self._rng = np.random.default_rng(seed)
        self._frames = self._play()
        self._open = False

    def open(self) -> None:
        """Go on; see `Camera.open`."""
        self._open = True

    def read(self, timeout_ms: int = 1000) -> Frame | None:
        """The next frame; see `Camera.read`."""
        if not self._open:
            raise CameraError("scenes: expected an open camera; call open()")
        return next(self._frames)

    def close(self) -> None:
        """Stop; see `Camera.close`."""
        self._open = False

    def _play(self) -> Iterator[Frame]:
        tick = 0
        for presentation in count():
            for frame in self._scene(presentation):
                tick += 1
                yield self._retaken(frame, tick)
            for _ in range(int(self._rng.integers(*_EMPTY))):
                tick += _EMPTY_EVERY
                yield self._retaken(self._film().empty, tick)

    def _scene(self, presentation: int) -> Iterator[Frame]:
        kind = self._rng.choice(list(_SHARES), p=list(_SHARES.values()))
        film = self._film()
        others = [one for one in self._films if one.truth.subject != film.truth.subject]
        if kind == "two":
            # A smaller face is somebody's who passes by behind: who stands in front is judged.
            others = [one for one in self._films if one.like_size(film)]
        other = others[int(self._rng.integers(len(others)))]
        first = self._people(film, 2 * presentation)
        second = self._people(other, 2 * presentation + 1)
        length, until = int(self._rng.integers(*_STAY)), int(self._rng.integers(*_CUT_SHORT))
        if kind == "presented":
            yield from islice(first, length)
        elif kind == "leaves":
            yield from islice(first, until)
        elif kind == "swapped":
            yield from islice(first, until)
            yield from islice(second, length)
        elif kind == "two":
            both = zip(first, second, strict=False)  # neither ends
            yield from (_side_by_side(a, b) for a, b in islice(both, length))
        else:
            foreign = _FOREIGN[int(self._rng.integers(len(_FOREIGN)))]
            both = zip(first, second, strict=False)
            yield from (_patchwork(a, b, foreign) for a, b in islice(both, length))

    def _people(self, film: Film, presentation: int) -> Iterator[Frame]:
        """Somebody in front of the camera, there and back through a film without end."""
        truth = replace(film.truth, presentation=presentation)
        there_and_back = [*film.frames, *film.frames[-2:0:-1]]
        start = int(self._rng.integers(len(there_and_back)))
        for position in count(start):
            yield replace(there_and_back[position % len(there_and_back)], truth=truth)

    def _film(self) -> Film:
        return self._films[int(self._rng.integers(len(self._films)))]

    def _retaken(self, frame: Frame, tick: int) -> Frame:
        images: dict[str, Any] = {
            m.value: retake(image, tick, tick * FRAME_MS, self._rng)
            for m in Modality
            if (image := frame.image(m)) is not None
        }
        return replace(frame, **images)


def _side_by_side(left: Frame, right: Frame) -> Frame:
    """Two people: the middle half of each frame. Nobody among them can be judged: no truth."""
    images: dict[str, Any] = {}
    for modality in Modality:
        a, b = left.image(modality), right.image(modality)
        assert a is not None
        assert b is not None
        quarter = a.pixels.shape[1] // 4
        middle = slice(quarter, -quarter)
        pixels = np.concatenate([a.pixels[:, middle], b.pixels[:, middle]], axis=1)
        images[modality.value] = replace(a, pixels=pixels)
    return Frame(**images)


def _patchwork(frame: Frame, other: Frame, foreign: tuple[Modality, ...]) -> Frame:
    """A frame with some streams of another: an attack, whoever is shown."""
    assert frame.truth is not None
    assert other.truth is not None
    names = "+".join(foreign)
    truth = replace(
        frame.truth,
        species=f"foreign {names}",
        bona_fide=False,
        subject=f"{frame.truth.subject}, {names} of {other.truth.subject}",
    )
    images: dict[str, Any] = {m.value: other.image(m) for m in foreign}
    return replace(frame, **images, truth=truth)
