"""Sources: from a data config to training, validation and test crops."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from train.datasets.crops import CropDataset
from train.datasets.manifest import read_manifest
from train.datasets.prepared import prepared
from train.datasets.protocol import DATASETS, Part, read_protocol
from train.datasets.simulated import request_of, simulated
from train.datasets.splits import Splits, split_subjects


@dataclass(frozen=True)
class DataConfig:
    """What to learn from: simulated crops, rendered once and kept on disk, or real ones.

    Attributes:
        source: `simulated`; `manifest`, a CSV file of your own data; or `mmdg`, the four data sets
            of the MMDG benchmark through their published lists.
        domains: to learn from; none named means all, but for simulated ones that are held back. Of
            mmdg they are W, C, P and S.
        manifest: the CSV file; its columns are in train/datasets/manifest.py.
        lists: folder of the twelve mmdg lists.
        images: folder that the paths in the mmdg lists begin from.
        attack_species: the simulated attack species to learn from; none named means all.
        crops: simulated for each domain, half of them bona fide.
        subjects: simulated people in each domain.
        difficulty: how close simulated attacks come to bona fide presentations, 0 to 1.
        synergy: strength of the correlation between modalities that differs by domain, 0 to 1.
        validation: share of the subjects on whom epoch and radius are chosen; mmdg has own lists.
        test: share of the subjects on whom nothing is chosen; mmdg has own lists.
        seed: of the rendering and the division by subject.
        cache: folder of rendered and prepared crops.
        workers: processes that render; 0 means one for each processor.
    """

    source: Literal["simulated", "manifest", "mmdg"] = "simulated"
    domains: tuple[str, ...] = ()
    manifest: Path | None = None
    lists: Path | None = None
    images: Path | None = None
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
        needed = {"simulated": (), "manifest": ("manifest",), "mmdg": ("lists", "images")}
        for name in needed[self.source]:
            if getattr(self, name) is None:
                raise ValueError(f"expected --data.{name} for --data.source {self.source}")

    @property
    def content(self) -> DataConfig:
        """What decides which crops there are and how they are divided; the rest is blank."""
        return replace(self, cache=Path(), workers=0)


def load_splits(config: DataConfig) -> Splits:
    """Training, validation and test crops without a common subject.

    Raises:
        ValueError: the config names a domain or species that there is not, or a part is empty.
        ListError: lists or their files are not usable.
    """
    if config.source == "mmdg":
        return Splits(*(_mmdg(config, part) for part in ("train", "val", "test")))
    return split_subjects(load_dataset(config), config.validation, config.test, config.seed)


def load_dataset(config: DataConfig) -> CropDataset:
    """All crops of a config's domains together; see `load_splits`."""
    if config.source == "simulated":
        knobs = ("crops", "subjects", "difficulty", "synergy", "seed")
        request = request_of(
            config.domains, config.attack_species, **{name: getattr(config, name) for name in knobs}
        )
        return simulated(request, config.cache, config.workers)
    if config.source == "mmdg":
        return _mmdg(config, "train", "val", "test")
    assert config.manifest is not None
    whole = prepared(read_manifest(config.manifest), config.cache)
    return _of_domains(whole, config.domains)


def domains_of(config: DataConfig) -> tuple[str, ...]:
    """All domains that the config's source has."""
    if config.source == "simulated":
        return request_of((), ()).domains
    if config.source == "mmdg":
        return DATASETS
    return load_dataset(replace(config, domains=())).domains


def _mmdg(config: DataConfig, *parts: Part) -> CropDataset:
    assert config.lists is not None
    assert config.images is not None
    entries = [
        entry
        for name in config.domains or DATASETS
        for part in parts
        for entry in read_protocol(name, part, config.lists, config.images)
    ]
    return prepared(entries, config.cache)


def _of_domains(dataset: CropDataset, domains: tuple[str, ...]) -> CropDataset:
    unknown = set(domains) - set(dataset.domains)
    if unknown:
        known = ", ".join(dataset.domains)
        raise ValueError(f"expected domains among {known}, got {', '.join(sorted(unknown))}")
    if not domains:
        return dataset
    return dataset.select([domain in domains for domain in dataset.domain])
