"""One picture, one answer: the tiny model says SPOOF from infrared grey 64 on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from rise_edge import Bundle, errors
from rise_edge.check_pictures import EXIT_CODES, main, read_frame
from rise_edge.checks.colour_alone import colour_alone_figures
from rise_edge.decision.verdict import Outcome
from rise_edge.frame import Modality
from rise_edge.kiosk import exit_codes
from tests.support.pictures import photograph

LIVE, SPOOF, UNDECIDED = (EXIT_CODES[outcome] for outcome in Outcome)


@pytest.fixture
def face(tmp_path: Path) -> Path:
    """A folder with a face: colour, depth in millimetres, and infrared that is live."""
    cv2.imwrite(str(tmp_path / "face.png"), photograph()[..., ::-1])
    cv2.imwrite(str(tmp_path / "depth.png"), np.full((512, 512), 700, np.uint16))
    cv2.imwrite(str(tmp_path / "infrared.png"), np.full((512, 512), 40, np.uint8))
    return tmp_path


def check(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = main([*map(str, words), "--json"])
    return code, json.loads(capsys.readouterr().out)


def whole(face: Path, bundle: Bundle) -> list[object]:
    return [
        *(face / "face.png", "--depth", face / "depth.png"),
        *("--infrared", face / "infrared.png", "--bundle", bundle.path),
    ]


def test_all_modalities_are_judged(
    face: Path, tiny_bundle: Bundle, capsys: pytest.CaptureFixture[str]
) -> None:
    code, answer = check(capsys, *whole(face, tiny_bundle))
    assert (code, answer["verdict"], answer["reason"]) == (LIVE, "LIVE", None)
    assert answer["radius"] == 0.5
    assert answer["norm"] == pytest.approx(40 / 128, abs=1e-3)
    assert answer["modalities"] == "colour+depth+infrared"
    assert answer["bundle"]["identity"] == tiny_bundle.identity
    assert "presence" in answer["presence"]


def test_an_attack_is_spoof(
    face: Path, tiny_bundle: Bundle, capsys: pytest.CaptureFixture[str]
) -> None:
    cv2.imwrite(str(face / "infrared.png"), np.full((512, 512), 90, np.uint8))
    code, answer = check(capsys, *whole(face, tiny_bundle))
    assert (code, answer["verdict"]) == (SPOOF, "SPOOF")


def test_colour_alone_is_undecided_and_says_what_it_is_worth(
    face: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, answer = check(capsys, face / "face.png")
    assert (code, answer["verdict"], answer["reason"]) == (UNDECIDED, "UNDECIDED", "colour_alone")
    assert "--accept-colour-alone" in answer["advice"]
    assert answer["norm"] > 0
    assert str(colour_alone_figures()) in answer["warnings"]


def test_colour_alone_decides_where_it_is_accepted(
    face: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, answer = check(capsys, face / "face.png", "--accept-colour-alone")
    assert code in (LIVE, SPOOF)
    assert (answer["verdict"] == "LIVE") == (answer["margin"] >= 0)
    assert str(colour_alone_figures()) in answer["warnings"]


def test_a_modality_without_a_picture_is_missing(
    face: Path, tiny_bundle: Bundle, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [face / "face.png", "--modalities", "colour+infrared", "--bundle", tiny_bundle.path]
    code, answer = check(capsys, *words)
    assert (code, answer["reason"]) == (UNDECIDED, "missing_modality")
    assert answer["norm"] is None


def test_modalities_that_are_not_chosen_are_not_read(
    face: Path, tiny_bundle: Bundle, capsys: pytest.CaptureFixture[str]
) -> None:
    (face / "depth.png").write_bytes(b"no picture")
    code, answer = check(capsys, *whole(face, tiny_bundle), "--modalities", "colour+infrared")
    assert answer["modalities"] == "colour+infrared"
    assert code == SPOOF  # its radius is smaller


def test_no_face_is_told_what_to_do(face: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cv2.imwrite(str(face / "face.png"), np.full((512, 512, 3), 90, np.uint8))
    code, answer = check(capsys, face / "face.png")
    assert (code, answer["reason"]) == (UNDECIDED, "no_face")
    assert answer["advice"]


def test_depth_in_other_units_becomes_millimetres(face: Path) -> None:
    from rise_edge.check_pictures import Units

    files = {Modality.COLOUR: face / "face.png", Modality.DEPTH: face / "depth.png"}
    frame = read_frame(files, Units(depth_scale=0.25))
    assert frame.depth is not None
    assert np.unique(frame.depth.pixels).tolist() == [175]


def test_deep_infrared_is_scaled_by_the_face(
    face: Path, tiny_bundle: Bundle, capsys: pytest.CaptureFixture[str]
) -> None:
    cv2.imwrite(str(face / "infrared.png"), np.full((512, 512), 8000, np.uint16))
    _, answer = check(capsys, *whole(face, tiny_bundle))
    assert answer["norm"] == pytest.approx(80 / 128, abs=0.01)
    _, answer = check(capsys, *whole(face, tiny_bundle), "--infrared-scale", "0.005")
    assert answer["norm"] == pytest.approx(40 / 128, abs=0.01)


def test_deep_infrared_without_a_face_needs_a_scale(face: Path) -> None:
    cv2.imwrite(str(face / "face.png"), np.full((512, 512, 3), 90, np.uint8))
    cv2.imwrite(str(face / "infrared.png"), np.full((512, 512), 8000, np.uint16))
    words = [str(face / "face.png"), "--infrared", str(face / "infrared.png")]
    assert main(words) == errors.CameraError.exit_code


def test_the_lines_for_people_have_the_answer_first(
    face: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([str(face / "face.png")])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("UNDECIDED (colour_alone)")
    assert lines[1].startswith("norm ")
    assert lines[2].startswith("what to do: ")
    assert "presence" in lines[-1]


@pytest.mark.parametrize("kind", ["missing", "pipe", "folder", "text", "turned", "other_shape"])
def test_what_cannot_be_read_is_an_error(
    face: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    picture, more = face / "other.png", []
    if kind == "pipe":
        os.mkfifo(picture)
    elif kind == "folder":
        picture.mkdir()
    elif kind == "text":
        picture.write_text("no picture")
    elif kind == "turned":
        exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
        jpeg = cv2.imencode(".jpg", photograph())[1].tobytes()
        app1 = b"Exif\0\0" + exif
        size = (len(app1) + 2).to_bytes(2, "big")
        picture.write_bytes(jpeg[:2] + b"\xff\xe1" + size + app1 + jpeg[2:])
    elif kind == "other_shape":
        cv2.imwrite(str(picture), np.full((256, 512, 3), 90, np.uint8))
        more = ["--depth", str(face / "depth.png")]
    assert main([str(picture), *more]) == errors.CameraError.exit_code
    assert "other.png" in capsys.readouterr().err


def test_a_link_is_followed(face: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (face / "link.png").symlink_to("face.png")
    code, _ = check(capsys, face / "link.png")
    assert code == UNDECIDED


def test_a_bundle_that_is_none_is_an_error(face: Path) -> None:
    words = [str(face / "face.png"), "--bundle", str(face)]
    assert main(words) == errors.BundleError.exit_code


@pytest.mark.parametrize(
    "words",
    [
        ["--modalities", "depth"],
        ["--modalities", "colour+smell"],
        ["--depth-scale", "0"],
        ["--modalities", "colour+depth", "--accept-colour-alone"],
        ["--deep"],
    ],
)
def test_wrong_arguments(face: Path, words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([str(face / "face.png"), *words])
    assert ended.value.code == 2


def test_no_error_ends_as_an_answer_does() -> None:
    raised = [e for e in vars(errors).values() if isinstance(e, type)]
    known = {e.exit_code for e in raised} | {each.code for each in exit_codes.EXIT_CODES[1:]}
    assert not known & set(EXIT_CODES.values())
    assert len(set(EXIT_CODES.values())) == len(Outcome)


def test_the_command_has_a_name(face: Path) -> None:
    command = [sys.executable, "-m", "rise_edge", "check", str(face / "face.png")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (UNDECIDED, "")
    assert done.stdout.startswith("UNDECIDED")
