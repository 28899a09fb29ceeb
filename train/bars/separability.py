"""How hard the attacks are to tell: not trivially easy, not hopeless, harder elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
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
        domains: that take turns to be the unseen one.
        folds: how many of them do.
        learn: crops in each domain to learn from.
        test: crops in each domain to measure on, of other subjects.
        epochs: of the small network.
        cache: folder of the rendered crops.
        seed: of all.
        workers: processes that render.
        regenerate: render again.
    """

    domains: tuple[str, ...]
    folds: int
    learn: int
    test: int
    epochs: int
    cache: Path
    seed: int = 0
    workers: int | None = None
    regenerate: bool = False

    def crops(self, domain: str, *, test: bool, synergy: float) -> CropSet:
        """The crops of one domain."""
        count = self.test if test else self.learn
        request = CropRequest(
            domains=(domain,), crops=count, subjects=max(1, count // 10),
            first_subject=_TEST_SUBJECTS if test else 0, synergy=synergy, seed=self.seed,
        )  # fmt: skip
        return crops(request, self.cache, workers=self.workers, regenerate=self.regenerate)


def separability_bars(study: Study) -> list[Bar]:
    """All bars about the difficulty of the world."""
    learn = {d: study.crops(d, test=False, synergy=0.0) for d in study.domains}
    test = {d: study.crops(d, test=True, synergy=0.0) for d in study.domains}
    plain = _leave_one_out(study, learn, test)
    bars = [_statistics_bar(learn, test), *_single_modality_bars(study, learn, test)]
    bars += _domain_bars(plain)
    skewed = _leave_one_out(
        study,
        {d: study.crops(d, test=False, synergy=1.0) for d in study.domains},
        {d: study.crops(d, test=True, synergy=1.0) for d in study.domains},
    )
    unseen = [np.mean([fold.unseen for fold in folds]) for folds in (plain, skewed)]
    detail = {
        "unseen EER, synergy 0": _by_domain(plain, "unseen"),
        "unseen EER, synergy 1": _by_domain(skewed, "unseen"),
        "in-domain EER, synergy 1": _by_domain(skewed, "within"),
    }
    rise = float(unseen[1] / unseen[0] - 1)
    bars.append(Bar("synergy 1 raises the unseen-domain EER by", rise, 0.3, "least", "%", detail))
    return bars


@dataclass(frozen=True)
class Fold:
    """EER of a network that has not seen one domain."""

    domain: str
    within: float
    unseen: float
    unseen_species: dict[str, float]


def _leave_one_out(study: Study, learn: dict[str, CropSet], test: dict[str, CropSet]) -> list[Fold]:
    folds = []
    for unseen in study.domains[: study.folds]:
        sources = [d for d in study.domains if d != unseen]
        probe = train_probe(gather([learn[d] for d in sources]), study.epochs, study.seed)
        within = [_eer(scores(probe, gather([test[d]])), test[d]) for d in sources]
        found = scores(probe, gather([test[unseen]]))
        folds.append(
            Fold(unseen, float(np.mean(within)), _eer(found, test[unseen]),
                 _apcer_at_5_bpcer(found, test[unseen]))
        )  # fmt: skip
    return folds


def _by_domain(folds: Sequence[Fold], name: str) -> dict[str, float]:
    return {fold.domain: round(getattr(fold, name), 4) for fold in folds}


def _domain_bars(folds: list[Fold]) -> list[Bar]:
    within = float(np.mean([fold.within for fold in folds]))
    unseen = float(np.mean([fold.unseen for fold in folds]))
    detail = {
        "in-domain EER": _by_domain(folds, "within"),
        "unseen EER": _by_domain(folds, "unseen"),
        "unseen APCER at 5% BPCER": {fold.domain: fold.unseen_species for fold in folds},
    }
    # No error in the test crops is not an error of zero: count half of one crop.
    ratio = unseen / max(within, 1e-4)
    return [
        Bar("small network on all modalities, in-domain EER", within, 0.02, "most", "%",
            _by_domain(folds, "within")),
        Bar("unseen-domain EER against in-domain EER", ratio, 3.0, "least", "x", detail),
    ]  # fmt: skip


def _statistics_bar(learn: dict[str, CropSet], test: dict[str, CropSet]) -> Bar:
    """Logistic regression on means and deviations, within each domain."""
    found = {}
    for domain, known in learn.items():
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
        model.fit(_statistics(known), ~known.bona_fide)
        found[domain] = _eer(model.decision_function(_statistics(test[domain])), test[domain])
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
    study: Study, learn: dict[str, CropSet], test: dict[str, CropSet]
) -> list[Bar]:
    """The worst species of a network that sees one modality, within all domains together."""
    together, held_out = gather(list(learn.values())), gather(list(test.values()))
    bars = []
    for modality in Modality:
        probe = train_probe(together, study.epochs, study.seed, frozenset({modality}))
        found = scores(probe, held_out)
        labels = _Labels(held_out.attack.numpy() == 0, held_out.species)
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
