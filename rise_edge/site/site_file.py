"""The site file: radii that were chosen where the kiosk stands, and what drift is compared with.

It lies beside a bundle, which itself never changes, and holds for that very bundle and one runtime.
A radius larger than the bundle's lets more attacks pass: it can come in only here, with the rates
at which reference attacks passed it, and beyond the limit only with somebody's reason.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rise_edge.bundle.bundle import Bundle
from rise_edge.errors import OutputError, SiteError, TrustError
from rise_edge.files.plain_file import read_plain_file
from rise_edge.files.strict_json import parse_object, take, take_fields, take_numbers
from rise_edge.files.write_atomic import write_atomic
from rise_edge.frame import modality_set, parse_modality_set

if TYPE_CHECKING:  # of the extra `trust`, which only a key needs
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

FORMAT = 1
REFERENCE_SIGNALS = (
    "norm",
    "depth_coverage",
    "depth_noise_mm",
    "infrared_level",
    "sharpness",
    "angle_deg",
)
"""Lists of numbers in a `SiteReference`."""
_MAX_BYTES = 4 * 1024 * 1024
_SIGNATURE_BYTES = 64
_HINT = "make one with `python calibration/choose_radius.py`"


@dataclass(frozen=True)
class Apcer:
    """How one species of attack fared at a radius.

    Attributes:
        attacks: reference presentations of it.
        accepted: how many of them would have been LIVE.
    """

    attacks: int
    accepted: int

    def __post_init__(self) -> None:
        _expect(
            0 <= self.accepted <= self.attacks and self.attacks > 0,
            "accepted of attacks",
            "a count of more than 0",
            f"{self.accepted} of {self.attacks}",
        )

    @property
    def rate(self) -> float:
        """Attack presentation classification error rate (ISO/IEC 30107-3)."""
        return self.accepted / self.attacks


@dataclass(frozen=True)
class SiteReference:
    """The site as it was when it was calibrated, for `rise_edge.site.drift_detector`.

    The lists of numbers are sorted and of accepted sessions; a list is empty where its modality is
    absent, or where there was too little to measure.

    Attributes:
        sessions: how many bona fide sessions were watched.
        live: how many of them the radius accepts.
        norm: see `SessionSignals`.
        depth_coverage: the same.
        depth_noise_mm: the same.
        infrared_level: the same.
        sharpness: the same.
        angle_deg: between a session's direction and the site's own.
        directions: name -> unit vector: "site", and domains that the model learned from.
        shares: domain -> share of the accepted sessions that point nearest to it.
    """

    sessions: int
    live: int
    norm: tuple[float, ...]
    depth_coverage: tuple[float, ...]
    depth_noise_mm: tuple[float, ...]
    infrared_level: tuple[float, ...]
    sharpness: tuple[float, ...]
    angle_deg: tuple[float, ...]
    directions: Mapping[str, tuple[float, ...]]
    shares: Mapping[str, float]

    def __post_init__(self) -> None:
        _expect(0 <= self.live <= self.sessions, "live", f"0 to {self.sessions}", self.live)
        for name in REFERENCE_SIGNALS:
            values = getattr(self, name)
            _expect(list(values) == sorted(values), name, "sorted", "another order")
        sizes = {len(vector) for vector in self.directions.values()}
        _expect(len(sizes) <= 1, "directions", "of one length", sizes)
        for name, vector in self.directions.items():
            length = math.hypot(*vector)
            _expect(abs(length - 1) < 1e-3, f"directions.{name}", "of length 1", length)
        _expect("site" in self.directions or not self.angle_deg, "directions", "'site'", "none")


@dataclass(frozen=True)
class SiteRadius:
    """What was chosen for one set of modalities.

    Attributes:
        radius: radius that replaces the bundle's.
        asked_bpcer: share of bona fide sessions that may lie outside.
        confidence: with which no more do; see `calibration/site/conformal.py`.
        n: bona fide sessions that it was chosen from.
        apcer_limit: largest APCER that the worst species must keep.
        apcer: species -> how its reference attacks fared.
        forced: whether the limit was set aside.
        reason: why, "" otherwise.
        reference: what drift is compared with.
    """

    radius: float
    asked_bpcer: float
    confidence: float
    n: int
    apcer_limit: float
    apcer: Mapping[str, Apcer]
    forced: bool
    reason: str
    reference: SiteReference

    def __post_init__(self) -> None:
        for name in ("asked_bpcer", "confidence", "apcer_limit"):
            value = getattr(self, name)
            _expect(0 < value < 1, name, "between 0 and 1", value)
        _expect(self.radius > 0, "radius", "a positive number", self.radius)
        _expect(self.n >= 1, "n", "1 or more", self.n)
        _expect(self.forced == bool(self.reason), "a reason", "there iff forced", self.reason)
        if not self.forced:
            worst = self.worst_apcer
            _expect(
                worst is not None and worst <= self.apcer_limit,
                "apcer",
                f"{self.apcer_limit} at most for each species, or forced",
                worst,
            )

    @property
    def worst_apcer(self) -> float | None:
        """Of the worst species; None where no attack was shown."""
        return max((found.rate for found in self.apcer.values()), default=None)


@dataclass(frozen=True)
class Site:
    """A site's calibration.

    Attributes:
        format: version of this layout.
        bundle: identity of the bundle that it is for.
        runtime: runtime that it is for.
        created: when, UTC, ISO 8601.
        simulated: whether nobody stood in front of a camera.
        sets: modality set -> what was chosen.

    Example:
        >>> seen = SiteReference(10, 9, (), (), (), (), (), (), {}, {})
        >>> chosen = SiteRadius(2.1, 0.05, 0.95, 10, 0.1, {}, True, "no attacks at hand", seen)
        >>> Site(FORMAT, "0ab2bd15" * 8, "onnx", "2026-11-28T12:00:00Z", False, {"colour": chosen})
        Site(bundle 0ab2bd150ab2, onnx, 1 modality set, created 2026-11-28T12:00:00Z)
    """

    format: int
    bundle: str
    runtime: str
    created: str
    simulated: bool
    sets: Mapping[str, SiteRadius]

    def __post_init__(self) -> None:
        _expect(self.format == FORMAT, "format", str(FORMAT), self.format)
        _expect(bool(self.sets), "sets", "one modality set or more", "none")
        for name in self.sets:
            _expect(name == modality_set(parse_modality_set(name)), "sets", "by set", name)

    def radii(self, bundle: Bundle, runtime: str, wanted: str) -> dict[str, float]:
        """Modality set -> radius, to be used instead of the bundle's.

        Raises:
            SiteError: it is of another bundle or runtime, or has nothing for the wanted set.
        """
        if self.bundle != bundle.identity:
            raise SiteError(
                f"site file: expected one for bundle {bundle.identity[:12]}..., got one for "
                f"{self.bundle[:12]}...; calibrate the site for this bundle"
            )
        if self.runtime != runtime:
            raise SiteError(
                f"site file: expected one for the runtime {runtime}, got {self.runtime}; calibrate "
                "the site with it"
            )
        if wanted not in self.sets:
            known = ", ".join(self.sets)
            raise SiteError(
                f"site file: expected a radius for {wanted}, it has {known}; calibrate that set too"
            )
        return {name: chosen.radius for name, chosen in self.sets.items()}

    def __repr__(self) -> str:
        sets = f"{len(self.sets)} modality set{'s'[: len(self.sets) > 1]}"
        of = f"bundle {self.bundle:.12}, {self.runtime:.12}"
        return f"Site({of}, {sets}, created {self.created:.20})"


def site_path(bundle: str | os.PathLike[str]) -> Path:
    """Where a bundle's site file usually lies: beside its folder."""
    folder = Path(bundle)
    return folder.with_name(f"{folder.name}.site.json")


