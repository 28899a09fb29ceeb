"""Rendered crops: as many as a time allows, of domains with and without a false correlation."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rise_edge.simulator import render_crop
from rise_edge.simulator.samples.crop_request import CropOrder
from train.datasets.crops import CropDataset
from train.datasets.synthetic.simulated import request_of

_IMAGES = ("colour", "depth_mm", "infrared")
_LABELS = ("bona_fide", "species", "domain", "subject", "synergy")


class Plan(NamedTuple):
    """Which crops to render.

    Attributes:
        domains: learned from and left out in turn.
        held_back: measured in alone.
        crops: crops of each domain that is learned from, at each strength; half as many where crops
            are for measuring alone.
        subjects: people in each domain.
        synergies: strengths of the false correlation; see `rise_edge.simulator.samples.synergy`.
    """

    domains: tuple[str, ...]
    held_back: tuple[str, ...]
    crops: int
    subjects: int
    synergies: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Rendered:
    """Crops of all domains and strengths.

    Attributes:
        dataset: every crop.
        synergy: f32 (N,), the strength that each was rendered with.
    """

    dataset: CropDataset
    synergy: NDArray[np.float32]

    @cached_property
    def _arrays(self) -> dict[str, NDArray[Any]]:
        names = (*_IMAGES, *_LABELS[:-1])
        return {**{n: getattr(self.dataset, n) for n in names}, "synergy": self.synergy}

    def part(self, domains: Sequence[str], synergy: float) -> CropDataset:
        """Crops of some domains, rendered with one strength."""
        rows = np.isin(self.dataset.domain, domains) & (self.synergy == np.float32(synergy))
        return self.dataset.select(rows)

    def save(self, folder: Path) -> None:
        """Write the arrays."""
        for name, array in self._arrays.items():
            np.save(folder / f"{name}.npy", array)

    @classmethod
    def load(cls, folder: Path) -> Rendered:
        """Read what `save` wrote."""
        return cls.of(
            **{n: np.load(folder / f"{n}.npy", allow_pickle=False) for n in (*_IMAGES, *_LABELS)}
        )

    @classmethod
    def of(cls, synergy: NDArray[np.float32], **arrays: Any) -> Rendered:
        """Crops that are there with every modality."""
        count = len(synergy)
        present = np.ones((count, 3), np.float32)
        return cls(CropDataset(**arrays, rows=np.arange(count), present=present), synergy)


def render(plan: Plan, seconds: float, workers: int) -> Rendered:
    """Render the crops of a plan, person by person, until all are there or the time is over.

    Raises:
        ValueError: there was time for nobody.
    """
    until = time.monotonic() + seconds
    with _mapped(workers) as mapped:
        done = list(chain.from_iterable(mapped(_people(plan), until)))
    if not done:
        raise ValueError(
            f"expected time to render somebody, got {seconds:g} s; give --minutes more"
        )
    columns = dict(zip((*_IMAGES, *_LABELS), zip(*done, strict=True), strict=True))
    synergy = np.array(columns.pop("synergy"), np.float32)
    return Rendered.of(synergy, **{name: np.array(column) for name, column in columns.items()})


def _people(plan: Plan) -> list[list[CropOrder]]:
    """Orders of one person in one domain, all domains in turn, so that any beginning is fair.

    The domain that is left out is measured with the correlation reversed; without one, the crops
    for learning serve.
    """
    portions = []
    for strength in plan.synergies:
        sets = [(plan.domains, strength, plan.crops), (plan.held_back, strength, plan.crops // 2)]
        if strength:
            sets.append((plan.domains, -strength, plan.crops // 2))
        for domains, synergy, crops in sets:
            portions += [_by_subject(d, synergy, crops, plan.subjects) for d in domains]
    return [p for turn in zip_longest(*portions) for p in turn if p]


def _by_subject(domain: str, synergy: float, crops: int, subjects: int) -> list[list[CropOrder]]:
    request = request_of((domain,), (), crops=crops, subjects=subjects, synergy=synergy)
    found: dict[int, list[CropOrder]] = {}
    for order in request.orders():
        found.setdefault(order.subject, []).append(order)
    return [found[subject] for subject in sorted(found)]


_Row = tuple[Any, ...]


@contextmanager
def _mapped(workers: int) -> Iterator[Any]:
    """What renders portions until a time, in processes if there is more than one."""
    if workers == 1:
        yield _one_by_one
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_one_thread) as pool:

        def side_by_side(portions: list[list[CropOrder]], until: float) -> Iterable[list[_Row]]:
            """Hands out few portions ahead, so that little is under way when the time is over."""
            rest = iter(portions)
            running: set[Future[list[_Row]]] = set()
            while True:
                if time.monotonic() < until:
                    ahead = islice(rest, 2 * workers - len(running))
                    running |= {pool.submit(_rendered, p) for p in ahead}
                if not running:
                    return
                done, running = wait(running, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)

        yield side_by_side


def _one_by_one(portions: list[list[CropOrder]], until: float) -> Iterable[list[_Row]]:
    for portion in portions:
        if time.monotonic() >= until:
            return
        yield _rendered(portion)


def _one_thread() -> None:
    import cv2

    cv2.setNumThreads(1)


def _rendered(portion: list[CropOrder]) -> list[_Row]:
    made = []
    for order in portion:
        sample = render_crop(
            order.seed,
            domain=order.domain,
            species=order.species,
            subject=order.subject,
            difficulty=order.difficulty,
            synergy=order.synergy,
        )
        images = [getattr(sample.crop, name) for name in _IMAGES]
        made.append(
            (
                *images,
                order.bona_fide,
                order.species,
                order.domain,
                sample.truth.subject,
                order.synergy,
            )
        )
    return made
