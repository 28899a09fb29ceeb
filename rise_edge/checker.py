"""Checker: one frame or one crop in, one verdict or reading out."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Sequence
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rise_edge.bundle.bundle import Bundle, default_bundle_path, open_bundle
from rise_edge.bundle.report_warnings import report_warnings
from rise_edge.bundle.set_report import read_set_report
from rise_edge.checks.colour_alone import colour_alone_warnings
from rise_edge.checks.evidence import EvidenceConfig, examine_faces
from rise_edge.checks.quality import Quality, QualityConfig, measure_quality
from rise_edge.decision.observation import Observation
from rise_edge.decision.opinion import Opinion, denied
from rise_edge.decision.reading import Reading, read_margin
from rise_edge.decision.sequential_test import MarginScatter
from rise_edge.decision.verdict import Reason, Verdict, decide, undecided
from rise_edge.errors import BundleError, OpinionError
from rise_edge.face import Crop, Face, FaceDetector, crop_face
from rise_edge.frame import (
    ALL_MODALITIES,
    COLOUR_ALONE,
    Frame,
    Modality,
    modality_set,
    parse_modality_set,
)
from rise_edge.runtimes import open_runtime
from rise_edge.second_opinion import SecondOpinion
from rise_edge.site.site_file import Site, read_site

if TYPE_CHECKING:  # of the extra `trust`, which only a pinned key needs
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_log = logging.getLogger("rise_edge")


class Checker:
    """Judges faces with one bundle. One instance belongs to one thread.

    Args:
        bundle: an opened bundle.
        runtime: which runtime runs its model.
        evidence: the limits of what counts as evidence.
        quality: the limits of a good view; outside of them nothing is decided.
        threads: threads of each network.
        site: a site's calibration of this bundle, whose radii replace the bundle's.
        second_opinion: others' models, which turn LIVE into SPOOF, and nothing into LIVE.

    Attributes:
        bundle, runtime, evidence, quality, site, second_opinion: what was given, opened or taken by
            default.
        radii: modality set -> radius of this runtime.
        scatter: scatter of the margins of the required modalities, for `Sessions`.
        report: errors that the bundle's own report shows for these modalities; None where it has
            none. They are those of the bundle's radius, not of a site's.

    Raises:
        BundleError: the bundle holds no model or no radius for this runtime and these modalities.
        SiteError: the site is of another bundle or runtime, or lacks these modalities.

    Example:
        >>> import numpy as np
        >>> checker = Checker(open_bundle(default_bundle_path()))
        >>> checker
        Checker(demo, onnx, colour+depth+infrared)
        >>> blank = np.full((480, 640), 200, np.uint16)
        >>> grey = blank.astype(np.uint8)
        >>> colour = np.dstack([grey] * 3)
        >>> checker.check(Frame.from_arrays(colour=colour, depth_mm=blank, infrared=grey))
        Verdict(UNDECIDED, no_face)
    """

    def __init__(
        self,
        bundle: Bundle,
        *,
        runtime: str = "onnx",
        evidence: EvidenceConfig | None = None,
        quality: QualityConfig | None = None,
        threads: int = 1,
        site: Site | None = None,
        second_opinion: SecondOpinion | None = None,
    ) -> None:
        self.bundle = bundle
        self.site = site
        self.second_opinion = second_opinion
        self.evidence = evidence or EvidenceConfig()
        self.quality = quality or QualityConfig()
        self.runtime = open_runtime(bundle, runtime, threads=threads)
        self.radii = dict(bundle.manifest.radii.get(self.runtime.name, {}))
        wanted = modality_set(self.evidence.required)
        if wanted not in self.radii:
            known = ", ".join(self.radii) or "none"
            raise BundleError(
                f"bundle {bundle.path}: expected a radius for {wanted} on {self.runtime.name}, "
                f"it has {known}; choose among those"
            )
        if site is not None:
            self.radii |= site.radii(bundle, self.runtime.name, wanted)
        self.scatter = bundle.manifest.margin_scatter.get(wanted, MarginScatter())
        self.report = read_set_report(bundle, self.runtime.name, wanted)
        self._detector = FaceDetector(threads=threads)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to say at each start: of the bundle, and of colour alone where that is required."""
        notice = self.bundle.manifest.notice
        warnings = (*report_warnings(self.report), *colour_alone_warnings(self.evidence))
        found = (text for text in warnings if text not in notice)
        return (notice, *found) if notice else tuple(found)

    def read(self, crop: Crop) -> Reading:
        """Read one crop: norm, radius, margin, embedding, modalities.

        Raises:
            ValueError: the crop has another size than the bundle's, or its modalities have no
                calibrated radius.
        """
        return self.read_batch([crop])[0]

    def read_batch(self, crops: Sequence[Crop]) -> list[Reading]:
        """Read many crops at once; see `read`."""
        return [read_margin(embedding, self.radii) for embedding in self.runtime.embed(crops)]

    def check(self, frame: Frame) -> Verdict:
        """The verdict for one frame by itself: no face, or no good evidence, is UNDECIDED.

        A single frame cannot show that a stream is frozen or stale; `rise_edge.capture.sessions`
        watches for that.
        """
        return self.observe(frame).verdict

    def check_batch(self, frames: Iterable[Frame]) -> list[Verdict]:
        """The verdict for each frame by itself; see `check`."""
        return [self.check(frame) for frame in frames]

    def observe(self, frame: Frame) -> Observation:
        """`check`, with all that was seen on the way."""
        watch = _Stopwatch()
        missing = self.evidence.required - frame.present
        if missing:
            absent = modality_set(missing)
            return watch.see(undecided(Reason.MISSING_MODALITY, f"no {absent} in this frame"))
        assert frame.colour is not None
        faces = self._detector.detect(frame.colour.pixels)
        watch.lap("detect")
        fault = examine_faces(faces, self.evidence)
        if fault:
            return watch.see(fault)
        face = faces[0]
        # A stray stream that was not asked for must not change the modality set's radius.
        asked = frame.only(self.evidence.required)
        crop = crop_face(asked, face, self.bundle.manifest.crop_size)
        watch.lap("crop")
        quality = measure_quality(asked, faces, crop, self.quality, self.evidence)
        watch.lap("quality")
        if quality.verdict:
            return watch.see(quality.verdict, face, crop, quality)
        reading = self.read(crop)
        watch.lap("embed")
        verdict = decide(reading, accept_colour_alone=self.evidence.accept_colour_alone)
        if not self.second_opinion or verdict.reason is not None:
            return watch.see(verdict, face, crop, quality)
        verdict, opinions = _ask(self.second_opinion, verdict, frame.colour.pixels, face)
        watch.lap("second_opinion")
        return watch.see(verdict, face, crop, quality, opinions)

    def __repr__(self) -> str:
        more = [name for name in ("site", "second_opinion") if getattr(self, name) is not None]
        parts = [
            f"{self.bundle.manifest.name:.30}",
            self.runtime.name,
            modality_set(self.evidence.required),
            *more,
        ]
        return f"Checker({', '.join(parts)})"


