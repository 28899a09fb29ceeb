from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
import pytest

import rise_edge
from calibration.choose_radius import RadiusConfig, main
from calibration.collect_sessions import CollectConfig
from calibration.collect_sessions import main as collect
from calibration.site.site_session import (
    SessionsFileError,
    SiteSession,
    Source,
    critical_radius,
    read_sessions,
    session_line,
    source_line,
)
from rise_edge import Face, Modality, Observation, Outcome, Reading, Sessions
from rise_edge.decision.embedding import Embedding
from rise_edge.decision.sequential_test import MarginScatter
from rise_edge.decision.verdict import decide
from rise_edge.errors import OutputError, SiteError
from rise_edge.site.session_signals import SessionSignals
from rise_edge.site.site_file import read_site

pytestmark = pytest.mark.slow

ALL = "colour+depth+infrared"
SCATTER = MarginScatter(std=0.1, correlation_ms=50.0)
FACE = Face((240.0, 180.0, 360.0, 300.0), np.zeros((6, 2), np.float32), 0.9)


def observed(norms: list[float], radius: float) -> list[Observation]:
    embeddings = [Embedding(np.array([n], np.float32), n, frozenset(Modality)) for n in norms]
    return [Observation(decide(Reading(e, radius)), FACE, None, {}) for e in embeddings]


def ends_live(norms: list[float], radius: float) -> bool:
    sessions = Sessions(None, SCATTER)
    for i, observation in enumerate(observed(norms, radius)):
        result = sessions.update(observation, i * 33.0)
        if result:
            return result.verdict.outcome is Outcome.LIVE
    return False


@pytest.mark.parametrize("seed", range(20))
def test_the_kiosk_ends_live_iff_the_radius_is_the_score_or_more(seed: int) -> None:
    rng = np.random.default_rng(seed)
    norms = (np.exp(rng.normal(0, 0.5)) * (1 + 0.3 * rng.standard_normal(40)).clip(0.05)).tolist()
    times_ms = [i * 33.0 for i in range(40)]
    score = critical_radius(times_ms, observed(norms, 0.1), SCATTER)
    assert math.isfinite(score)
    radii = np.geomspace(score / 20, score * 20, 60)
    assert [ends_live(norms, r) for r in radii] == [bool(r >= score) for r in radii]
    assert ends_live(norms, score)
    assert not ends_live(norms, score * (1 - 1e-6))


def test_too_few_readings_are_live_at_no_radius() -> None:
    assert critical_radius([0.0] * 5, observed([0.1] * 5, 1.0), SCATTER) == math.inf
    assert critical_radius([], [], SCATTER) == math.inf


def session(score: float, species: str = "bona_fide") -> SiteSession:
    rng = np.random.default_rng(round(abs(score) * 1e6) if math.isfinite(score) else 0)
    angle = rng.normal(0, 0.1)
    signals = SessionSignals(score * 0.8, (math.cos(angle), math.sin(angle)), 0.9, 0.6, 80.0, 0.6)
    return SiteSession(score, 30, signals if math.isfinite(score) else None, species)


def write(
    path: Path,
    bundle: rise_edge.Bundle,
    sessions: list[SiteSession],
    attacks: bool = False,
    identity: str = "",
) -> Path:
    source = Source(1, identity or bundle.identity, "onnx", "test", attacks, True)
    lines = [source_line(source), *(session_line(ALL, each) for each in sessions)]
    path.write_text("\n".join(lines) + "\n")
    return path


SCORES = np.linspace(0.1, 0.7, 100).tolist()


@pytest.fixture
def shown(tiny_bundle: rise_edge.Bundle, tmp_path: Path) -> Path:
    return write(tmp_path / "shown.jsonl", tiny_bundle, [session(score) for score in SCORES])


@pytest.fixture
def attacks(tiny_bundle: rise_edge.Bundle, tmp_path: Path) -> Path:
    passed = [session(0.6, "rigid_mask")] * 3 + [session(2.0, "rigid_mask")] * 7
    stopped = [session(3.0, "flat_print")] * 10
    return write(tmp_path / "attacks.jsonl", tiny_bundle, passed + stopped, attacks=True)


