"""CropRequest: which crops to render. The same request always means the same crops."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice

from rise_edge.simulator.domains import domain_named


@dataclass(frozen=True)
class CropOrder:
    """One crop to render: the arguments of `render_crop`."""

    seed: int
    domain: str
    species: str
    bona_fide: bool
    subject: int
    difficulty: float
    synergy: float


@dataclass(frozen=True)
class CropRequest:
    """A set of crops.

    A larger request begins with the crops of a smaller one, domain by domain and species by
    species, since the seed of a crop depends on nothing but its place there.

    Attributes:
        domains: the simulator's domains.
        attack_species: attack presentations, each as often; none named = the domain's own mix.
        bona_fide_species: bona fide presentations, each as often.
        crops: in each domain.
        bona_fide_share: bona fide share of the crops.
        subjects: people in each domain, taken in turn.
        first_subject: number of the first of them.
        difficulty: how close attacks come to bona fide presentations, 0 to 1.
        synergy: strength of the correlation between modalities that differs by domain, -1 to 1.
        seed: seed of everything else.

    Raises:
        ValueError: a value is outside its range, or a name is missing or there twice.
    """

    domains: tuple[str, ...]
    attack_species: tuple[str, ...] = ()
    bona_fide_species: tuple[str, ...] = ("bona_fide",)
    crops: int = 1000
    bona_fide_share: float = 0.5
    subjects: int = 100
    first_subject: int = 0
    difficulty: float = 0.5
    synergy: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        for name, low in (("bona_fide_share", 0), ("difficulty", 0), ("synergy", -1)):
            if not low <= getattr(self, name) <= 1:
                raise ValueError(f"expected {name} from {low} to 1, got {getattr(self, name)!r}")
        for name, least in (("crops", 1), ("subjects", 1), ("first_subject", 0), ("seed", 0)):
            if getattr(self, name) < least:
                raise ValueError(f"expected {name} >= {least}, got {getattr(self, name)!r}")
        if not self.domains:
            raise ValueError("expected at least one domain, got none")
        names = self.bona_fide_species + self.attack_species
        for kind, given in (("domain", self.domains), ("species", names)):
            if len(set(given)) != len(given):
                raise ValueError(f"expected every {kind} once, got {', '.join(given)}")
        if self.bona_fide_share > 0 and not self.bona_fide_species:
            raise ValueError("expected at least one of bona_fide_species, got none")

    @property
    def count(self) -> int:
        """Crops in all domains together."""
        return self.crops * len(self.domains)

    @property
    def name(self) -> str:
        """Short name of the request, equal in every process: 16 hexadecimal digits."""
        text = json.dumps(asdict(self), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def orders(self) -> Iterator[CropOrder]:
        """The crops, in the order in which they are kept."""
        bona_fide = round(self.crops * self.bona_fide_share)
        for domain in self.domains:
            live = {species: 1.0 for species in self.bona_fide_species}
            attacks = {species: 1.0 for species in self.attack_species}
            attacks = attacks or dict(domain_named(domain).species)
            yield from self._of_mix(domain, live, True, bona_fide)
            yield from self._of_mix(domain, attacks, False, self.crops - bona_fide)

    def _of_mix(
        self, domain: str, mix: dict[str, float], bona_fide: bool, count: int
    ) -> Iterator[CropOrder]:
        turns = dict.fromkeys(mix, 0)
        for kind in islice(_by_weight(mix), count):
            turn, turns[kind] = turns[kind], turns[kind] + 1
            # Species start with different people, so that few crops still show everybody.
            start = _number(f"{self.seed}/{domain}/{kind}")
            yield CropOrder(
                seed=_number(f"{self.seed}/{domain}/{kind}/{turn}"),
                domain=domain,
                species=kind,
                bona_fide=bona_fide,
                subject=self.first_subject + (start + turn) % self.subjects,
                difficulty=self.difficulty,
                synergy=self.synergy,
            )


def _by_weight(mix: dict[str, float]) -> Iterator[str]:
    """Names without end, each as often as its weight says, as evenly spread as can be."""
    credit = dict.fromkeys(mix, 0.0)
    total = sum(mix.values())
    while True:
        for name, weight in mix.items():
            credit[name] += weight
        best = max(credit, key=lambda name: credit[name])
        credit[best] -= total
        yield best


def _number(text: str) -> int:
    """A number of 32 bits that is the same in every process."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "little")