def _ask(
    second_opinion: SecondOpinion, verdict: Verdict, colour: NDArray[np.uint8], face: Face
) -> tuple[Verdict, tuple[Opinion, ...]]:
    """The verdict as a second opinion leaves it, and that opinion."""
    try:
        opinions = second_opinion.judge(colour, face)
    except OpinionError as error:
        return undecided(Reason.OPINION_FAILED, str(error), verdict.reading), ()
    return denied(verdict, opinions), opinions


class _Stopwatch:
    def __init__(self) -> None:
        self._start = perf_counter()
        self._stage_ms: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        now = perf_counter()
        self._stage_ms[stage] = (now - self._start) * 1000
        self._start = now

    def see(
        self,
        verdict: Verdict,
        face: Face | None = None,
        crop: Crop | None = None,
        quality: Quality | None = None,
        opinions: tuple[Opinion, ...] = (),
    ) -> Observation:
        return Observation(verdict, face, crop, self._stage_ms, quality, opinions)


def load(
    bundle: str | os.PathLike[str] | None = None,
    *,
    modalities: str | Iterable[Modality | str] | None = None,
    accept_colour_alone: bool = False,
    runtime: str = "onnx",
    site: str | os.PathLike[str] | None = None,
    second_opinion: SecondOpinion | None = None,
    public_key: Ed25519PublicKey | str | os.PathLike[str] | None = None,
    min_version: int | None = None,
    evidence: EvidenceConfig | None = None,
    quality: QualityConfig | None = None,
    threads: int = 1,
) -> Checker:
    """Load a bundle, the shipped demonstration bundle by default.

    The bundle's notice, if it has one, and what its report warns of are logged as warnings: a model
    that learned from simulated data says so at every start, and so does one that is weak.

    Args:
        bundle: folder of a bundle.
        modalities: the modalities that every frame must have, such as "colour+depth" or
            {Modality.COLOUR, Modality.DEPTH}; all three by default. Others are not looked at.
        accept_colour_alone: whether colour decides with `modalities="colour"`; otherwise such
            frames are UNDECIDED, since nothing shows colour alone to be better than a guess.
        runtime: runtime that runs its model: onnx, onnx_float, executorch or tensorrt.
        site: a site file of this bundle, whose radii replace the bundle's.
        second_opinion: models of others, which may deny and never accept.
        public_key: the bundle's owner's key, or its file; see `rise_edge.open_bundle`.
        min_version: oldest version of a signed bundle to accept.
        evidence: all limits of what counts as evidence, instead of `modalities` and
            `accept_colour_alone`.
        quality: limits of a good view.
        threads: threads of each network.

    Raises:
        ValueError: a word is no modality, colour is not among them, colour alone is accepted where
            more is required, `evidence` is given beside what it replaces, or `min_version` without
            a key.
        BundleError: it is missing, incomplete, altered, of an unknown format, or lacks a radius.
        SiteError: the site file is missing, malformed, or of another bundle, runtime or set.
        TrustError: bundle or site file are not signed by the owner of the public key, or the bundle
            is older than allowed; or the file of the key holds none.
        MissingExtraError: a key is given, and `cryptography` is not installed.

    Example:
        >>> load().bundle.manifest.name
        'demo'
        >>> checker = load(modalities="colour+depth")
        >>> sorted(checker.evidence.required)
        [<Modality.COLOUR: 'colour'>, <Modality.DEPTH: 'depth'>]
    """
    limits = _limits(evidence, modalities, accept_colour_alone)
    path = default_bundle_path() if bundle is None else bundle
    if public_key is not None:  # read once, for the bundle and the site file
        from rise_edge.trust.keys import public_key_of

        public_key = public_key_of(public_key)
    opened = open_bundle(path, public_key=public_key, min_version=min_version)
    calibrated = None if site is None else read_site(site, opened, public_key)
    checker = Checker(
        opened,
        runtime=runtime,
        evidence=limits,
        quality=quality,
        threads=threads,
        site=calibrated,
        second_opinion=second_opinion,
    )
    for warning in checker.warnings:
        _log.warning("%s: %s", opened.manifest.name, warning)
    return checker


def _limits(
    evidence: EvidenceConfig | None,
    modalities: str | Iterable[Modality | str] | None,
    accept_colour_alone: bool,
) -> EvidenceConfig:
    """The evidence that is required, from either of the two ways to say so."""
    if evidence is not None:
        if modalities is not None or accept_colour_alone:
            raise ValueError(
                "expected evidence, or modalities and accept_colour_alone, got both; leave out "
                "one, or say EvidenceConfig(required=..., accept_colour_alone=...)"
            )
        return evidence
    required = ALL_MODALITIES if modalities is None else parse_modality_set(modalities)
    if accept_colour_alone and required != COLOUR_ALONE:
        raise ValueError(
            f'expected accept_colour_alone with modalities="colour", got {modality_set(required)}'
        )
    return EvidenceConfig(required=required, accept_colour_alone=accept_colour_alone)