def read_site(
    path: str | os.PathLike[str],
    bundle: Bundle,
    public_key: Ed25519PublicKey | str | os.PathLike[str] | None = None,
) -> Site:
    """Read a site file.

    Args:
        path: the file; its signature lies beside it, as `FILE.sig`.
        bundle: bundle that it must be for.
        public_key: its owner's key or the key's file; without one no signature is looked for.

    Raises:
        SiteError: it is missing, malformed or of another bundle.
        TrustError: it is not signed by the owner of the public key, or the file of the key holds
            none.
    """
    content = _read(Path(path), _MAX_BYTES)
    if public_key is not None:
        _verify(Path(path), content, public_key)
    try:
        site = _parse(content)
    except (ValueError, OverflowError) as error:
        raise SiteError(f"site file {path} is not usable: {error}; {_HINT}") from None
    site.radii(bundle, site.runtime, next(iter(site.sets)))
    return site


def write_site(
    path: str | os.PathLike[str], site: Site, private_key: Ed25519PrivateKey | None = None
) -> None:
    """Write a site file whole, signed where there is a key. An old signature is removed.

    Raises:
        OutputError: it cannot be written.
    """
    target = Path(path)
    content = (json.dumps(asdict(site), indent=1, sort_keys=True, allow_nan=False) + "\n").encode()
    signature = _signature_path(target)
    try:
        # Never a new file beside an old signature, nor half a file.
        signature.unlink(missing_ok=True)
        write_atomic(target, content)
        if private_key is not None:
            from rise_edge.trust.signature import sign

            write_atomic(signature, sign(content, private_key))
    except OSError as error:
        raise OutputError(f"cannot write the site file {target}: {error.strerror}") from None


