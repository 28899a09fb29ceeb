"""Error rates of presentation attack detection, in the words of ISO/IEC 30107-3.

A score grows with the evidence of an attack (here: the norm of the embedding). A presentation is
classified as bona fide when `score <= threshold`, which is `norm <= radius`. Every function is pure
and raises ValueError where a class is missing: an error rate of nothing is not zero.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, eq=False)
class ErrorCurve:
    """Both error rates at every threshold that changes a decision; the data of a DET curve.

    Attributes:
        threshold: f64 (K,), rising, from -inf (nothing is accepted) to the largest score.
        apcer: f64 (K,), over all attack presentations together; never falls.
        bpcer: f64 (K,); never rises.
    """

    threshold: NDArray[np.float64]
    apcer: NDArray[np.float64]
    bpcer: NDArray[np.float64]


def apcer(
    scores: ArrayLike, bona_fide: ArrayLike, species: ArrayLike, threshold: float
) -> dict[str, float]:
    """Attack presentation classification error rate of each attack species, in [0, 1].

    Args:
        scores: (N,).
        bona_fide: bool (N,).
        species: str (N,), the attack instrument species; what it says of bona fide rows is unused.
        threshold: accepted when `score <= threshold`.

    Raises:
        ValueError: there is no attack, a score is NaN, or lengths differ.

    >>> apcer([0.2, 0.9, 0.4, 0.8], [True, False, False, False], ["-", "a", "b", "b"], 0.5)
    {'a': 0.0, 'b': 0.5}
    """
    values, live = _checked(scores, bona_fide, needs="attack")
    names = np.asarray(species).astype(str)
    if names.shape != values.shape:
        raise ValueError(f"expected {values.size} species, one a score, got shape {names.shape}")
    accepted = values <= threshold
    return {
        str(name): float(accepted[~live & (names == name)].mean())
        for name in np.unique(names[~live])
    }


def worst_apcer(
    scores: ArrayLike, bona_fide: ArrayLike, species: ArrayLike, threshold: float
) -> float:
    """APCER of the species that is accepted most often, in [0, 1]; the standard's headline.

    >>> worst_apcer([0.9, 0.4, 0.8], [False, False, False], ["a", "b", "b"], 0.5)
    0.5
    """
    return max(apcer(scores, bona_fide, species, threshold).values())


def pooled_apcer(scores: ArrayLike, bona_fide: ArrayLike, threshold: float) -> float:
    """Share of all attack presentations that are accepted, whatever their species.

    >>> pooled_apcer([0.9, 0.4, 0.8, 0.1], [False, False, False, True], 0.5)
    0.3333333333333333
    """
    values, live = _checked(scores, bona_fide, needs="attack")
    return float((values[~live] <= threshold).mean())


def bpcer(scores: ArrayLike, bona_fide: ArrayLike, threshold: float) -> float:
    """Bona fide presentation classification error rate, in [0, 1].

    >>> bpcer([0.2, 0.6, 0.9], [True, True, False], 0.5)
    0.5
    """
    values, live = _checked(scores, bona_fide, needs="bona fide")
    return float((values[live] > threshold).mean())


def acer(scores: ArrayLike, bona_fide: ArrayLike, species: ArrayLike, threshold: float) -> float:
    """Mean of the worst species' APCER and the BPCER, in [0, 1].

    ISO/IEC 30107-3:2017 names it; the edition of 2023 dropped it. Older papers report it.

    >>> acer([0.2, 0.6, 0.4, 0.9], [True, True, False, False], ["-", "-", "a", "a"], 0.5)
    0.5
    """
    return (
        worst_apcer(scores, bona_fide, species, threshold) + bpcer(scores, bona_fide, threshold)
    ) / 2


def hter(scores: ArrayLike, bona_fide: ArrayLike, threshold: float) -> float:
    """Half total error rate: the mean of pooled APCER and BPCER, in [0, 1].

    >>> hter([0.2, 0.6, 0.4, 0.9], [True, True, False, False], 0.5)
    0.5
    """
    return (pooled_apcer(scores, bona_fide, threshold) + bpcer(scores, bona_fide, threshold)) / 2


def error_curve(scores: ArrayLike, bona_fide: ArrayLike) -> ErrorCurve:
    """Pooled APCER and BPCER at every threshold that changes a decision.

    Raises:
        ValueError: either class is missing, a score is NaN, or lengths differ.

    >>> error_curve([0.1, 0.9], [True, False]).bpcer
    array([1., 0., 0.])
    """
    values, live = _checked(scores, bona_fide, needs="both")
    distinct = np.unique(values)
    attacks, genuine = np.sort(values[~live]), np.sort(values[live])
    accepted_attacks = np.searchsorted(attacks, distinct, side="right") / attacks.size
    accepted_genuine = np.searchsorted(genuine, distinct, side="right") / genuine.size
    return ErrorCurve(
        threshold=np.concatenate([[-np.inf], distinct]),
        apcer=np.concatenate([[0.0], accepted_attacks]),
        bpcer=np.concatenate([[1.0], 1.0 - accepted_genuine]),
    )


def eer(scores: ArrayLike, bona_fide: ArrayLike) -> float:
    """Equal error rate: where pooled APCER and BPCER meet, in [0, 1].

    Between two thresholds both rates are taken to change linearly, as on a drawn ROC curve.

    >>> eer([0.1, 0.2, 0.6, 0.5, 0.8, 0.9], [True, True, True, False, False, False])
    0.3333333333333333
    """
    curve = error_curve(scores, bona_fide)
    gap = curve.apcer - curve.bpcer
    after = int(np.argmax(gap >= 0))
    before = after - 1
    share = -gap[before] / (gap[after] - gap[before])
    return float(curve.apcer[before] + share * (curve.apcer[after] - curve.apcer[before]))


def eer_threshold(scores: ArrayLike, bona_fide: ArrayLike) -> float:
    """The threshold at which pooled APCER and BPCER are closest.

    It lies midway between the two neighbouring scores, so that neither sits on the boundary. Of
    several equally balanced thresholds the one with the smallest HTER wins, then their middle.

    >>> eer_threshold([0.0, 0.25, 0.75, 1.0], [True, True, False, False])
    0.5
    """
    curve = error_curve(scores, bona_fide)
    gap = np.abs(curve.apcer - curve.bpcer)
    total = curve.apcer + curve.bpcer
    best = np.flatnonzero(gap == gap.min())
    best = best[total[best] == total[best].min()]
    chosen = int(best[(best.size - 1) // 2])
    return _above(curve.threshold, chosen)


def auc(scores: ArrayLike, bona_fide: ArrayLike) -> float:
    """Area under the ROC curve: the chance that an attack scores above a bona fide, in [0, 1].

    Ties count half, as in the Mann-Whitney statistic.

    >>> auc([0.1, 0.4, 0.4, 0.8], [True, True, False, False])
    0.875
    """
    values, live = _checked(scores, bona_fide, needs="both")
    genuine = np.sort(values[live])
    below = np.searchsorted(genuine, values[~live], side="left")
    not_above = np.searchsorted(genuine, values[~live], side="right")
    return float((below + not_above).mean() / (2 * genuine.size))


def bpcer_at_apcer(
    scores: ArrayLike, bona_fide: ArrayLike, limit: float, species: ArrayLike | None = None
) -> float:
    """The smallest BPCER of any threshold whose APCER does not exceed a limit.

    Args:
        scores: (N,).
        bona_fide: bool (N,).
        limit: limit of the APCER, in [0, 1]; 0.05 gives what the standard calls BPCER20.
        species: str (N,); with it the limit holds for every species, as the standard asks, and
            without it for all attacks together, as papers do.

    >>> bpcer_at_apcer([0.1, 0.5, 0.3, 0.9], [True, True, False, False], 0.0)
    0.5
    """
    if not 0 <= limit <= 1:
        raise ValueError(f"expected an APCER limit in [0, 1], got {limit}")
    values, live = _checked(scores, bona_fide, needs="both")
    names = np.full(values.shape, "") if species is None else np.asarray(species).astype(str)
    if names.shape != values.shape:
        raise ValueError(f"expected {values.size} species, one a score, got shape {names.shape}")
    rates = []
    for name in np.unique(names[~live]):
        rows = live | (names == name)
        curve = error_curve(values[rows], live[rows])
        rates.append(curve.bpcer[np.flatnonzero(curve.apcer <= limit)[-1]])
    return float(max(rates))


def clopper_pearson(errors: int, total: int, confidence: float = 0.95) -> tuple[float, float]:
    """The exact two-sided interval of a binomial rate (Clopper and Pearson, 1934).

    Each end is the rate at which a tail of the binomial distribution holds half of what the
    confidence leaves over; it is found by bisection, to within 1e-12.

    Raises:
        ValueError: `errors` is not within 0..total, `total` is 0, or `confidence` not in (0, 1).

    >>> low, high = clopper_pearson(0, 100)
    >>> round(low, 4), round(high, 4)
    (0.0, 0.0362)
    """
    if total <= 0 or not 0 <= errors <= total:
        raise ValueError(f"expected errors within 0..total and total > 0, got {errors} of {total}")
    if not 0 < confidence < 1:
        raise ValueError(f"expected a confidence in (0, 1), got {confidence}")
    tail = (1 - confidence) / 2
    counts = np.arange(total + 1)
    log_factorial = np.concatenate([[0.0], np.cumsum(np.log(counts[1:]))])
    log_choose = log_factorial[-1] - log_factorial - log_factorial[::-1]

    def mass(rate: float, chosen: slice) -> float:
        """Probability of the chosen numbers of errors; each rises or falls with the rate."""
        log_p = counts * np.log(rate) + (total - counts) * np.log1p(-rate) + log_choose
        return float(np.exp(log_p[chosen]).sum())

    low = 0.0 if errors == 0 else _bisect(lambda p: mass(p, slice(errors, None)) - tail)
    high = 1.0 if errors == total else _bisect(lambda p: tail - mass(p, slice(errors + 1)))
    return low, high


def subject_bootstrap(
    metric: Callable[[NDArray[np.int64]], float],
    subjects: ArrayLike,
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> tuple[float, float]:
    """Percentile interval of a metric when whole subjects are drawn again, with replacement.

    Presentations of one person are not independent; resampling rows would call noise certainty.

    Args:
        metric: takes row numbers (with repetitions) and gives a number; a ValueError from it (a
            class is missing among the drawn subjects) makes the draw count as not taken.
        subjects: (N,), who each row shows.
        resamples: how many draws.
        confidence: share of the draws within the interval.
        seed: seed of the draws.

    Raises:
        ValueError: there are fewer than two subjects, or most draws lack a class.

    >>> scores, live = np.array([0.1, 0.9, 0.2, 0.8]), np.array([True, False, True, False])
    >>> subject_bootstrap(lambda i: hter(scores[i], live[i], 0.5), ["p", "p", "q", "q"])
    (0.0, 0.0)
    """
    _, member = np.unique(np.asarray(subjects), return_inverse=True)
    rows_of = np.split(np.argsort(member, kind="stable"), np.cumsum(np.bincount(member))[:-1])
    if len(rows_of) < 2:
        raise ValueError(f"expected at least two subjects to draw from, got {len(rows_of)}")
    rng = np.random.default_rng(seed)
    values: list[float] = []
    for attempt in range(resamples * 2):
        drawn = rng.integers(0, len(rows_of), len(rows_of))
        try:
            values.append(metric(np.concatenate([rows_of[i] for i in drawn])))
        except ValueError as error:
            if attempt - len(values) >= resamples:
                raise ValueError(f"most draws of subjects fail: {error}") from error
        if len(values) == resamples:
            break
    edges = np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(edges[0]), float(edges[1])


def _checked(
    scores: ArrayLike, bona_fide: ArrayLike, needs: str
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Scores and classes as arrays, or a ValueError that says what is wrong with them."""
    values, live = np.asarray(scores, np.float64), np.asarray(bona_fide)
    if values.ndim != 1 or live.shape != values.shape or live.dtype != np.bool_:
        raise ValueError(
            f"expected scores (N,) and bona_fide bool (N,), got {values.shape} and "
            f"{live.dtype} {live.shape}"
        )
    if np.isnan(values).any():
        raise ValueError(f"expected scores without NaN, got {int(np.isnan(values).sum())} NaN")
    if needs in ("bona fide", "both") and not live.any():
        raise ValueError(f"expected bona fide presentations, got {values.size} rows without one")
    if needs in ("attack", "both") and live.all():
        raise ValueError(f"expected attack presentations, got {values.size} rows without one")
    return values, live


def _above(thresholds: NDArray[np.float64], chosen: int) -> float:
    """Midway to the next threshold; the threshold itself where there is no neighbour."""
    here = float(thresholds[chosen])
    if chosen + 1 == len(thresholds):
        return here
    beyond = float(thresholds[chosen + 1])
    return (here + beyond) / 2 if np.isfinite(here) else float(np.nextafter(beyond, -np.inf))


def _bisect(rising: Callable[[float], float]) -> float:
    """The zero of a rising function in (0, 1)."""
    low, high = 0.0, 1.0
    while high - low > 1e-12:
        middle = (low + high) / 2
        if rising(middle) < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2
