"""How hard the attacks are to tell: not trivially easy, not hopeless, harder elsewhere."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from rise_edge import pad_metrics
from rise_edge.frame import ALL_MODALITIES, Modality
from rise_edge.simulator import SPECIES
from rise_edge.simulator.samples.cache import CropSet, crops
from rise_edge.simulator.samples.crop_request import CropRequest
from train.simulator_checks.probe import gather, scores, train_probe
from train.simulator_checks.target import Bar

_LIVE = tuple(species.name for species in SPECIES if species.bona_fide)
_TEST_SUBJECTS = 20_000  # number of the first subject on whom nothing is learned


@dataclass(frozen=True)
class Study:
    """How much to render and to learn.

    Attributes:
        sources: domains to learn from.
        unseen: domains that nothing ever learns from.
        learn: crops in each domain to learn from.
        test: crops in each domain to measure on, of other subjects.
        epochs: epochs of the small network.
        cache: folder of the rendered crops.
        workers: processes that render and learn.
        regenerate: render again.
    """

    sources: tuple[str, ...]
    unseen: tuple[str, ...]
    learn: int
    test: int
    epochs: int
    cache: Path
    workers: int = 1
    regenerate: bool = False

    def learned(self, domain: str, synergy: float) -> CropRequest:
        """Crops to learn from."""
        return _request(domain, self.learn, 0, synergy)

    def measured(self, domain: str, synergy: float) -> CropRequest:
        """Crops to measure on, of other subjects."""
        return _request(domain, self.test, _TEST_SUBJECTS, synergy)

    def render(self) -> None:
        """Render all crops that are not there yet."""
        for synergy in (0.0, 1.0):
            wanted = [self.learned(d, synergy) for d in self.sources]
            wanted += [self.measured(d, synergy) for d in (*self.sources, *self.unseen)]
            for request in wanted:
                crops(request, self.cache, workers=self.workers, regenerate=self.regenerate)

    def load(self, request: CropRequest) -> CropSet:
        """Crops that were rendered before."""
        return crops(request, self.cache, workers=1)


def _request(domain: str, count: int, first_subject: int, synergy: float) -> CropRequest:
    return CropRequest(
        domains=(domain,),
        bona_fide_species=_LIVE,
        crops=count,
        subjects=max(1, count // 10),
        first_subject=first_subject,
        synergy=synergy,
    )


@dataclass(frozen=True)
class Lesson:
    """One network to train.

    Attributes:
        sources: domains to learn from.
        synergy: synergy of all crops.
        seen: modalities.
        epochs: epochs of training.
    """

    sources: tuple[str, ...]
    synergy: float = 0.0
    seen: frozenset[Modality] = ALL_MODALITIES
    epochs: int = 1


@dataclass(frozen=True)
class Errors:
    """Errors of one network on subjects of whom nothing was learned.

    Attributes:
        lesson: what it has learned.
        eer: by domain.
        apcer: by domain and species, where 5% of the bona fide presentations of that domain are
            rejected.
        worst: APCER by species, likewise, in all of the lesson's domains together.
    """

    lesson: Lesson
    eer: dict[str, float]
    apcer: dict[str, dict[str, float]]
    worst: dict[str, float]

    @property
    def within(self) -> dict[str, float]:
        """EER by domain that was learned from."""
        return {d: e for d, e in self.eer.items() if d in self.lesson.sources}

    def unseen(self, domains: tuple[str, ...]) -> dict[str, float]:
        """EER by domain of these that was not learned from."""
        return {d: self.eer[d] for d in domains if d not in self.lesson.sources}


def separability_bars(study: Study) -> list[Bar]:
    """All bars about the difficulty of the world."""
    study.render()
    sources, half = study.sources, max(1, study.epochs // 2)
    lessons = [Lesson(sources, synergy=s, epochs=study.epochs) for s in (0.0, 1.0)]
    lessons += [Lesson(sources, seen=frozenset({m}), epochs=half) for m in Modality]
    # Networks learn side by side, each on one thread: two threads for one are hardly faster.
    with ProcessPoolExecutor(study.workers, multiprocessing.get_context("spawn")) as pool:
        plain, skewed, *singles = pool.map(partial(_taught, study), lessons)
    return [
        _statistics_bar(study),
        *map(_single_modality_bar, singles),
        _within_bar(plain),
        _unseen_bar(plain, study.unseen),
        _synergy_bar(plain, skewed, study.unseen),
    ]


def _taught(study: Study, lesson: Lesson) -> Errors:
    """Train one network and measure it in every domain."""
    torch.set_num_threads(1)
    sets = [study.load(study.learned(d, lesson.synergy)) for d in lesson.sources]
    probe = train_probe(gather(sets), lesson.epochs, 0, lesson.seen)
    eer, apcer = {}, {}
    found, known = {}, {}
    for domain in (*study.sources, *study.unseen):
        known[domain] = study.load(study.measured(domain, lesson.synergy))
        found[domain] = scores(probe, gather([known[domain]]))
        eer[domain] = round(pad_metrics.eer(found[domain], known[domain].bona_fide), 4)
        apcer[domain] = _apcer_at_5_bpcer([found[domain]], [known[domain]])
    own = lesson.sources
    worst = _apcer_at_5_bpcer([found[d] for d in own], [known[d] for d in own])
    return Errors(lesson, eer, apcer, worst)


def _apcer_at_5_bpcer(found: list[NDArray[np.floating]], known: list[CropSet]) -> dict[str, float]:
    scores, live = np.concatenate(found), np.concatenate([k.bona_fide for k in known])
    species = np.concatenate([k.species for k in known])
    rates = pad_metrics.apcer(scores, live, species, float(np.quantile(scores[live], 0.95)))
    return {name: round(rate, 4) for name, rate in rates.items()}


def _mean(errors: dict[str, float]) -> float:
    return float(np.mean(list(errors.values())))


def _single_modality_bar(errors: Errors) -> Bar:
    (modality,) = errors.lesson.seen
    return Bar(
        f"{modality} alone: worst species' APCER at 5% BPCER",
        max(errors.worst.values()),
        0.10,
        "least",
        "%",
        {"EER": errors.within, "APCER": errors.worst},
    )


def _within_bar(plain: Errors) -> Bar:
    detail = {"EER": plain.within, "APCER at 5% BPCER": plain.worst}
    return Bar(
        "small network on all modalities, in-domain EER",
        _mean(plain.within),
        0.02,
        "most",
        "%",
        detail,
    )


def _unseen_bar(plain: Errors, domains: tuple[str, ...]) -> Bar:
    """Mean EER in the held-back domains, against that in those the same network learned from."""
    within, unseen = _mean(plain.within), plain.unseen(domains)
    # No error among the test crops is not an error of zero: no less than one in a thousand.
    ratio = _mean(unseen) / max(within, 1e-3)
    detail = {
        "EER where it learned": round(within, 4),
        "EER elsewhere": unseen,
        "APCER at 5% BPCER elsewhere": {d: plain.apcer[d] for d in unseen},
    }
    return Bar(
        "the same network in held-back domains: EER against in-domain EER",
        ratio,
        3.0,
        "least",
        "x",
        detail,
    )


def _synergy_bar(plain: Errors, skewed: Errors, domains: tuple[str, ...]) -> Bar:
    before, after = plain.unseen(domains), skewed.unseen(domains)
    rise = _mean(after) / max(_mean(before), 1e-3) - 1
    detail = {
        "unseen EER at 0": before,
        "unseen EER at 1": after,
        "in-domain EER at 1": skewed.within,
    }
    return Bar("synergy 1 raises the unseen-domain EER by", rise, 0.3, "least", "%", detail)


def _statistics_bar(study: Study) -> Bar:
    """Logistic regression on means and deviations, within each domain."""
    from sklearn.linear_model import LogisticRegression  # takes a second to import
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    found = {}
    for domain in study.sources:
        known, held_out = (study.load(of(domain, 0.0)) for of in (study.learned, study.measured))
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
        model.fit(_statistics(known), ~known.bona_fide)
        logits = model.decision_function(_statistics(held_out))
        found[domain] = round(pad_metrics.eer(logits, held_out.bona_fide), 4)
    return Bar(
        "logistic regression on means and deviations, in-domain EER",
        _mean(found),
        0.10,
        "least",
        "%",
        found,
    )


def _statistics(known: CropSet) -> NDArray[np.float64]:
    """Mean and deviation of each modality, (N, 6); of depth, where it was read."""
    rows = []
    for colour, depth_mm, infrared in zip(
        known.colour, known.depth_mm, known.infrared, strict=True
    ):
        read = depth_mm[depth_mm > 0] if depth_mm.any() else depth_mm
        rows.append([s for image in (colour, read, infrared) for s in (image.mean(), image.std())])
    return np.array(rows)
