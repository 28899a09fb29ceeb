"""People: error rates with intervals over the people who are shown, not over frames.

Frames of one person resemble one another: a thousand of them tell little more than one of how the
next person fares. So people are drawn again, with all of their frames (a bootstrap); where each
person has one frame, or all people agree, the interval is that of Clopper and Pearson with people
as the count. Of one person there is no interval.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rise_edge.pad_metrics import auc, clopper_pearson, subject_bootstrap

Interval = tuple[float, float]


@dataclass(frozen=True)
class PeopleRate:
    """A share of frames that are decided wrongly.

    Attributes:
        rate: errors / total.
        errors: frames that are decided wrongly.
        total: frames.
        people: whom they show.
        interval: interval of the rate at 95%, over people; None of one person.
    """

    rate: float
    errors: int
    total: int
    people: int
    interval: Interval | None

    def fields(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


def people_rate(wrong: NDArray[np.bool_], subjects: NDArray[np.str_]) -> PeopleRate:
    """The share of wrong decisions, with its interval over people.

    Args:
        wrong: bool (N,), of each frame.
        subjects: str (N,), whom it shows.

    Raises:
        ValueError: there is no frame.

    Example:
        >>> found = people_rate(np.array([False, False]), np.array(["a", "b"]))
        >>> found.rate, found.people, round(found.interval[1], 3)
        (0.0, 2, 0.842)
    """
    if wrong.size == 0:
        raise ValueError("expected a frame or more to rate, got none")
    people = len(np.unique(subjects))
    errors, total = int(wrong.sum()), int(wrong.size)
    interval: Interval | None = None
    if people > 1 and errors in (0, total):
        interval = clopper_pearson(people if errors else 0, people)
    elif people == total > 1:
        interval = clopper_pearson(errors, total)
    elif people > 1:
        interval = subject_bootstrap(lambda rows: float(wrong[rows].mean()), subjects)
    return PeopleRate(errors / total, errors, total, people, interval)


def people_auc(
    norms: NDArray[np.float64], bona_fide: NDArray[np.bool_], subjects: NDArray[np.str_]
) -> dict[str, Any]:
    """The area under the ROC curve, with its interval over people where there is one.

    Args:
        norms: (N,), of each frame.
        bona_fide: bool (N,).
        subjects: str (N,), whom it shows.

    Raises:
        ValueError: a class is missing.
    """
    return {
        "rate": auc(norms, bona_fide),
        "interval": _drawn(lambda rows: auc(norms[rows], bona_fide[rows]), subjects),
    }


def _drawn(
    metric: Callable[[NDArray[np.int64]], float], subjects: NDArray[np.str_]
) -> Interval | None:
    try:
        low, high = subject_bootstrap(metric, subjects)
    except ValueError:  # one person, or a class that few of them show
        return None
    return (low, high) if low < high else None  # people who agree show no spread, not certainty