def config(bundle: rise_edge.Bundle, shown: Path, attacks: Path, **fields: object) -> RadiusConfig:
    fields = {"apcer_limit": 0.3, **fields}
    return RadiusConfig((shown,), bundle=bundle.path, attacks=(attacks,), **fields)  # type: ignore[arg-type]


def test_the_radius_is_the_ranked_score_and_the_site_file_says_so(
    tiny_bundle: rise_edge.Bundle, shown: Path, attacks: Path
) -> None:
    main(config(tiny_bundle, shown, attacks))
    site = read_site(tiny_bundle.path.with_name("tiny.site.json"), tiny_bundle)
    chosen = site.sets[ALL]
    assert chosen.radius == pytest.approx(SCORES[98], abs=1e-5)
    assert chosen.radius >= SCORES[98]
    assert (chosen.n, chosen.apcer["rigid_mask"].accepted, chosen.forced) == (100, 3, False)
    assert (chosen.reference.sessions, chosen.reference.live) == (100, 99)
    assert len(chosen.reference.norm) == 98
    assert len(chosen.reference.angle_deg) == 49


def test_too_few_sessions_are_refused_with_what_is_needed(
    tiny_bundle: rise_edge.Bundle, tmp_path: Path, attacks: Path
) -> None:
    few = write(tmp_path / "few.jsonl", tiny_bundle, [session(s) for s in SCORES[:58]])
    with pytest.raises(SiteError, match=r"expected 59 bona fide sessions or more .* got 58"):
        main(config(tiny_bundle, few, attacks))


def test_sessions_that_no_radius_makes_live_are_refused(
    tiny_bundle: rise_edge.Bundle, tmp_path: Path, attacks: Path
) -> None:
    mixed = [session(s) for s in SCORES[:90]] + [session(math.inf)] * 10
    with pytest.raises(SiteError, match="that some radius makes LIVE, got 90"):
        main(config(tiny_bundle, write(tmp_path / "m.jsonl", tiny_bundle, mixed), attacks))


def test_beyond_the_limit_it_is_refused_unless_forced_and_recorded(
    tiny_bundle: rise_edge.Bundle, shown: Path, attacks: Path
) -> None:
    with pytest.raises(SiteError, match="3 of 10 rigid_mask pass"):
        main(config(tiny_bundle, shown, attacks, apcer_limit=0.2))
    assert not tiny_bundle.path.with_name("tiny.site.json").exists()
    main(config(tiny_bundle, shown, attacks, apcer_limit=0.2, force="a guard stands there"))
    chosen = read_site(tiny_bundle.path.with_name("tiny.site.json"), tiny_bundle).sets[ALL]
    assert (chosen.forced, chosen.reason) == (True, "a guard stands there")


