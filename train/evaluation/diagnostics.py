"""Diagnostics: the two risks that RiSe (arXiv 2511.14157) names, as numbers of a trained model.

The measures are this project's. Representation invariance: is one radius right for every domain,
and do living faces of different domains have the same norm? Synergy invariance: how much do risk
and score depend on the combination of modalities, beyond what each of them shows by itself?
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rise_edge.frame import Modality, modality_set
from train.datasets.crops import CropDataset
from train.evaluation.recombined import Recombined
from train.evaluation.thresholds import MODALITY_SETS


def risk_slopes(logit: NDArray[np.float32], dataset: CropDataset) -> dict[str, float]:
    """Slope of each domain's class-balanced cross-entropy over the threshold's logit, there.

    Zero in every domain means that no domain would want another threshold. A positive slope means
    that the domain would want a smaller one: more of its attacks lie inside than the model expects.

    Args:
        logit: logit of an attack (N,), 0 at the threshold.
        dataset: their labels.
    """
    slope = ~dataset.bona_fide - 1 / (1 + np.exp(-logit.astype(np.float64)))
    return {
        domain: float(
            np.mean(
                [
                    slope[(dataset.domain == domain) & (dataset.bona_fide == live)].mean()
                    for live in (True, False)
                ]
            )
        )
        for domain in dataset.domains
    }


def live_drift(
    found: NDArray[np.float32], domain: NDArray[np.str_], bona_fide: NDArray[np.bool_]
) -> float:
    """Largest difference between two domains' mean scores of bona fide presentations.

    In units of the mean standard deviation within a domain, so that scores of any scale compare.
    """
    live = _live(found, domain, bona_fide)
    return _in_deviations([float(part.mean()) for part in live], live)


def live_quantile_drift(
    found: NDArray[np.float32],
    domain: NDArray[np.str_],
    bona_fide: NDArray[np.bool_],
    level: float = 0.95,
) -> float:
    """The same of an upper quantile, where a radius has to lie to reject equally few everywhere.

    Args:
        found: scores (N,).
        domain: (N,).
        bona_fide: (N,).
        level: level of the quantile, in (0, 1).
    """
    live = _live(found, domain, bona_fide)
    return _in_deviations([float(np.quantile(part, level)) for part in live], live)


def _live(
    found: NDArray[np.float32], domain: NDArray[np.str_], bona_fide: NDArray[np.bool_]
) -> list[NDArray[np.float32]]:
    """Scores of the bona fide presentations of each domain that has any."""
    return [found[(domain == name) & bona_fide] for name in np.unique(domain[bona_fide])]


def _in_deviations(values: list[float], live: list[NDArray[np.float32]]) -> float:
    return (max(values) - min(values)) / float(np.mean([part.std() for part in live]))


def synergy_risk(bona_fide: Recombined, attack: Recombined) -> dict[str, float]:
    """Rise of each class's cross-entropy when each modality is another crop's of the class.

    Above 0: the model relies on a correlation between modalities that these crops have. Below 0:
    their correlation misleads it. At 0 it makes no difference. Their mean is the rise of the
    class-balanced risk. Recombined attacks mix species too: where an easy species lends a hard one
    its evidence, the risk of attacks falls without any spurious correlation.

    Args:
        bona_fide: logits of an attack, of crops of that class; 0 at the threshold.
        attack: likewise.

    Returns:
        Class -> the difference in nats; NaN if it has too few crops.
    """

    def risk(logit: NDArray[np.float32], sign: int) -> float:
        each = np.logaddexp(0, sign * logit.astype(np.float64))
        return float(each.mean()) if logit.size else float("nan")

    return {
        name: risk(part.mixed, sign) - risk(part.own, sign)
        for name, part, sign in (("bona_fide", bona_fide, 1), ("attack", attack, -1))
    }


def variance_components(mixed: NDArray[Any]) -> NDArray[np.float64]:
    """Functional analysis of variance of a score over independent modalities (Hoeffding, Sobol).

    f(colour, depth, infrared) is a mean, an effect of each modality, and interactions of two and of
    three, all uncorrelated. With two candidates for each modality and all eight recombinations, the
    effects are the contrasts of a 2x2x2 factorial; unbiased, as for random effects (Cornfield and
    Tukey, 1956), so that a component which is 0 may be estimated a little below.

    Args:
        mixed: (P, 2, 2, 2) as in `Recombined`, P >= 1.

    Returns:
        (2, 2, 2): the variance of the effect of those modalities whose index is 1, colour first;
        [0, 0, 0] is the square of the mean.
    """
    contrast = np.array([[0.5, 0.5], [0.5, -0.5]])
    unmix = np.array([[1.0, -1.0], [0.0, 2.0]])
    axes = "pabc,ia,jb,kc->pijk"
    effects = np.einsum(axes, np.asarray(mixed, np.float64), contrast, contrast, contrast)
    squares = (effects**2).mean(0, keepdims=True)
    components: NDArray[np.float64] = np.einsum(axes, squares, unmix, unmix, unmix)[0]
    return components


def variance_shares(mixed: NDArray[Any]) -> dict[str, float]:
    """Share of each set of modalities in the score's variance; see `variance_components`.

    Args:
        mixed: (P, 2, 2, 2) as in `Recombined`; without any, and of a score that never changes, the
            shares are NaN.
    """
    sets = {modality_set(s): tuple(int(m in s) for m in Modality) for s in MODALITY_SETS}
    if mixed.size == 0 or np.ptp(mixed) == 0:
        return dict.fromkeys(sets, float("nan"))
    components = variance_components(mixed)
    total = sum(components[at] for at in sets.values())
    return {name: float(components[at] / total) for name, at in sets.items()}


def interaction_share(shares: dict[str, float]) -> float:
    """Share of the variance that no sum of one term for each modality can explain.

    0 for an additive score, 1 for one to which no modality adds anything by itself. A norm has some
    of it by its form, as the root of a sum of squares.

    Args:
        shares: as `variance_shares` has them.
    """
    return 1.0 - sum(shares[m.value] for m in Modality)
