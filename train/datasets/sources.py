"""Sources: from a data config to training, validation and test crops."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from rich.console import Console

from rise_edge.face import CROP_SIZE
from rise_edge.simulator.domains import DOMAINS, domain_named
from train.datasets.crops import CropDataset, smaller
from train.datasets.division import Division, some
from train.datasets.lists.csv_list import read_manifest
from train.datasets.lists.entries import Entry
from train.datasets.lists.pictures import EightBitDepth
from train.datasets.lists.preparation import Faces, Preparation
from train.datasets.lists.prepared import prepared
from train.datasets.lists.protocol import DATASETS, Part, read_protocol
from train.datasets.splits import Splits, split_subjects
from train.datasets.synthetic.simulated import request_of, simulated

_console = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)


@dataclass(frozen=True)
class DataConfig:
    """What to learn from: simulated crops, rendered once and kept on disk, or real ones.

    Attributes:
        source: `simulated`; `manifest`, a CSV file of your own data; or `mmdg`, the four data sets
            of the MMDG benchmark through their published lists.
        domains: domains to learn from; none named means all, but for simulated ones that are held
            back. Of mmdg they are W, C, P and S.
        manifest: the CSV file; its columns are in train/datasets/lists/csv_list.py.
        lists: folder of the twelve mmdg lists.
        images: folder that the paths in the mmdg lists begin from.
        faces: `cropped`, where pictures of a manifest or of mmdg show the face and little else;
            `detect`, where they are whole: the face is found and cut out as the device does it.
        depth_step_mm: between two levels of a depth picture in 8 bits, which has no unit of its
            own; negative where nearer is brighter. Depth in 16 bits is millimetres.
        depth_offset_mm: where level 0 of such a picture would be, if it did not mean no reading.
        skip_unusable: leave out lines of a manifest or of mmdg whose pictures are missing, cannot
            be read or do not show one face, and name them, instead of refusing the list.
        attack_species: the simulated attack species to learn from; none named means all.
        crops: simulated for each domain, half of them bona fide.
        subjects: simulated people in each domain.
        difficulty: how close simulated attacks come to bona fide presentations, 0 to 1.
        synergy: strength of a false correlation between modalities in the simulated domains, -1
            to 1; the benchmark reverses it in the domains that it leaves out.
        validation: share of the subjects on whom epoch and radius are chosen; mmdg has own lists.
        test: share of the subjects on whom nothing is chosen; mmdg has own lists.
        size: side of the crops in pixels, a divisor of 112: smaller ones train faster, for
            comparisons; devices run at 112.
        seed: seed of the rendering and the division by subject.
        cache: folder of rendered and prepared crops.
        workers: processes that render; 0 means one for each processor.
    """

    source: Literal["simulated", "manifest", "mmdg"] = "simulated"
    domains: tuple[str, ...] = ()
    manifest: Path | None = None
    lists: Path | None = None
    images: Path | None = None
    faces: Faces = "cropped"
    depth_step_mm: float = 1.0
    depth_offset_mm: float = 500.0
    skip_unusable: bool = False
    attack_species: tuple[str, ...] = ()
    crops: int = 2500
    subjects: int = 250
    difficulty: float = 0.5
    synergy: float = 0.0
    validation: float = 0.15
    test: float = 0.2
    size: int = CROP_SIZE
    seed: int = 0
    cache: Path = Path("runs/cache")
    workers: int = 0

    def __post_init__(self) -> None:
        for name in ("crops", "subjects"):
            if not getattr(self, name) > 0:
                raise ValueError(f"expected {name} > 0, got {getattr(self, name)}")
        for name in ("difficulty", "validation", "test"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"expected {name} in [0, 1], got {getattr(self, name)}")
        if not -1 <= self.synergy <= 1:
            raise ValueError(f"expected synergy in [-1, 1], got {self.synergy}")
        if self.size < 1 or CROP_SIZE % self.size:
            raise ValueError(f"expected size to divide {CROP_SIZE}, got {self.size}")
        needed = {"simulated": (), "manifest": ("manifest",), "mmdg": ("lists", "images")}
        for name in needed[self.source]:
            if getattr(self, name) is None:
                raise ValueError(f"expected --data.{name} for --data.source {self.source}")
        self.preparation()

    def preparation(self) -> Preparation:
        """How the pictures of a manifest or of mmdg become crops.

        Raises:
            ValueError: a field of it is out of range.
        """
        return Preparation(self.faces, EightBitDepth(self.depth_step_mm, self.depth_offset_mm))

    @property
    def content(self) -> DataConfig:
        """What decides which crops there are and how they are divided; the rest is blank."""
        return replace(self, cache=Path(), workers=0)


def load_splits(config: DataConfig, division: Division | None = None) -> Splits:
    """Training, validation and test crops without a common subject.

    Args:
        config: config of the data.
        division: who is in which part, as a run keeps it. People who are in no part of it are left
            out, and counted on stderr; those whom the data no longer has are for the caller to
            judge (`Division.gone`). None: the lists of mmdg say it, other data are divided here.

    Raises:
        ValueError: the config names a domain or species that there is not, or a part is empty.
        ListError: lists or their files are not usable.
    """
    if config.source == "mmdg":
        parts = [smaller(_mmdg(config, part), config.size) for part in ("train", "val", "test")]
    else:
        whole = load_dataset(config)
        if division is None:
            return split_subjects(whole, config.validation, config.test, config.seed)
        parts = [whole] * 3
    if division is None:
        return Splits(*parts)
    new = {str(name) for part in parts for name in np.unique(part.subject)} - division.everybody
    if new:
        _console.print(
            f"left out {len(new)} of the people in the data, who are in no part of the "
            f"run: they were not in it when the run began ({some(new)})"
        )
    return division.divide(Splits(*parts))


def load_dataset(config: DataConfig) -> CropDataset:
    """All crops of a config's domains together; see `load_splits`."""
    return smaller(_whole(config), config.size)


