"""Sources: from a data config to training, validation and test crops."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from train.datasets.crops import CropDataset
from train.datasets.simulated import request_of, simulated
from train.datasets.splits import Splits, split_subjects


@dataclass(frozen=True)
class DataConfig:
    """What to learn from: simulated crops, rendered once and kept on disk.

    Attributes:
        domains: the simulator's domains to learn from; none named means all.
        attack_species: the attack species to learn from; none named means all.
        crops: rendered for each domain, half of them bona fide.
        subjects: people in each domain.
        difficulty: how close attacks come to bona fide presentations, 0 to 1.
        synergy: strength of the correlation between modalities that differs by domain, 0 to 1.
        validation: share of the subjects on whom epoch and radius are chosen.
        test: share of the subjects on whom nothing is chosen.
        seed: of the rendering and the division by subject.
        cache: folder of the rendered crops.
        workers: processes that render; 0 means one for each processor.
    """

    domains: tuple[str, ...] = ()
    attack_species: tuple[str, ...] = ()
    crops: int = 2500
    subjects: int = 250
    difficulty: float = 0.5
    synergy: float = 0.0
    validation: float = 0.15
    test: float = 0.2
    seed: int = 0
    cache: Path = Path("runs/cache")
    workers: int = 0

    def __post_init__(self) -> None:
        for name in ("crops", "subjects"):
            if not getattr(self, name) > 0:
                raise ValueError(f"expected {name} > 0, got {getattr(self, name)}")
        for name in ("difficulty", "synergy", "validation", "test"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"expected {name} in [0, 1], got {getattr(self, name)}")


def load_dataset(config: DataConfig) -> CropDataset:
    """All crops that a config names."""
    knobs = ("crops", "subjects", "difficulty", "synergy", "seed")
    request = request_of(
        config.domains, config.attack_species, **{name: getattr(config, name) for name in knobs}
    )
    return simulated(request, config.cache, config.workers)


def load_splits(config: DataConfig) -> Splits:
    """The same, divided by subject."""
    return split_subjects(load_dataset(config), config.validation, config.test, config.seed)