def test_so_few_attacks_are_told_and_the_choice_is_drawn(
    tiny_bundle: rise_edge.Bundle,
    shown: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stopped = [session(3.0, "flat_print")] * 35
    few = write(tmp_path / "few.jsonl", tiny_bundle, stopped, attacks=True)
    main(config(tiny_bundle, shown, few, apcer_limit=0.1, picture=tmp_path / "radius.png"))
    picture = tmp_path / "radius.png"
    told = " ".join(capsys.readouterr().out.split())
    assert "does not show 10%: up to 10% of flat_print may pass. 36 of a species" in told
    drawn = cv2.imread(str(picture))
    assert drawn is not None
    assert len(np.unique(drawn.reshape(-1, 3), axis=0)) > 20
    enough = write(tmp_path / "enough.jsonl", tiny_bundle, [*stopped, stopped[0]], attacks=True)
    main(config(tiny_bundle, shown, enough, apcer_limit=0.1))
    assert "does not show" not in capsys.readouterr().out


def test_without_attacks_nothing_is_chosen(
    tiny_bundle: rise_edge.Bundle, shown: Path, tmp_path: Path
) -> None:
    none = write(tmp_path / "none.jsonl", tiny_bundle, [session(1.0)], attacks=True)
    none.write_text(none.read_text().replace(ALL, "colour"))
    with pytest.raises(SiteError, match="got none"):
        main(config(tiny_bundle, shown, none))
    with pytest.raises(SessionsFileError, match="did not learn from the simulator"):
        main(RadiusConfig((shown,), bundle=tiny_bundle.path))


def test_files_of_another_kind_or_bundle_are_refused(
    tiny_bundle: rise_edge.Bundle, shown: Path, attacks: Path, tmp_path: Path
) -> None:
    with pytest.raises(SessionsFileError, match="expected bona fide sessions, got attack"):
        main(config(tiny_bundle, attacks, attacks))
    foreign = write(tmp_path / "f.jsonl", tiny_bundle, [session(0.1)], identity="0" * 64)
    with pytest.raises(SessionsFileError, match="expected sessions that bundle"):
        main(config(tiny_bundle, foreign, attacks))
    (tmp_path / "bad.jsonl").write_text("no json\n")
    with pytest.raises(SessionsFileError, match=r"is no file of .*collect"):
        main(config(tiny_bundle, tmp_path / "bad.jsonl", attacks))
    with pytest.raises(SessionsFileError, match="each once"):
        main(RadiusConfig((shown, shown), bundle=tiny_bundle.path, attacks=(attacks,)))


def test_collecting_watches_simulated_people_and_keeps_numbers_alone(tmp_path: Path) -> None:
    file = tmp_path / "depot.jsonl"
    collect(CollectConfig(file, simulated="depot", sessions=1))
    source, sessions = read_sessions(file)
    assert (source.attacks, source.simulated) == (False, True)
    assert [name for name, _ in sessions] == [ALL]
    for _, each in sessions:
        assert each.species == "bona_fide"
        assert each.responds()
        assert each.signals is not None
        assert each.signals.norm <= each.score
        assert len(each.signals.direction) == 64
    assert file.stat().st_size < 4000
    with pytest.raises(SessionsFileError, match="name a new file"):
        collect(CollectConfig(file, simulated="depot", sessions=1))
    with pytest.raises(SessionsFileError, match="expected one of --camera"):
        collect(CollectConfig(tmp_path / "x.jsonl"))
    with pytest.raises(SessionsFileError, match="expected --simulated among"):
        collect(CollectConfig(tmp_path / "x.jsonl", simulated="moon"))


def test_people_are_counted_before_attacks_are_simulated(
    tiny_bundle: rise_edge.Bundle, shown: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "calibration.choose_radius.reference_attacks",
        lambda *_: pytest.fail("attacks were simulated"),
    )
    with pytest.raises(SiteError, match=r"expected 299 bona fide sessions .* got 100"):
        main(RadiusConfig((shown,), bundle=tiny_bundle.path, bpcer=0.01))


def test_files_that_could_not_be_written_are_refused_before_attacks_are_simulated(
    tiny_bundle: rise_edge.Bundle, shown: Path, tmp_path: Path
) -> None:
    for fields in ({"site": tmp_path / "no" / "s.json"}, {"picture": tmp_path / "no" / "p.png"}):
        with pytest.raises(OutputError, match="no folder"):
            main(RadiusConfig((shown,), bundle=tiny_bundle.path, **fields))  # type: ignore[arg-type]


def test_one_picture_shows_every_modality_set(
    tiny_bundle: rise_edge.Bundle, tmp_path: Path
) -> None:
    two = "colour+infrared"
    for attack, file in ((False, "shown"), (True, "attacks")):
        each = [session(3.0, "flat_print")] * 10 if attack else [session(s) for s in SCORES]
        path = write(tmp_path / f"{file}.jsonl", tiny_bundle, each, attacks=attack)
        first, *rest = path.read_text().splitlines()
        both = [*rest, *(line.replace(ALL, two) for line in rest)]
        path.write_text("\n".join([first, *both]) + "\n")
    heights = []
    for sets in (1, 2):
        files = [tmp_path / f"{name}.jsonl" for name in ("shown", "attacks")]
        if sets == 1:
            files = [kept(file, ALL, tmp_path / f"one_{file.name}") for file in files]
        main(config(tiny_bundle, *files, picture=tmp_path / "radius.png"))
        heights.append(cv2.imread(str(tmp_path / "radius.png")).shape[0])
    assert heights[1] == pytest.approx(2 * heights[0], rel=0.05)
    assert not list(tmp_path.glob("radius_*"))


def kept(path: Path, name: str, target: Path) -> Path:
    """A copy of a file of sessions with those of one modality set."""
    first, *rest = path.read_text().splitlines()
    target.write_text("\n".join([first, *(line for line in rest if f'"{name}"' in line)]) + "\n")
    return target