def _whole(config: DataConfig) -> CropDataset:
    if config.source == "simulated":
        knobs = ("crops", "subjects", "difficulty", "synergy", "seed")
        request = request_of(
            config.domains, config.attack_species, **{name: getattr(config, name) for name in knobs}
        )
        return simulated(request, config.cache, config.workers)
    if config.source == "mmdg":
        return _mmdg(config, "train", "val", "test")
    assert config.manifest is not None
    whole = _prepared(config, read_manifest(config.manifest))
    return _of_domains(whole, config.domains)


def load_domain(config: DataConfig, domain: str, *, unseen: bool = False) -> CropDataset:
    """All crops of one domain by itself.

    Args:
        config: config of the data; its own domains do not matter.
        domain: which.
        unseen: whether the domain is one that training does not see: the synergy of simulated
            crops is then the reverse of what training saw. Domains that are never trained on have
            that sign already.
    """
    synergy = config.synergy
    if unseen and synergy and config.source == "simulated":
        synergy *= -domain_named(domain).synergy_sign
    return load_dataset(replace(config, domains=(domain,), synergy=synergy))


def load_held_back(config: DataConfig) -> dict[str, CropDataset]:
    """Simulated domains that no model learns from or is chosen in, by name; none of other data."""
    if config.source != "simulated":
        return {}
    return {
        name: load_domain(config, name, unseen=True)
        for name, domain in DOMAINS.items()
        if domain.use == "held_back"
    }


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
    return _prepared(config, entries)


def _prepared(config: DataConfig, entries: list[Entry]) -> CropDataset:
    return prepared(entries, config.cache, config.preparation(), skip_unusable=config.skip_unusable)


def _of_domains(dataset: CropDataset, domains: tuple[str, ...]) -> CropDataset:
    unknown = set(domains) - set(dataset.domains)
    if unknown:
        known = ", ".join(dataset.domains)
        raise ValueError(f"expected domains among {known}, got {', '.join(sorted(unknown))}")
    if not domains:
        return dataset
    return dataset.select(np.isin(dataset.domain, domains))
