from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import rise_edge
from calibration.reference_attacks import reference_attacks
from calibration.site_session import read_sessions
from rise_edge.manifest import Manifest

ALL, TWO = "colour+depth+infrared", "colour+infrared"


@pytest.fixture
def learned(tiny_bundle: rise_edge.Bundle) -> rise_edge.Bundle:
    """A bundle that says that it learned from one simulated domain."""
    manifest: Manifest = replace(
        tiny_bundle.manifest, simulated=True, provenance={"data": {"domains": ["office"]}}
    )
    return replace(tiny_bundle, manifest=manifest)


def species(path: Path) -> set[str | None]:
    return {session.species for _, session in read_sessions(path)[1]}


def test_every_species_of_the_domains_is_simulated_once_and_then_read(
    learned: rise_edge.Bundle,
) -> None:
    path = reference_attacks(learned, "onnx", (ALL,), 1)
    source, sessions = read_sessions(path)
    assert (source.attacks, source.simulated, source.bundle) == (True, True, learned.identity)
    assert {name for name, _ in sessions} == {ALL}
    assert "bona_fide" not in species(path)
    assert len(species(path)) >= 5
    before = path.stat().st_mtime_ns
    assert reference_attacks(learned, "onnx", (ALL,), 1).stat().st_mtime_ns == before


@pytest.mark.parametrize("content", ["half a li", '{"format": 1}\n'])
def test_a_file_that_is_damaged_or_serves_others_is_made_anew(
    learned: rise_edge.Bundle, content: str
) -> None:
    path = learned.path.with_name(f"{learned.path.name}.attacks.jsonl")
    path.write_text(content)
    assert reference_attacks(learned, "onnx", (TWO,), 1) == path
    assert {name for name, _ in read_sessions(path)[1]} == {TWO}
