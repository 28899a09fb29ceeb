"""Strengths: which strengths of the augmentation are tried, and in what order.

Nothing is trained here: `search` minimises whatever error it is given; `train.tuning.tuning`
measures it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from train.datasets.augment import AugmentConfig

Factors = dict[str, float]
"""Group of strengths -> factor on the strengths that were configured."""

STEPS = (0.0, 0.5, 1.0, 2.0)
"""Factors that are tried."""

GROUPS: dict[str, dict[str, float]] = {
    "brightness": {"colour_gain": 0.2, "colour_tint": 0.05, "infrared_gain": 0.2},
    "shifts": {"shift_px": 5, "registration_px": 2},
    "noise": {"image_noise": 6.0, "depth_noise_mm": 3.0, "blur_px": 1.0, "depth_blur_px": 1.5},
    "holes": {"depth_holes": 0.1, "depth_patch": 0.2, "surroundings": 0.25},
    "shade": {"shade": 0.2, "depth_bumps_mm": 4.0, "depth_tilt": 0.1},
}
"""Strengths that rise and fall together, with the values that a group has at factor 1 where none of
its strengths was configured."""

NOT_TUNED = ("tune", "flip", "light", "no_face", "sheets")
"""Fields of `AugmentConfig` in no group: a mirrored face is a face, light is a share, and what
shows nobody or a sheet is no face."""

_SHARES = ("depth_holes", "depth_patch", "surroundings")


@dataclass(frozen=True)
class TuningConfig:
    """How --augment.tune chooses strengths.

    Attributes:
        epochs: number of epochs of each short training.
        trainings: budget of short trainings; each candidate takes one for each source domain.
    """

    epochs: int = 6
    trainings: int = 48

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if value < 1:
                raise ValueError(f"expected tuning.{name} >= 1, got {value}")


def search(
    error_of: Callable[[Factors], float], configured: AugmentConfig, candidates: int
) -> Factors:
    """Factors with the smallest error that coordinate descent finds.

    It begins from the best of all strengths as configured, half of them, and none; then one group
    after another goes a step down or up, as long as that helps.

    Args:
        error_of: error of a candidate; called once for each.
        configured: strengths at factor 1.
        candidates: most candidates to try; the first three are always tried.
    """
    errors: dict[tuple[float, ...], float] = {}

    def error(factors: Factors) -> float:
        key = tuple(factors.values())
        if key not in errors:
            errors[key] = error_of(factors)
        return errors[key]

    def may_try(factors: Factors) -> bool:
        return tuple(factors.values()) in errors or len(errors) < candidates

    best = min(_first(configured), key=error)
    moved = True
    while moved:
        moved = False
        for group in GROUPS:
            tried = ({**best, group: step} for step in _beside(best[group]))
            better = next((f for f in tried if may_try(f) and error(f) < error(best)), None)
            if better is not None:
                best, moved = better, True
    return best


def scaled(configured: AugmentConfig, factors: Factors) -> AugmentConfig:
    """The strengths at given factors; whole pixels stay whole, and shares at most 1."""
    changes: dict[str, float] = {"tune": False}
    for group, usual in GROUPS.items():
        given = {name: getattr(configured, name) for name in usual}
        base = given if any(given.values()) else usual
        for name, value in base.items():
            strength = value * factors[group]
            strength = min(1.0, strength) if name in _SHARES else strength
            changes[name] = round(strength) if isinstance(usual[name], int) else strength
    return replace(configured, **changes)  # type: ignore[arg-type]


def _first(configured: AugmentConfig) -> list[Factors]:
    """All groups that are switched on, in three strengths; on a tie the first one stays."""
    on = {g: any(getattr(configured, n) for n in usual) for g, usual in GROUPS.items()}
    return [{group: factor * on[group] for group in GROUPS} for factor in (1.0, 0.5, 0.0)]


def _beside(factor: float) -> list[float]:
    """The next smaller step, then the next larger one."""
    at = STEPS.index(factor)
    return [*STEPS[max(0, at - 1) : at], *STEPS[at + 1 : at + 2]]
