"""Whether one pattern, made for a model that everybody can read, opens for prints and screens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Generator

from rise_edge import Checker
from rise_edge.simulator.samples.crop_request import CropRequest
from train.attacks.accepted import Accepted
from train.attacks.patterns import Pattern, Relief, rearranged
from train.attacks.result import PatternResult, measure_pattern
from train.attacks.search import SearchConfig, Target, search
from train.attacks.sessions import Height, Showing, count_live
from train.datasets.crops import CropDataset, smaller
from train.datasets.synthetic.simulated import simulated
from train.simulator_checks.target import Bar

SPECIES = ("flat_print", "bent_print", "replay_lcd", "replay_oled")

_LEARNED, _MEASURED, _SHOWN = 600_000, 610_000, 620_000  # first subjects, whom nothing else shows
_LIMIT = 1 / 24


@dataclass(frozen=True)
class Victims:
    """Attack presentations, of people whom the model was neither trained nor chosen on.

    Attributes:
        learn: crops on which patterns are searched for.
        measure: crops of other people.
    """

    learn: CropDataset
    measure: CropDataset

    @classmethod
    def rendered(
        cls, domains: tuple[str, ...], crops: int, size: int, cache: Path, workers: int
    ) -> Victims:
        """Render them.

        Args:
            domains: domains of the simulator.
            crops: crops of each part in each domain; every species as often.
            size: side in pixels.
            cache: folder of the rendered crops.
            workers: processes that render.
        """
        first, second = (
            smaller(
                simulated(
                    CropRequest(
                        domains,
                        SPECIES,
                        crops=crops,
                        bona_fide_share=0.0,
                        subjects=crops,
                        first_subject=subject,
                    ),
                    cache,
                    workers,
                ),
                size,
            )
            for subject in (_LEARNED, _MEASURED)
        )
        return cls(first, second)


def pattern_results(
    target: Target,
    victims: Victims,
    patterns: Iterable[Pattern],
    config: SearchConfig,
    seed: int = 0,
) -> list[PatternResult]:
    """Search each pattern on some people, and count crops of others that it brings inside."""
    results = []
    for pattern in patterns:
        generator = Generator().manual_seed(seed)
        values = search(target, victims.learn, pattern, config, generator)
        results.append(measure_pattern(target, victims.measure, pattern, values, generator))
    return results


def session_results(
    checker: Checker, found: PatternResult, domains: tuple[str, ...], count: int, seed: int = 0
) -> dict[str, Accepted]:
    """Presentations that end LIVE: as they are, with random reliefs, with the one that was found.

    Args:
        checker: checker of the bundle that judges.
        found: a relief.
        domains: domains of the simulator, in turn.
        count: presentations of each species.
        seed: seed of the presentations and of the random reliefs.

    Raises:
        TypeError: what was found is no relief.
    """
    relief = found.pattern
    if not isinstance(relief, Relief):
        raise TypeError(f"expected a relief, got {relief.words}")
    showing = Showing(SPECIES, domains, count, _SHOWN, seed)
    total = count * len(SPECIES)
    others = rearranged(found.values.expand(total, -1, -1, -1), Generator().manual_seed(seed))
    size = checker.bundle.manifest.crop_size

    def heights(values: torch.Tensor) -> list[Height]:
        return list(relief.height_mm(values, size).numpy())

    own = found.values.expand(total, -1, -1, -1)
    surfaces = {
        "unchanged": heights(torch.zeros_like(own)),
        "random": heights(others),
        "optimised": heights(own),
    }
    return count_live(checker, showing, surfaces)


def relief_bars(results: Iterable[PatternResult], live: dict[str, Accepted]) -> list[Bar]:
    """The bars: one in 24 with a relief, of crops and of whole sessions.

    Args:
        results: results of all patterns; those that are no reliefs have no bar.
        live: live of `session_results`; empty where no bundle was measured.
    """
    reliefs = [result for result in results if isinstance(result.pattern, Relief)]
    bars = [
        Bar(
            f"crops inside with one {result.pattern.words}",
            result.optimised.rate,
            _LIMIT,
            "most",
            "%",
            _detail(result.optimised),
        )
        for result in reliefs
    ]
    if live:
        found = live["optimised"]
        bars.append(
            Bar("sessions LIVE with that relief", found.rate, _LIMIT, "most", "%", _detail(found))
        )
    return bars


def _detail(accepted: Accepted) -> dict[str, str]:
    species = {name: f"{n} of {total}" for name, (n, total) in accepted.by_species.items()}
    return {"accepted": str(accepted), **species}
