"""The command that measures a bundle's scatter changes scatter and report, or nothing at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import calibration.measure_scatter as command
import rise_edge
import rise_edge.bundle.bundle
from calibration.decision.operating_curve import Watched
from calibration.measure_scatter import CalibrateConfig, main
from rise_edge import Face, Modality, Observation, Reading, open_bundle
from rise_edge.decision.embedding import Embedding
from rise_edge.decision.verdict import decide
from rise_edge.errors import BundleError
from tests.support.tiny_bundle import write_tiny_bundle

pytestmark = pytest.mark.slow

ALL, TWO = "colour+depth+infrared", "colour+infrared"
FACE = Face((240.0, 180.0, 360.0, 300.0), np.zeros((6, 2), np.float32), 0.9)
STD = 0.1


def watched(rng: np.random.Generator, bona_fide: bool, radius: float) -> Watched:
    """A presentation near the sphere, inside or outside, whose margins scatter by `STD`."""
    margins = (0.15 if bona_fide else -0.15) + STD * rng.standard_normal(60)
    observations = []
    for margin in margins:
        norm = float(radius * (1 - margin))
        embedding = Embedding(np.array([norm], np.float32), norm, frozenset(Modality))
        observations.append(Observation(decide(Reading(embedding, radius)), FACE, None, {}))
    species = "bona_fide" if bona_fide else "rigid_mask"
    return Watched(species, bona_fide, np.arange(60) * 1000 / 30, tuple(observations))


@pytest.fixture(autouse=True)
def presentations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Readings as the simulator's people give them, without rendering the people."""

    def watch(
        checkers: dict[str, rise_edge.Checker], domain: str, count: int, seed: int
    ) -> Iterator[dict[str, Watched]]:
        rng = np.random.default_rng([seed, *domain.encode()])
        for number in range(count):
            yield {
                name: watched(rng, number % 2 == 0, checker.radii[name])
                for name, checker in checkers.items()
            }

    monkeypatch.setattr(command, "watch", watch)
    monkeypatch.setattr(command, "SETS", (TWO, ALL))
    monkeypatch.setattr(command, "MEANS", (-0.1, 0.1))


def config(bundle: rise_edge.Bundle) -> CalibrateConfig:
    return CalibrateConfig(bundle.path, check=("night",), presentations=20)


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_only_the_scatter_of_the_manifest_and_the_report_change(
    tiny_bundle: rise_edge.Bundle,
) -> None:
    before, files = tiny_bundle.manifest, contents(tiny_bundle.path)
    main(config(tiny_bundle))
    after = open_bundle(tiny_bundle.path)  # every hash holds
    assert after.manifest.margin_scatter.keys() == {TWO, ALL}
    for found in after.manifest.margin_scatter.values():
        assert found.std == pytest.approx(STD, rel=0.15)
    new = {"session.json", "session.png"}
    assert after.manifest.files.keys() == before.files.keys() | new
    kept = {name: digest for name, digest in after.manifest.files.items() if name not in new}
    assert (
        replace(after.manifest, margin_scatter=before.margin_scatter, files=before.files) == before
    )
    assert kept == before.files
    assert all(after.read(name) == files[name] for name in kept)


def test_the_report_holds_both_domains_and_how_presentations_ended(
    tiny_bundle: rise_edge.Bundle,
) -> None:
    main(config(tiny_bundle))
    bundle = open_bundle(tiny_bundle.path)
    report = json.loads(bundle.read("session.json"))
    assert list(report["domains"]) == ["depot", "night"]
    assert report["domains"]["night"]["bona_fide"]["presentations"] == 10
    assert report["domains"]["night"]["bona_fide"]["LIVE"] == 10
    assert report["domains"]["night"]["attacks"]["LIVE"] == 0
    assert report["scatter"][ALL]["std"] == bundle.manifest.margin_scatter[ALL].std
    assert bundle.read("session.png").startswith(b"\x89PNG")


def test_a_second_run_replaces_the_first_ones_report(tiny_bundle: rise_edge.Bundle) -> None:
    main(config(tiny_bundle))
    once = contents(tiny_bundle.path)
    main(config(tiny_bundle))
    assert contents(tiny_bundle.path) == once


@pytest.mark.parametrize("where", ["_ends", "operating_picture", "amend_bundle"])
def test_a_failure_on_the_way_leaves_the_bundle_as_it_was(
    where: str, tiny_bundle: rise_edge.Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, where, fails)
    before = contents(tiny_bundle.path)
    with pytest.raises(KeyboardInterrupt):
        main(config(tiny_bundle))
    assert contents(tiny_bundle.path) == before
    assert [path.name for path in tiny_bundle.path.parent.iterdir()] == ["tiny"]


def test_a_full_disk_in_the_middle_of_writing_leaves_the_bundle_as_it_was(
    tiny_bundle: rise_edge.Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, opened = contents(tiny_bundle.path), rise_edge.bundle.bundle.open_bundle

    def disk_is_full(path: Path, **options: object) -> rise_edge.Bundle:
        if Path(path) != tiny_bundle.path:  # the new one, before it takes the old one's place
            raise OSError(28, "No space left on device")
        return opened(path)

    monkeypatch.setattr(rise_edge.bundle.bundle, "open_bundle", disk_is_full)
    with pytest.raises(OSError, match="No space"):
        main(config(tiny_bundle))
    assert contents(tiny_bundle.path) == before
    assert [path.name for path in tiny_bundle.path.parent.iterdir()] == ["tiny"]


def test_a_signed_bundle_is_refused_before_anything_is_measured(
    tiny_bundle: rise_edge.Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tiny_bundle.path / "manifest.sig").write_bytes(bytes(64))
    before = contents(tiny_bundle.path)
    monkeypatch.setattr(command, "watch", lambda *_: pytest.fail("it was measured"))
    with pytest.raises(BundleError, match=r"manifest\.sig"):
        main(config(tiny_bundle))
    assert contents(tiny_bundle.path) == before


def test_a_bundle_that_was_replaced_meanwhile_is_left_alone(
    tiny_bundle: rise_edge.Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = command._ends

    def replaced(*arguments: object) -> dict[str, object]:
        write_tiny_bundle(tiny_bundle.path, name="another")
        return ends(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(command, "_ends", replaced)
    with pytest.raises(BundleError, match="replaced"):
        main(config(tiny_bundle))
    assert open_bundle(tiny_bundle.path).manifest.name == "another"
    assert "session.json" not in contents(tiny_bundle.path)


def test_a_bundle_behind_a_link_keeps_the_link(tiny_bundle: rise_edge.Bundle) -> None:
    link = tiny_bundle.path.with_name("current")
    link.symlink_to(tiny_bundle.path)
    main(CalibrateConfig(link, check=("night",), presentations=20))
    assert link.is_symlink()
    assert "session.json" in open_bundle(tiny_bundle.path).manifest.files


def test_a_set_that_cannot_be_measured_keeps_the_defaults(
    tiny_bundle: rise_edge.Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = command.measure_scatter
    calls = iter([TWO, ALL])

    def only_the_whole_set(series: object, interval_ms: float) -> object:
        if next(calls) == TWO:
            raise ValueError("expected 10 presentations or more, got 3")
        return measured(series, interval_ms)  # type: ignore[arg-type]

    monkeypatch.setattr(command, "measure_scatter", only_the_whole_set)
    main(config(tiny_bundle))
    assert open_bundle(tiny_bundle.path).manifest.margin_scatter.keys() == {ALL}
