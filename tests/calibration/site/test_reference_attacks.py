from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import rise_edge
from calibration.site.reference_attacks import reference_attacks
from calibration.site.site_session import SiteSession, read_sessions, session_line
from rise_edge.simulator import DOMAINS
from tests.support.tiny_bundle import write_tiny_bundle

pytestmark = pytest.mark.slow

SPECIES = (("flat_print", 1.0), ("replay_lcd", 1.0))
ALL, TWO = "colour+depth+infrared", "colour+infrared"


def learned(bundle: rise_edge.Bundle) -> rise_edge.Bundle:
    """The bundle, as if it had learned from one simulated domain."""
    return replace(
        bundle,
        manifest=replace(
            bundle.manifest, simulated=True, provenance={"data": {"domains": ["office"]}}
        ),
    )


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> tuple[rise_edge.Bundle, Path]:
    """A bundle, and one reference attack of each of two species: a domain has more."""
    bundle = learned(write_tiny_bundle(tmp_path_factory.mktemp("attacks") / "tiny"))
    office = replace(DOMAINS["office"], species=SPECIES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(DOMAINS, "office", office)
        return bundle, reference_attacks(bundle, "onnx", (ALL,), 1)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The modality sets that attacks are simulated for, without simulating them."""
    asked = []

    def watch(checkers: dict[str, rise_edge.Checker], domain: str, count: int) -> Iterator[str]:
        asked.append(tuple(checkers))
        yield from (session_line(n, SiteSession(2.0, 30, None, "flat_print")) for n in checkers)

    monkeypatch.setattr("calibration.site.reference_attacks._watch", watch)
    return asked


@pytest.mark.slow
def test_every_species_of_the_domains_is_simulated(
    simulated: tuple[rise_edge.Bundle, Path],
) -> None:
    bundle, path = simulated
    source, sessions = read_sessions(path)
    assert (source.attacks, source.simulated, source.bundle) == (True, True, bundle.identity)
    assert {name for name, _ in sessions} == {ALL}
    assert {session.species for _, session in sessions} == {name for name, _ in SPECIES}


@pytest.mark.slow
def test_what_was_simulated_is_read_the_next_time(
    simulated: tuple[rise_edge.Bundle, Path], watched: list[tuple[str, ...]]
) -> None:
    bundle, path = simulated
    before = path.stat().st_mtime_ns
    assert reference_attacks(bundle, "onnx", (ALL,), 1) == path
    assert path.stat().st_mtime_ns == before
    assert watched == []


@pytest.mark.parametrize("content", [None, "half a li", '{"format": 1}\n'])
def test_a_file_that_is_missing_or_damaged_is_made_again(
    tiny_bundle: rise_edge.Bundle, content: str | None, watched: list[tuple[str, ...]]
) -> None:
    path = tiny_bundle.path.with_name("tiny.attacks.jsonl")
    if content is not None:
        path.write_text(content)
    assert reference_attacks(learned(tiny_bundle), "onnx", (TWO,), 1) == path
    assert watched == [(TWO,)]
    assert {name for name, _ in read_sessions(path)[1]} == {TWO}


@pytest.mark.parametrize(("sets", "count"), [((ALL, TWO), 1), ((ALL,), 2)])
def test_a_file_for_other_sets_or_of_another_count_is_made_again(
    tiny_bundle: rise_edge.Bundle,
    sets: tuple[str, ...],
    count: int,
    watched: list[tuple[str, ...]],
) -> None:
    reference_attacks(learned(tiny_bundle), "onnx", (ALL,), 1)
    reference_attacks(learned(tiny_bundle), "onnx", sets, count)
    assert watched == [(ALL,), sets]


def test_what_is_simulated_is_announced(
    tiny_bundle: rise_edge.Bundle,
    watched: list[tuple[str, ...]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    reference_attacks(learned(tiny_bundle), "onnx", (ALL,), 3)
    said = capsys.readouterr().err
    assert "tiny.attacks.jsonl" in said
    assert "minutes" in said
