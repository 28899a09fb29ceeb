"""`rise-edge evidence show` tells why a session ended as it did."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import cv2
import pytest

from rise_edge import Checker
from rise_edge.kiosk.snapshots import KEEP, EvidenceFolder, KeptEvidence
from rise_edge.kiosk.snapshots.command import main
from tests.kiosk.snapshots.test_keeper import files, watch
from tests.support.frame_source import VISIT, visits
from tests.support.tiny_bundle import write_tiny_bundle

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def kept_once(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    path = tmp_path_factory.mktemp("kept")
    folder = EvidenceFolder(path / "evidence")
    keeper = KeptEvidence(folder, outcomes=KEEP["all"])
    checker = Checker(write_tiny_bundle(path / "tiny"))
    watch(keeper, checker, iter([*visits([40, 90, 30])][: 2 * VISIT + 3]))
    return files(folder)


@pytest.fixture
def kept(kept_once: list[Path], tmp_path: Path) -> list[Path]:
    """The files of a session that is LIVE, one that is SPOOF, and one that was cut short."""
    return [Path(shutil.copy(path, tmp_path)) for path in kept_once]


def shown(path: Path, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, str]:
    assert main(["show", str(path), *options]) == 0
    lines = capsys.readouterr().out.splitlines()
    return {line.split()[0]: line.split(maxsplit=1)[1] for line in lines}


def said(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as archive:
        return dict(json.loads(archive.read("event.json")))


def test_it_prints_norm_radius_and_margin(
    kept: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    for path, outcome in zip(kept, ("LIVE", "SPOOF"), strict=False):
        event, lines = said(path), shown(path, capsys)
        assert lines["verdict"] == outcome
        for name in ("norm", "radius", "margin"):
            assert f"{event[name]:.3f}" in lines["reading"]
        assert ("inside" in lines["reading"]) == (outcome == "LIVE")
        assert lines["frame"].startswith("the deciding one")


def test_it_prints_the_reason_where_nothing_was_decided(
    kept: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    event, lines = said(kept[2]), shown(kept[2], capsys)
    assert lines["verdict"].startswith(f"UNDECIDED: {event['reason']}")
    assert lines["frame"].startswith("not a deciding one")


def test_it_draws_frame_and_crop_for_the_owner_alone_and_overwrites_nothing(
    kept: list[Path], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "spoof.png"
    shown(kept[1], capsys, "--picture", str(out))
    assert out.stat().st_mode & 0o077 == 0
    picture = cv2.imread(str(out))
    assert picture is not None
    assert picture.shape == (768, 1440, 3)
    assert main(["show", str(kept[1]), "--picture", str(out)]) == 6
    assert "exists" in capsys.readouterr().err


def _rezipped(path: Path, **changed: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            new.writestr(name, changed.get(name.replace("/", "_").split(".")[0], old.read(name)))
    return buffer.getvalue()


def _said_with(path: Path, **changed: Any) -> bytes:
    return json.dumps({**said(path), **changed}).encode()


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: b"",
        lambda path: path.read_bytes()[:-100],
        lambda path: _rezipped(path, event=b"{}"),
        lambda path: _rezipped(path, event=b"[1]"),
        lambda path: _rezipped(path, event=b'{"schema": "rise_edge.evidence/2"}'),
        lambda path: _rezipped(path, event=_said_with(path, norm="0.5")),
        lambda path: _rezipped(path, event=_said_with(path, picture={"face": [1, 2]})),
        lambda path: _rezipped(path, colour_000001=b"no picture"),
        lambda path: path.read_bytes().replace(b"IDAT", b"IDAX", 1),
    ],
    ids=[
        "empty",
        "torn",
        "no schema",
        "no object",
        "other schema",
        "no number",
        "half a face",
        "no picture",
        "damaged",
    ],
)
def test_what_is_no_kept_evidence_is_refused(
    kept: list[Path], capsys: pytest.CaptureFixture[str], damage: Any
) -> None:
    kept[0].write_bytes(damage(kept[0]))
    assert main(["show", str(kept[0])]) == 3
    assert "expected a ZIP file of `capture --keep-evidence`" in capsys.readouterr().err


def test_a_missing_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(tmp_path / "nowhere.zip")]) == 3
    assert "nowhere.zip" in capsys.readouterr().err
