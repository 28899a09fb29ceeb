"""Presentations: scenes of 640x480 in which somebody comes, is seen and goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rise_edge.frame import Frame, Image, Viewpoint
from rise_edge.simulator.backdrop import lit_room
from rise_edge.simulator.domains import domain_named
from rise_edge.simulator.people import Expression, Look
from rise_edge.simulator.radiance import Radiance
from rise_edge.simulator.rendering import Canvas, Pose, View
from rise_edge.simulator.rendering.pose import turned
from rise_edge.simulator.samples.casting import Setting, setting_of
from rise_edge.simulator.samples.truth import SampleTruth
from rise_edge.simulator.seeds import generator
from rise_edge.simulator.sensors import SensorCondition, Shot
from rise_edge.simulator.species import Moment

WIDTH, HEIGHT = 640, 480


class Presentation:
    """Somebody walks up, is seen for about a second, and leaves.

    Args:
        seed: seed of everything that is not named by the other arguments.
        domain: a name in `DOMAINS`.
        species: a name in `SPECIES`.
        subject: number of the person in the domain's population.
        difficulty: 0 = crude to 1 = hard.
        start_ms: timestamp of the first frame.
        first_frame_number: the sensor's counter at the first frame.
        number: stands in the truth of every frame that shows somebody.
        gap_ms: how long the scene is empty before; those frames have no truth.
        colour_viewpoint: the colour camera, if it is another than the depth camera: the scene is
            rendered for it too, with true parallax.
        colour_size: width and height of its picture.
        synergy: see `synergy.py`.
        altered: changes the setting that was drawn, as a fault of the site would.

    Attributes:
        duration_ms: time from the first frame to the end, the gap included.

    Raises:
        ValueError: an unknown name, or a knob outside its range.
    """

    def __init__(
        self,
        seed: int,
        *,
        domain: str,
        species: str,
        subject: int,
        difficulty: float = 0.5,
        start_ms: float = 0.0,
        first_frame_number: int = 1,
        number: int = 0,
        gap_ms: float = 0.0,
        colour_viewpoint: Viewpoint | None = None,
        colour_size: tuple[int, int] = (WIDTH, HEIGHT),
        synergy: float = 0.0,
        altered: Callable[[Setting], Setting] | None = None,
    ) -> None:
        self.seed, self.number = seed, number
        self.difficulty, self.synergy = difficulty, synergy
        self.start_ms, self.first_frame_number, self.gap_ms = start_ms, first_frame_number, gap_ms
        drawn = setting_of(
            seed,
            domain=domain,
            species=species,
            subject=subject,
            difficulty=difficulty,
            synergy=synergy,
        )
        self.setting = altered(drawn) if altered else drawn
        device = self.setting.domain.device
        self.viewpoint = Viewpoint(device.intrinsics)
        self._view = View(device.intrinsics, WIDTH, HEIGHT)
        self._colour_view = self._view
        self.colour_viewpoint = self.viewpoint
        if colour_viewpoint is not None:
            self.colour_viewpoint = colour_viewpoint
            pose = Pose(colour_viewpoint.rotation, colour_viewpoint.translation_mm)
            self._colour_view = View(colour_viewpoint.intrinsics, *colour_size, pose)
        self._walk = _Walk(self.setting, seed)
        self.duration_ms = gap_ms + self._walk.duration_ms
        self._rooms = {
            view: lit_room(self.setting.room, view, self.setting.lighting)
            for view in (self._view, self._colour_view)
        }

    def frame_count(self, fps: float = 30.0) -> int:
        """How many frames `frames` gives."""
        return int(np.ceil(self.duration_ms * fps / 1000))

    @property
    def presented_ms(self) -> float:
        """When the face has been standing in front of the camera for a moment, since the start."""
        return self.gap_ms + self._walk.presented_ms

    def frames(self, fps: float = 30.0) -> Iterator[Frame]:
        """All frames, with truth attached once somebody is in the scene."""
        for i in range(self.frame_count(fps)):
            yield self.frame_at(1000.0 * i / fps, i, 1000.0 / fps)

    def frame_at(self, elapsed_ms: float, index: int = 0, interval_ms: float = 1000 / 30) -> Frame:
        """One frame.

        Args:
            elapsed_ms: since the start.
            index: counts frames since the start; it also seeds the sensor's noise.
            interval_ms: between frames, over half of which a picture is read out.
        """
        moment, angles = self._moment(elapsed_ms)
        radiance = self._render(moment, self._view)
        rng = generator(self.seed, 61, index)
        skew = 0.0 if moment is None else self._skew_px(elapsed_ms, interval_ms)
        shot = self._capture(radiance, rng, skew)
        colour = shot.colour
        if self._colour_view is not self._view:
            colour = self._capture_colour(self._render(moment, self._colour_view), rng, skew)
        number = self.first_frame_number + index
        time_ms = self.start_ms + elapsed_ms
        return Frame(
            colour=Image(colour, self.colour_viewpoint, number, time_ms),
            depth=Image(shot.depth_mm, self.viewpoint, number, time_ms),
            infrared=Image(shot.infrared, self.viewpoint, number, time_ms),
            truth=None if moment is None else self._truth(moment, angles, radiance),
        )

    def moment_at(self, elapsed_ms: float) -> Moment:
        """Pose and expression at a time since the start, which is not in the gap."""
        return self._walk.moment(elapsed_ms - self.gap_ms)[0]

    def _moment(self, elapsed_ms: float) -> tuple[Moment | None, tuple[float, float, float]]:
        since = elapsed_ms - self.gap_ms
        return self._walk.moment(since) if since >= 0 else (None, (0.0, 0.0, 0.0))

    def _skew_px(self, elapsed_ms: float, interval_ms: float) -> float:
        """How far the face moves sideways while half a frame's time passes.

        The sensor skews what stands still as well, so little is allowed.
        """
        before = self._walk.moment(elapsed_ms - self.gap_ms)[0].pose.translation_mm
        after = self._walk.moment(elapsed_ms - self.gap_ms + interval_ms / 2)[0].pose.translation_mm
        moved = after[0] / after[2] - before[0] / before[2]
        return float(np.clip(moved * self.viewpoint.intrinsics.fx, -8, 8))

    def _render(self, moment: Moment | None, view: View) -> Radiance:
        canvas = Canvas(view, self.setting.lighting, self._rooms[view])
        for shape in self.setting.staging.shapes(moment) if moment else ():
            canvas.draw(shape)
        return canvas.radiance()

    def _capture(self, radiance: Radiance, rng: np.random.Generator, skew_px: float) -> Shot:
        return self.setting.domain.device.capture(radiance, rng, self._condition(skew_px))

    def _capture_colour(
        self, radiance: Radiance, rng: np.random.Generator, skew_px: float
    ) -> NDArray[np.uint8]:
        device = self.setting.domain.device
        scale = device.depth.scale(radiance)
        return device.colour.expose(radiance.colour, scale, rng, self._condition(skew_px))

    def _condition(self, skew_px: float) -> SensorCondition:
        condition = replace(self.setting.condition, skew_px=skew_px)
        if self._colour_view is not self._view:
            # True parallax replaces the registration error.
            condition = replace(condition, colour_shift_px=(0.0, 0.0))
        return condition

    def _truth(
        self, moment: Moment, angles: tuple[float, float, float], radiance: Radiance
    ) -> SampleTruth:
        points = self.setting.staging.keypoints_mm(moment)
        view = self._colour_view
        return SampleTruth(
            species=self.setting.species.name,
            bona_fide=self.setting.species.bona_fide,
            subject=self.setting.subject,
            domain=self.setting.domain.name,
            presentation=self.number,
            keypoints=view.project(view.pose.apply(points)),
            yaw_deg=angles[0],
            pitch_deg=angles[1],
            roll_deg=angles[2],
            distance_mm=float(points[:4, 2].mean()),
            clean_depth_mm=radiance.depth_mm,
            seed=self.seed,
            difficulty=self.difficulty,
            synergy=self.synergy,
        )


class _Walk:
    """The path of a face: in from one side, about a second in front of the camera, out again."""

    def __init__(self, setting: Setting, seed: int) -> None:
        distance_mm = setting.domain.distance_mm
        focal_px = setting.domain.device.intrinsics.fx
        self._lighting = setting.lighting
        rng = generator(seed, 62)
        self._in, self._stay, self._out = (
            float(rng.uniform(*r)) for r in ((500, 800), (950, 1400), (350, 550))
        )
        self.duration_ms = self._in + self._stay + self._out
        self._near = float(rng.uniform(distance_mm[0] * 1.05, distance_mm[1] * 0.95))
        self._far = self._near * 1.8 + 250
        edge = (WIDTH / 2 / focal_px) * self._far + 150
        self._from, self._to = (float(rng.choice([-1, 1])) * edge for _ in range(2))
        self._x = float(rng.normal(0, 0.03)) * self._near
        self._y = float(rng.uniform(-0.06, 0.04)) * self._near
        self._yaw, self._pitch, self._roll = rng.normal(0, (4, 3, 2))
        self._sway = rng.uniform(0, 2 * np.pi, 5)
        self._rate = rng.uniform(0.5, 1.3, 5) * 2 * np.pi / 1000
        self._blink = float(rng.uniform(0.1, 0.9)) * self._stay + self._in

    @property
    def presented_ms(self) -> float:
        """A moment after the face has arrived."""
        return self._in + 300.0

    def moment(self, t: float) -> tuple[Moment, tuple[float, float, float]]:
        """Where the face is, t milliseconds after it set out."""
        coming = _ease(1 - t / self._in)
        leaving = _ease((t - self._in - self._stay) / self._out)
        x = self._x + coming * (self._from - self._x) + leaving * (self._to - self._x)
        z = self._near + max(coming, leaving) * (self._far - self._near)
        sway = np.sin(self._sway + self._rate * t)
        yaw = self._yaw + 2.5 * sway[0] + 30 * float(np.sign(self._to)) * leaving
        yaw -= 20 * float(np.sign(self._from)) * coming
        pitch, roll = self._pitch + 1.5 * sway[1], self._roll + 1.2 * sway[2]
        at = (x + 4 * sway[3], self._y + 3 * sway[4], z + 85.0)
        blink = float(np.clip(abs(t - self._blink) / 90, 0.05, 1))
        expression = Expression(
            Look(openness=blink, bright_pupil=self._lighting.bright_pupil(z)),
            smile=0.15 + 0.15 * float(sway[4]),
        )
        return Moment(turned(yaw, pitch, roll, at), expression), (yaw, pitch, roll)


def _ease(share: float) -> float:
    """0 to 1, slow at both ends."""
    s = float(np.clip(share, 0, 1))
    return s * s * (3 - 2 * s)


def presentations(
    seed: int,
    *,
    domain: str = "office",
    species: str | None = None,
    difficulty: float = 0.5,
    subjects: tuple[int, int] = (0, 10_000),
    fps: float = 30.0,
    synergy: float = 0.0,
    altered: Callable[[Setting], Setting] | None = None,
) -> Iterator[Presentation]:
    """An endless mix, about half of it bona fide, with the scene empty in between.

    Args:
        seed: seed of the mix.
        domain: a name in `DOMAINS`.
        species: only this one; None = bona fide and the domain's attacks.
        difficulty: difficulty of the attacks.
        subjects: first subject number, and the first one that does not belong.
        fps: at which the frames will be asked for; time and frame numbers go on accordingly.
        synergy: see `synergy.py`.
        altered: changes each setting that was drawn, as a fault of the site would.
    """
    place = domain_named(domain)
    rng = generator(seed, place.key, 63)
    names = [name for name, _ in place.species]
    weights = np.array([weight for _, weight in place.species])
    start_ms, frame_number, number = 0.0, 1, 0
    while True:
        bona_fide = rng.random() < 0.5
        attack = names[int(rng.choice(len(names), p=weights / weights.sum()))]
        one = Presentation(
            int(rng.integers(2**31)),
            domain=domain,
            species=species or ("bona_fide" if bona_fide else attack),
            subject=int(rng.integers(*subjects)),
            difficulty=difficulty,
            start_ms=start_ms,
            first_frame_number=frame_number,
            number=number,
            gap_ms=float(rng.uniform(600, 900)),
            synergy=synergy,
            altered=altered,
        )
        yield one
        count = one.frame_count(fps)
        frame_number += count
        start_ms += 1000.0 * count / fps
        number += 1