def _signature_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.sig")


def _read(path: Path, max_bytes: int) -> bytes:
    try:
        return read_plain_file(path, max_bytes)
    except OSError as error:
        raise SiteError(f"cannot read the site file {path}: {error.strerror}; {_HINT}") from None
    except ValueError as error:
        raise SiteError(f"site file {path}: {error}; {_HINT}") from None


def _verify(
    path: Path, content: bytes, public_key: Ed25519PublicKey | str | os.PathLike[str]
) -> None:
    from rise_edge.trust.keys import public_key_of
    from rise_edge.trust.signature import verify

    key = public_key_of(public_key)
    beside = _signature_path(path)
    try:
        verify(content, read_plain_file(beside, _SIGNATURE_BYTES), key)
    except FileNotFoundError:
        raise TrustError(
            f"site file {path}: expected its owner's signature in {beside.name}, there is none; "
            "write it with `python calibration/choose_radius.py --sign KEY`"
        ) from None
    except (OSError, ValueError, TrustError) as error:
        raise TrustError(f"site file {path}: {beside.name}: {error}") from None


def _parse(content: bytes) -> Site:
    kinds: dict[str, type] = {
        "format": int,
        "bundle": str,
        "runtime": str,
        "created": str,
        "simulated": bool,
        "sets": dict,
    }
    fields = take_fields(parse_object(content), "site", kinds)
    sets = {name: _parse_radius(value, f"sets.{name}") for name, value in fields["sets"].items()}
    return Site(**{**fields, "sets": sets})


def _parse_radius(value: Any, field: str) -> SiteRadius:
    kinds: dict[str, type] = {
        "radius": float,
        "asked_bpcer": float,
        "confidence": float,
        "n": int,
        "apcer_limit": float,
        "apcer": dict,
        "forced": bool,
        "reason": str,
        "reference": dict,
    }
    fields = take_fields(value, field, kinds)
    apcer = {
        species: Apcer(**take_fields(found, f"{field}.apcer", {"attacks": int, "accepted": int}))
        for species, found in fields["apcer"].items()
    }
    reference = _parse_reference(fields["reference"], f"{field}.reference")
    return SiteRadius(**{**fields, "apcer": apcer, "reference": reference})


def _parse_reference(value: Any, field: str) -> SiteReference:
    kinds: dict[str, type] = {"sessions": int, "live": int, "directions": dict, "shares": dict}
    fields = take_fields(value, field, kinds | dict.fromkeys(REFERENCE_SIGNALS, list))
    numbers = {name: take_numbers(fields[name], f"{field}.{name}") for name in REFERENCE_SIGNALS}
    directions = {k: take_numbers(v, field) for k, v in fields["directions"].items()}
    shares = {k: take(v, field, float) for k, v in fields["shares"].items()}
    return SiteReference(**{**fields, **numbers, "directions": directions, "shares": shares})


def _expect(holds: bool, field: str, expected: str, got: object) -> None:
    if not holds:
        raise ValueError(f"expected {field} to be {expected}, got {got!r}")
