"""Choose the radius on site: `python calibration/choose_radius.py SESSIONS... --bundle BUNDLE`.

From bona fide sessions that `calibration/collect_sessions.py` watched, the radius is chosen that
holds the required BPCER with the required confidence, whatever the scores' distribution is (see
`site/conformal.py`). What that radius does to attacks is shown by species, and refused beyond the
limit. The result is a site file beside the bundle; the bundle never changes.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":  # a script's folder comes first on the path
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Annotated, Any

import tyro
from rich.console import Console
from rich.table import Table

from calibration.output_file import expect_writable
from calibration.site.conformal import expected_bpcer, held, least_sessions, marginal_rank, rank
from calibration.site.radius_plot import RadiusPanel, radius_picture
from calibration.site.reference_attacks import reference_attacks
from calibration.site.site_reference import domain_directions, site_reference
from calibration.site.site_session import SessionsFileError, SiteSession, Source, read_sessions
from rise_edge import Bundle, Checker, EvidenceConfig, open_bundle
from rise_edge.bundle.bundle import default_bundle_path
from rise_edge.command_line.run_command import run_command
from rise_edge.errors import OutputError, SiteError
from rise_edge.frame import parse_modality_set
from rise_edge.pad_metrics import clopper_pearson
from rise_edge.site.site_file import FORMAT, Apcer, Site, SiteRadius, site_path, write_site

_DIGITS = 6

console = Console(stderr=True)


@dataclass(frozen=True)
class RadiusConfig:
    """Choose radii for a site.

    Attributes:
        sessions: files of bona fide sessions, by `calibration/collect_sessions.py`.
        bundle: bundle that read them; by default the demonstration bundle.
        bpcer: required share of bona fide sessions that are not LIVE.
        confidence: with which it is held.
        attacks: files of attack sessions, by `calibration/collect_sessions.py --attacks`; without
            any, the bundle's reference attacks are simulated, once, into BUNDLE.attacks.jsonl.
        reference: presentations of each species, where they are simulated.
        apcer_limit: a radius at which a species passes more often is refused.
        force: why it shall be taken nevertheless; is in the site file.
        site: file to write; by default BUNDLE.site.json beside the bundle.
        sign: private key of the owner, by `rise-edge keygen`.
        picture: a PNG to write: who passes at the radius of each modality set.
    """

    sessions: Annotated[tuple[Path, ...], tyro.conf.Positional]
    bundle: Path | None = None
    bpcer: float = 0.05
    confidence: float = 0.95
    attacks: tuple[Path, ...] = ()
    reference: int = 20
    apcer_limit: float = 0.1
    force: str = ""
    site: Path | None = None
    sign: Path | None = None
    picture: Path | None = None

    def __post_init__(self) -> None:
        for name in ("bpcer", "confidence", "apcer_limit"):
            if not 0 < getattr(self, name) < 1:
                raise ValueError(f"expected {name} between 0 and 1, got {getattr(self, name)}")
        if self.reference < 1:
            raise ValueError(f"expected reference >= 1, got {self.reference}")


@dataclass(frozen=True, eq=False)
class Choice:
    """The radius of one modality set.

    Attributes:
        name: name of the set.
        sessions: bona fide ones, all that were watched.
        scores: scores of those that the kiosk saw enough of, in order.
        rank: rank of the score that was taken.
        radius: radius that score, rounded up.
        bundled: radius in the bundle.
        attacks: attack sessions.
    """

    name: str
    sessions: list[SiteSession]
    scores: list[float]
    rank: int
    radius: float
    bundled: float
    attacks: list[SiteSession] = field(default_factory=list)

    @property
    def apcer(self) -> dict[str, Apcer]:
        """By species, over the sessions that the kiosk saw enough of."""
        by_species: dict[str, list[bool]] = {}
        for session in self.attacks:
            if session.responds():
                passed = session.score <= self.radius
                by_species.setdefault(_species(session), []).append(passed)
        return {
            species: Apcer(attacks=len(passed), accepted=sum(passed))
            for species, passed in sorted(by_species.items())
        }


def main(config: RadiusConfig) -> None:
    """Choose, show, write.

    Raises:
        RiseEdgeError: there are too few sessions, they are of another bundle, a species passes too
            often, or the site file cannot be written.
    """
    bundle = open_bundle(config.bundle or default_bundle_path())
    key = _key(config.sign)
    target = config.site or site_path(bundle.path)
    expect_writable(target, config.picture)
    sources, shown = _read(config.sessions, bundle, attacks=False)
    runtime = sources[0].runtime
    radii = bundle.manifest.radii[runtime]
    # Before attacks are simulated, which takes minutes: there may be too few people.
    chosen = [_choose(name, sessions, radii[name], config) for name, sessions in shown.items()]
    files = config.attacks or (reference_attacks(bundle, runtime, tuple(shown), config.reference),)
    attack_sources, attacks = _read(files, bundle, attacks=True)
    if {source.runtime for source in (*sources, *attack_sources)} != {runtime}:
        raise SessionsFileError(f"expected every file from the runtime {runtime}, got others")
    choices = [replace(choice, attacks=attacks.get(choice.name, [])) for choice in chosen]
    for choice in choices:
        _print(choice, config)
    if config.picture:
        _draw(config.picture, choices)
    for choice in choices:
        _expect_apcer(choice, config)
    sets = {choice.name: _site_radius(choice, bundle, runtime, config) for choice in choices}
    site = Site(
        format=FORMAT,
        bundle=bundle.identity,
        runtime=runtime,
        created=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        simulated=any(source.simulated for source in (*sources, *attack_sources)),
        sets=sets,
    )
    write_site(target, site, key)
    signed = f"signed with {config.sign}" if config.sign else "not signed"
    Console().print(f"site file {target}, {signed}", markup=False, highlight=False, soft_wrap=True)


def _key(path: Path | None) -> Any:
    if path is None:
        return None
    from rise_edge.trust.keys import read_private_key

    return read_private_key(path)


def _read(
    files: Sequence[Path], bundle: Bundle, *, attacks: bool
) -> tuple[list[Source], dict[str, list[SiteSession]]]:
    sources, by_set = [], dict[str, list[SiteSession]]()
    if len(set(files)) != len(files) or not files:
        raise SessionsFileError("expected one file of sessions or more, each once")
    for path in files:
        source, sessions = read_sessions(path)
        kinds = ("bona fide", "attack")
        if source.attacks is not attacks:
            raise SessionsFileError(
                f"{path}: expected {kinds[attacks]} sessions, got {kinds[not attacks]} ones"
            )
        if source.bundle != bundle.identity:
            raise SessionsFileError(
                f"{path}: expected sessions that bundle {bundle.identity[:12]}... read, got "
                f"{source.bundle[:12]}...; collect again with this one"
            )
        sources.append(source)
        for name, session in sessions:
            by_set.setdefault(name, []).append(session)
    if not by_set:
        raise SessionsFileError("expected sessions, the files hold none")
    return sources, by_set


def _choose(name: str, sessions: list[SiteSession], bundled: float, config: RadiusConfig) -> Choice:
    scores = sorted(session.score for session in sessions if session.responds())
    try:
        k = rank(len(scores), config.bpcer, config.confidence)
    except ValueError as error:
        raise SiteError(f"{name}: {error}") from None
    if not math.isfinite(scores[k - 1]):
        raise SiteError(
            f"{name}: expected {k} of {len(scores)} sessions that some radius makes LIVE, got "
            f"{sum(map(math.isfinite, scores))}; look at what the kiosk sees, or ask for less"
        )
    radius = math.ceil(scores[k - 1] * 10**_DIGITS) / 10**_DIGITS
    return Choice(name, sessions, scores, k, radius, bundled)


def _site_radius(choice: Choice, bundle: Bundle, runtime: str, config: RadiusConfig) -> SiteRadius:
    wanted = parse_modality_set(choice.name)
    checker = Checker(
        bundle, runtime=runtime, evidence=EvidenceConfig(required=wanted, accept_colour_alone=True)
    )
    learned = bundle.manifest.provenance.get("data", {})
    domains = learned.get("domains", ()) if isinstance(learned, dict) else ()
    score = choice.scores[choice.rank - 1]
    reference = site_reference(choice.sessions, score, domain_directions(checker, domains))
    return SiteRadius(
        radius=choice.radius,
        asked_bpcer=config.bpcer,
        confidence=config.confidence,
        n=len(choice.scores),
        apcer_limit=config.apcer_limit,
        apcer=choice.apcer,
        forced=bool(config.force),
        reason=config.force,
        reference=reference,
    )


def _species(session: SiteSession) -> str:
    return session.species or "unnamed"


def _expect_apcer(choice: Choice, config: RadiusConfig) -> None:
    if config.force:
        return
    name, apcer = choice.name, choice.apcer
    if not apcer:
        raise SiteError(f"{name}: expected attack sessions to check the radius with, got none")
    worst = max(apcer, key=lambda species: apcer[species].rate)
    found = apcer[worst]
    if found.rate > config.apcer_limit:
        raise SiteError(
            f"{name}: at radius {choice.radius:.3f}, {found.accepted} of {found.attacks} {worst} "
            f"pass: expected {config.apcer_limit:.0%} at most; ask for another BPCER, use a better "
            "model, or give --force 'why it is taken nevertheless'"
        )


def _print(choice: Choice, config: RadiusConfig) -> None:
    name, scores, k = choice.name, choice.scores, choice.rank
    radius, bundled, apcer = choice.radius, choice.bundled, choice.apcer
    n, output = len(scores), Console()
    table = Table(title=f"{name}: radius {radius:.4f} (the bundle's: {bundled:.4f})")
    table.add_column("what")
    table.add_column("value", justify="right")
    silent, mean_k = len(choice.sessions) - n, marginal_rank(n, config.bpcer)
    outside = sum(score > bundled for score in scores)
    for what, value in (
        ("bona fide sessions watched", f"{len(choice.sessions)}"),
        ("  too short to decide, in no rate", f"{silent}"),
        ("  n", f"{n} (needed: {least_sessions(config.bpcer, config.confidence)})"),
        ("required BPCER", f"{config.bpcer:.1%} at {config.confidence:.0%} confidence"),
        ("rank of the score taken", f"{k} of {n}"),
        ("confidence that it holds", f"{held(n, k, config.bpcer):.2%}"),
        ("BPCER to expect", f"{expected_bpcer(n, k):.1%} (median over calibrations)"),
        (
            "rank for the mean alone",
            f"{mean_k} of {n}, holds at {held(n, mean_k, config.bpcer):.0%}"
            if mean_k <= n
            else "-",
        ),
        ("not LIVE at the bundle's radius", _rate(outside, n)),
    ):
        table.add_row(what, value)
    output.print(table)
    table = Table(title=f"{name}: attacks that pass at radius {radius:.4f}")
    for column in ("species", "APCER (95%)"):
        table.add_column(column, justify="left" if column == "species" else "right")
    for species, found in apcer.items():
        table.add_row(species, _rate(found.accepted, found.attacks))
    output.print(table)
    bounds = {s: clopper_pearson(found.accepted, found.attacks)[1] for s, found in apcer.items()}
    worst = max(bounds, key=bounds.__getitem__, default=None)
    if worst is not None and bounds[worst] > config.apcer_limit:
        # None of n in the two-sided 95% interval is what n sessions at one-sided 97.5% are.
        needed = least_sessions(config.apcer_limit, 0.975)
        output.print(
            f"This does not show {config.apcer_limit:.0%}: up to {bounds[worst]:.0%} of "
            f"{worst} may pass. {needed} of a species, all stopped, would show it.",
            highlight=False,
        )


def _draw(path: Path, choices: list[Choice]) -> None:
    panels = []
    for choice in choices:
        rows = {"bona_fide": choice.scores}
        for session in sorted(choice.attacks, key=_species):
            if session.responds():
                rows.setdefault(_species(session), []).append(session.score)
        panels.append(RadiusPanel(choice.name, rows, choice.radius, choice.bundled))
    try:
        path.write_bytes(radius_picture(panels))
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}") from None
    Console().print(f"picture {path}", markup=False, highlight=False, soft_wrap=True)


def _rate(count: int, of: int) -> str:
    low, high = clopper_pearson(count, of)
    return f"{count} of {of} ({low:.1%} to {high:.1%})"


if __name__ == "__main__":
    run_command(lambda: main(tyro.cli(RadiusConfig)))
