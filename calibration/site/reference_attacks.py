"""Reference attacks: what a radius is compared with where an installer has no attacks to show.

A bundle's files hold no norm of an attack with its species. So the attacks are simulated here, as
presentations before a kiosk, in the domains that the bundle learned from, of people whom it never
saw, and say so. They tell nothing of attacks that the simulator does not know.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from rich.console import Console

from calibration.site.session_progress import shown
from calibration.site.simulated_site import SimulatedSite
from calibration.site.site_session import (
    FORMAT,
    SessionsFileError,
    Source,
    read_sessions,
    session_line,
    source_line,
    watch_sessions,
)
from rise_edge import Bundle, Checker, EvidenceConfig
from rise_edge.files.write_atomic import write_atomic
from rise_edge.frame import parse_modality_set
from rise_edge.simulator import DOMAINS

_SEED = 4_000  # of people who come to no simulated site

console = Console(stderr=True)


def reference_attacks(
    bundle: Bundle, runtime: str, sets: tuple[str, ...], per_species: int
) -> Path:
    """The file BUNDLE.attacks.jsonl beside a bundle, made where it is not there or holds others.

    Args:
        bundle: bundle that reads the attacks.
        runtime: runtime that runs it.
        sets: modality sets to judge by.
        per_species: presentations of each species, about.

    Raises:
        SessionsFileError: the bundle did not learn from simulated data, or the file cannot be made.
    """
    path = bundle.path.with_name(f"{bundle.path.name}.attacks.jsonl")
    source = Source(
        FORMAT, bundle.identity, runtime, f"{per_species} reference attacks a species", True, True
    )
    if _holds(path, source, sets):
        return path
    learned = bundle.manifest.provenance.get("data")
    domains = learned.get("domains", []) if isinstance(learned, dict) else []
    known = [name for name in domains if name in DOMAINS]
    if not (bundle.manifest.simulated and known):
        raise SessionsFileError(
            f"bundle {bundle.path} did not learn from the simulator, whose attacks say nothing of "
            "it; collect some with `python calibration/collect_sessions.py FILE --attacks`"
        )
    checkers = {
        name: Checker(
            bundle,
            runtime=runtime,
            evidence=EvidenceConfig(required=wanted, accept_colour_alone=True),
        )
        for name in sets
        if (wanted := parse_modality_set(name))
    }
    species = {name for domain in known for name, _ in DOMAINS[domain].species}
    total = per_species * len(species)
    counts = {domain: total // len(known) for domain in known}
    lines = [source_line(source)]
    watched = chain.from_iterable(_watch(checkers, domain, counts[domain]) for domain in known)
    count = sum(counts.values())
    console.print(
        f"simulating {count} reference attacks, once, which takes minutes: {path}",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    lines += shown(watched, "reference attacks", count * len(sets), console)
    try:
        write_atomic(path, ("\n".join(lines) + "\n").encode())
    except OSError as error:
        raise SessionsFileError(f"cannot write {path}: {error.strerror}") from None
    return path


def _holds(path: Path, source: Source, sets: tuple[str, ...]) -> bool:
    """Whether a file is of this bundle, runtime and count, and serves these modality sets."""
    if not path.is_file():
        return False
    try:
        found, sessions = read_sessions(path)
    except SessionsFileError:
        return False  # another version's, or damaged: made again
    return found == source and set(sets) <= {name for name, _ in sessions}


def _watch(checkers: dict[str, Checker], domain: str, count: int) -> Iterator[str]:
    with SimulatedSite(domain, count, attacks=True, seed=_SEED) as camera:
        frames = iter(camera.read, None)
        watched = watch_sessions((frame for frame in frames if frame), False, checkers)
        yield from (session_line(name, session) for name, session in watched)
