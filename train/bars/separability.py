"""How hard the attacks are to tell: not trivially easy, not hopeless, harder elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from rise_edge import pad_metrics
from rise_edge.frame import Modality
from rise_edge.simulator.cache import CropSet, crops
from rise_edge.simulator.crop_request import CropRequest
from train.bars.bar import Bar
from train.bars.probe import gather, scores, train_probe

_TEST_SUBJECTS = 20_000  # number of the first subject on whom nothing is learned


@dataclass(frozen=True)
class Study:
    """How much to render and to learn.

    Attributes:
        sources: domains to learn from.
        unseen: domains to measure on alone.
        learn: crops in each domain to learn from.
        test: crops in each domain to measure on, of other subjects.
        epochs: of the small network.
        seeds: of the small network; errors are means over them.
        cache: folder of the rendered crops.
        workers: processes that render.
        regenerate: render again.
    """

    sources: tuple[str, ...]
    unseen: tuple[str, ...]
    learn: int
    test: int
    epochs: int
    seeds: tuple[int, ...]
    cache: Path
    workers: int | None = None
    regenerate: bool = False

    def learned(self, synergy: float) -> dict[str, CropSet]:
        """Crops to learn from, by source domain."""
        return {d: self._crops(d, self.learn, 0, synergy) for d in self.sources}

    def measured(self, synergy: float) -> dict[str, CropSet]:
        """Crops to measure on, by domain."""
        domains = (*self.sources, *self.unseen)
        return {d: self._crops(d, self.test, _TEST_SUBJECTS, synergy) for d in domains}

    def _crops(self, domain: str, count: int, first_subject: int, synergy: float) -> CropSet:
        request = CropRequest(
            domains=(domain,), crops=count, subjects=max(1, count // 10),
            first_subject=first_subject, synergy=synergy,
        )  # fmt: skip
        return crops(request, self.cache, workers=self.workers, regenerate=self.regenerate)


def separability_bars(study: Study) -> list[Bar]:
    """All bars about the difficulty of the world."""
    learned, measured = study.learned(0.0), study.measured(0.0)
    plain = _trained(study, learned, measured)
    skewed = _trained(study, study.learned(1.0), study.measured(1.0))
    return [
        _statistics_bar(learned, measured),
        *_single_modality_bars(study, learned, measured),
        *_domain_bars(plain),
        _synergy_bar(plain, skewed),
    ]


@dataclass(frozen=True)
class Errors:
    """Errors of the small network, means over its seeds.

    Attributes:
        within: EER by source domain, on subjects of whom nothing was learned.
        unseen: EER by unseen domain.
        species: APCER at 5% BPCER by domain and species.
    """

    within: dict[str, float]
    unseen: dict[str, float]
    species: dict[str, dict[str, float]]

    @property
    def mean_within(self) -> float:
        """Mean EER of the source domains."""
        return float(np.mean(list(self.within.values())))

    @property
    def mean_unseen(self) -> float:
        """Mean EER of the unseen domains."""
        return float(np.mean(list(self.unseen.values())))


def _trained(study: Study, learned: dict[str, CropSet], measured: dict[str, CropSet]) -> Errors:
    together = gather(list(learned.values()))
    probes = [train_probe(together, study.epochs, seed) for seed in study.seeds]
    eers: dict[str, float] = {}
    species = {}
    for domain, known in measured.items():
        held_out = gather([known])
        found = [scores(probe, held_out) for probe in probes]
        eers[domain] = round(float(np.mean([_eer(f, known) for f in found])), 4)
        species[domain] = _apcer_at_5_bpcer(found[0], known)
    return Errors({d: eers[d] for d in study.sources}, {d: eers[d] for d in study.unseen}, species)


def _domain_bars(plain: Errors) -> list[Bar]:
    # No error among the test crops is not an error of zero: no less than one in a thousand.
    ratio = plain.mean_unseen / max(plain.mean_within, 1e-3)
    return [
        Bar("small network on all modalities, in-domain EER", plain.mean_within, 0.02, "most",
            "%", {"EER": plain.within,
                  "APCER at 5% BPCER": {d: plain.species[d] for d in plain.within}}),
        Bar("unseen-domain EER against in-domain EER", ratio, 3.0, "least", "x",
            {"EER": plain.unseen,
             "APCER at 5% BPCER": {d: plain.species[d] for d in plain.unseen}}),
    ]  # fmt: skip


def _synergy_bar(plain: Errors, skewed: Errors) -> Bar:
    rise = skewed.mean_unseen / max(plain.mean_unseen, 1e-3) - 1
    detail = {"unseen EER at 0": plain.unseen, "unseen EER at 1": skewed.unseen,
              "in-domain EER at 1": skewed.within}  # fmt: skip
    return Bar("synergy 1 raises the unseen-domain EER by", rise, 0.3, "least", "%", detail)


def _statistics_bar(learned: dict[str, CropSet], measured: dict[str, CropSet]) -> Bar:
    """Logistic regression on means and deviations, within each domain."""
    found = {}
    for domain, known in learned.items():
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
        model.fit(_statistics(known), ~known.bona_fide)
        found[domain] = _eer(
            model.decision_function(_statistics(measured[domain])), measured[domain]
        )
    detail = {domain: round(eer, 4) for domain, eer in found.items()}
    return Bar(
        "logistic regression on means and deviations, in-domain EER",
        float(np.mean(list(found.values()))), 0.10, "least", "%", detail,
    )  # fmt: skip


def _statistics(known: CropSet) -> NDArray[np.float64]:
    """Mean and deviation of each modality, (N, 6); of depth, where it was read."""
    rows = []
    for colour, depth_mm, infrared in zip(
        known.colour, known.depth_mm, known.infrared, strict=True
    ):
        read = depth_mm[depth_mm > 0] if depth_mm.any() else depth_mm
        rows.append([s for image in (colour, read, infrared) for s in (image.mean(), image.std())])
    return np.array(rows)


def _single_modality_bars(
    study: Study, learned: dict[str, CropSet], measured: dict[str, CropSet]
) -> list[Bar]:
    """The worst species of a network that sees one modality, in all source domains together."""
    together = gather(list(learned.values()))
    held_out = gather([measured[d] for d in study.sources])
    labels = _Labels(held_out.attack.numpy() == 0, held_out.species)
    bars = []
    for modality in Modality:
        probe = train_probe(together, study.epochs, study.seeds[0], frozenset({modality}))
        found = scores(probe, held_out)
        rates = _apcer_at_5_bpcer(found, labels)
        bars.append(
            Bar(f"{modality} alone: worst species' APCER at 5% BPCER", max(rates.values()),
                0.10, "least", "%", {"EER": round(_eer(found, labels), 4), **rates})
        )  # fmt: skip
    return bars


@dataclass(frozen=True, eq=False)
class _Labels:
    bona_fide: NDArray[np.bool_]
    species: NDArray[np.str_]


def _eer(found: NDArray[np.floating], labels: CropSet | _Labels) -> float:
    return pad_metrics.eer(found, labels.bona_fide)


def _apcer_at_5_bpcer(found: NDArray[np.floating], labels: CropSet | _Labels) -> dict[str, float]:
    threshold = float(np.quantile(found[labels.bona_fide], 0.95))
    rates = pad_metrics.apcer(found, labels.bona_fide, labels.species, threshold)
    return {name: round(rate, 4) for name, rate in rates.items()}
