"""Measure: how labelled people and attacks lie to a bundle's spheres, as numbers.

Each frame in which a face is found is read by itself and compared with the radius of its modality
set, whatever the checks on the view say of it: those can be seen in `decided`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rise_edge.checker import Checker
from rise_edge.decision.verdict import Outcome
from rise_edge.evaluation.labelled_crops import LabelledCrop, LabelledCutter
from rise_edge.evaluation.labelled_set import LabelledSet, Presentation
from rise_edge.evaluation.people import people_auc, people_rate
from rise_edge.evaluation.semi_real import SAGITTA_MM, with_sheet
from rise_edge.face import Crop
from rise_edge.frame import Modality, modality_set, parse_modality_set

Numbers = dict[str, Any]
NormReader = Callable[[Sequence[Crop]], Sequence[float]]
FORMAT = 1

_FIELDS = {Modality.COLOUR: "colour", Modality.DEPTH: "depth_mm", Modality.INFRARED: "infrared"}
_BATCH = 32


@dataclass(frozen=True, eq=False)
class Norms:
    """The norms of some frames, with what they show.

    Attributes:
        norm: f64 (N,).
        bona_fide: bool (N,).
        species: str (N,).
        subject: str (N,).
        recording: str (N,).
        frontal: bool (N,); False where that is not known.
        semi_real: bool (N,).
    """

    norm: NDArray[np.float64]
    bona_fide: NDArray[np.bool_]
    species: NDArray[np.str_]
    subject: NDArray[np.str_]
    recording: NDArray[np.str_]
    frontal: NDArray[np.bool_]
    semi_real: NDArray[np.bool_]

    def select(self, rows: NDArray[np.bool_]) -> Norms:
        """Those frames alone."""
        return Norms(**{name: values[rows] for name, values in vars(self).items()})


def joined(parts: Sequence[Norms]) -> Norms:
    """The frames of several parts."""
    names = vars(parts[0])
    return Norms(**{name: np.concatenate([getattr(p, name) for p in parts]) for name in names})


@dataclass(frozen=True, eq=False)
class Measured:
    """What was found in one set.

    Attributes:
        labelled: the set.
        norms: modality set -> norms.
        not_found: frames without one face that the device would judge.
        decided: bona fide or attacks -> outcome -> frames, as the device decides on each whole
            frame by itself; empty of a set without colour, in which the device finds its faces.
    """

    labelled: LabelledSet
    norms: Mapping[str, Norms]
    not_found: int
    decided: Mapping[str, Mapping[str, int]]


def measure_sets(
    sets: Sequence[LabelledSet],
    read: NormReader,
    radii: Mapping[str, float],
    size: int,
    decide: Callable[[LabelledCrop], str] | None = None,
    advance: Callable[[int], None] = lambda frames: None,
) -> list[Measured]:
    """Read every frame of some sets with a model.

    Args:
        sets: sets of labelled frames.
        read: gives the norms of crops.
        radii: modality set -> radius; sets without a radius are not measured.
        size: side of the crops in pixels.
        decide: gives the outcome of a whole frame with colour, as the device has it.
        advance: called with the number of frames that were cut out.

    Raises:
        LabelledSetError: a picture cannot be used.
    """
    return [_measure(each, read, radii, size, decide, advance) for each in sets]


def decide_with(
    checkers: Callable[[frozenset[Modality]], Checker],
) -> Callable[[LabelledCrop], str]:
    """What a device decides on a whole frame; for `measure_sets`.

    Args:
        checkers: gives the checker that requires some modalities.
    """

    def decide(labelled: LabelledCrop) -> str:
        frame = labelled.frame
        return checkers(frame.present).check(frame).outcome.value

    return decide


def result(
    measured: Sequence[Measured], radii: Mapping[str, float], made_by: Mapping[str, Any]
) -> Numbers:
    """Everything as JSON has it: what was measured on, and the errors at the radii.

    Args:
        measured: measured from `measure_sets`.
        radii: modality set -> radius.
        made_by: what says which model it was and how it was measured.
    """
    sets = {each.labelled.name: _set_numbers(each, radii) for each in measured}
    together = {}
    for name, radius in radii.items():
        parts = [each.norms[name] for each in measured if name in each.norms]
        whole = joined(parts) if parts else None
        real = whole.select(~whole.semi_real) if whole else None
        if real and real.bona_fide.any() and not real.bona_fide.all():
            together[name] = _errors(real, radius)
    return {"format": FORMAT, **made_by, "sets": sets, "together": together}


def _measure(
    labelled: LabelledSet,
    read: NormReader,
    radii: Mapping[str, float],
    size: int,
    decide: Callable[[LabelledCrop], str] | None,
    advance: Callable[[int], None],
) -> Measured:
    crops: list[LabelledCrop] = []
    not_found: list[Presentation] = []
    decided: dict[str, Counter[str]] = {}
    for found in LabelledCutter(size).cut(labelled):
        advance(1)
        if isinstance(found, Presentation):
            not_found.append(found)
            shown, outcome = found, Outcome.UNDECIDED.value
        else:
            crops.append(found)
            shown = found.presentation
            outcome = decide(found) if decide and Modality.COLOUR in shown.files else ""
        if decide and Modality.COLOUR in shown.files:
            label = "bona fide" if shown.bona_fide else "attacks"
            decided.setdefault(label, Counter())[outcome] += 1
    semi_real = list(_sheets(crops))
    norms = {}
    for name in _modality_sets(crops, radii):
        wanted = parse_modality_set(name)
        rows = [c for c in crops if wanted <= c.crop.present]
        if Modality.DEPTH in wanted:
            rows += [c for c in semi_real if wanted <= c.crop.present]
        norms[name] = _norms(rows, wanted, read)
    return Measured(labelled, norms, len(not_found), decided)


def _sheets(crops: Iterable[LabelledCrop]) -> Iterator[LabelledCrop]:
    for seed, labelled in enumerate(crops):
        if labelled.frame.depth is not None and labelled.presentation.bona_fide:
            yield from (with_sheet(labelled, species, seed) for species in SAGITTA_MM)


def _modality_sets(crops: Sequence[LabelledCrop], radii: Mapping[str, float]) -> list[str]:
    """Each set of modalities that some frame shows and that has a radius, in the radii's order."""
    shown = {c.crop.present for c in crops}
    parts = chain.from_iterable(
        combinations(present, count) for present in shown for count in range(1, len(present) + 1)
    )
    names = {modality_set(part) for part in parts}
    return [name for name in radii if name in names]


def _norms(rows: Sequence[LabelledCrop], wanted: frozenset[Modality], read: NormReader) -> Norms:
    crops = [only(c.crop, wanted) for c in rows]
    batches = (crops[i : i + _BATCH] for i in range(0, len(crops), _BATCH))
    found = [norm for batch in batches for norm in read(batch)]
    shown = [c.presentation for c in rows]
    return Norms(
        norm=np.array(found, np.float64),
        bona_fide=np.array([p.bona_fide for p in shown], np.bool_),
        species=np.array([p.species for p in shown]),
        subject=np.array([p.subject for p in shown]),
        recording=np.array([p.recording for p in shown]),
        frontal=np.array([bool(c.frontal) for c in rows], np.bool_),
        semi_real=np.array([p.species in SAGITTA_MM for p in shown], np.bool_),
    )


def only(crop: Crop, wanted: frozenset[Modality]) -> Crop:
    """The crop with the other modalities taken away, as `Crop` has it."""
    absent = {_FIELDS[m]: np.zeros_like(getattr(crop, _FIELDS[m])) for m in crop.present - wanted}
    return replace(crop, present=crop.present & wanted, **absent)


def _set_numbers(measured: Measured, radii: Mapping[str, float]) -> Numbers:
    labelled = measured.labelled
    shown = labelled.presentations
    return {
        "source": labelled.source,
        "sensor": labelled.sensor,
        "licence": labelled.licence,
        "people": len({p.subject for p in shown}),
        "recordings": len({p.recording for p in shown}),
        "frames": len(shown),
        "not_found": measured.not_found,
        "decided": {label: dict(counts) for label, counts in measured.decided.items()},
        "modalities": {name: _views(norms, radii[name]) for name, norms in measured.norms.items()},
    }


def _views(norms: Norms, radius: float) -> Numbers:
    """Errors on all frames and, where landmarks say which these are, on the frontal ones."""
    views = {"all": _errors(norms, radius)}
    if norms.frontal.any():
        views["frontal"] = _errors(norms.select(norms.frontal), radius)
    return views


def _errors(norms: Norms, radius: float) -> Numbers:
    """Errors at a radius; null where a class is missing."""
    live, real = norms.bona_fide, ~norms.semi_real
    species = sorted(set(norms.species[~live].tolist()))
    errors: Numbers = {
        "radius": radius,
        "bpcer": None,
        "inside_by_person": [],
        "apcer": {
            name: people_rate(norms.norm[rows] <= radius, norms.subject[rows]).fields()
            for name in species
            if (rows := ~live & (norms.species == name)).any()
        },
        "auc": None,
        "semi_real_auc": {},
    }
    if live.any():
        outside = norms.norm[live] > radius
        errors["bpcer"] = people_rate(outside, norms.subject[live]).fields()
        people = np.unique(norms.subject[live])
        inside = [float(1 - outside[norms.subject[live] == p].mean()) for p in people]
        errors["inside_by_person"] = sorted(inside)
        attacks = {"auc": ~live & real} if (~live & real).any() else {}
        semi = {name: ~live & (norms.species == name) for name in species if name in SAGITTA_MM}
        areas = {
            name: people_auc(norms.norm[rows], live[rows], norms.subject[rows])
            for name, chosen in {**attacks, **semi}.items()
            for rows in (live | chosen,)
        }
        errors["auc"] = areas.pop("auc", None)
        errors["semi_real_auc"] = areas
    return errors
