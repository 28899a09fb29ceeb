import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rise_edge import Bundle, BundleError, open_bundle
from rise_edge.bundle.bundle import GOLDEN, MANIFEST, MODEL_ONNX, write_bundle
from tests.support.tiny_bundle import golden_vectors, manifest_fields, tiny_model, write_tiny_bundle


def edit_manifest(bundle: Bundle, **changes: Any) -> None:
    path = bundle.path / MANIFEST
    data = json.loads(path.read_text())
    data.update(changes)
    path.write_text(json.dumps({k: v for k, v in data.items() if v is not ...}))


def test_what_was_written_is_what_is_opened(tiny_bundle: Bundle) -> None:
    again = open_bundle(tiny_bundle.path)
    assert again.manifest == tiny_bundle.manifest
    assert again.identity == tiny_bundle.identity
    assert again.read(MODEL_ONNX) == tiny_model()


def test_a_missing_bundle_says_how_to_build_one(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"found none; build one with `python quantize/"):
        open_bundle(tmp_path / "nowhere")


def test_a_folder_without_manifest_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=MANIFEST):
        open_bundle(tmp_path)


@pytest.mark.parametrize("place", [0, 100, -1])
def test_one_altered_byte_of_the_model_is_noticed(tiny_bundle: Bundle, place: int) -> None:
    path = tiny_bundle.path / MODEL_ONNX
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    with pytest.raises(BundleError, match=r"model\.onnx was altered: expected sha256"):
        open_bundle(tiny_bundle.path)


def test_changed_line_endings_are_named(tmp_path: Path) -> None:
    files = {MODEL_ONNX: tiny_model(), GOLDEN: golden_vectors(), "report.md": b"one\ntwo\n"}
    bundle = write_bundle(tmp_path / "tiny", files, **manifest_fields())
    (bundle.path / "report.md").write_bytes(b"one\r\ntwo\r\n")
    with pytest.raises(BundleError, match=r"report\.md: .*expected LF, got CRLF"):
        open_bundle(bundle.path)
    (bundle.path / "report.md").write_bytes(b"one\r\n2\r\n")
    with pytest.raises(BundleError, match="altered"):
        open_bundle(bundle.path)


def test_a_truncated_model_is_noticed(tiny_bundle: Bundle) -> None:
    path = tiny_bundle.path / MODEL_ONNX
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(BundleError, match="altered"):
        open_bundle(tiny_bundle.path)


def test_a_missing_file_is_noticed(tiny_bundle: Bundle) -> None:
    (tiny_bundle.path / MODEL_ONNX).unlink()
    with pytest.raises(BundleError, match=r"expected the file model\.onnx, there is none"):
        open_bundle(tiny_bundle.path)


def test_a_file_swapped_after_opening_is_noticed_when_read(tiny_bundle: Bundle) -> None:
    (tiny_bundle.path / MODEL_ONNX).write_bytes(tiny_model(scale=0.01))
    with pytest.raises(BundleError, match="altered"):
        tiny_bundle.read(MODEL_ONNX)


def test_a_link_is_refused_even_to_the_right_bytes(tiny_bundle: Bundle, tmp_path: Path) -> None:
    path = tiny_bundle.path / MODEL_ONNX
    outside = tmp_path / "outside.onnx"
    path.rename(outside)
    path.symlink_to(outside)
    with pytest.raises(BundleError, match=r"model\.onnx"):
        open_bundle(tiny_bundle.path)


def test_a_folder_that_is_a_link_opens(tiny_bundle: Bundle, tmp_path: Path) -> None:
    (tmp_path / "current").symlink_to(tiny_bundle.path, target_is_directory=True)
    assert open_bundle(tmp_path / "current").identity == tiny_bundle.identity


@pytest.mark.parametrize("name", [MANIFEST, MODEL_ONNX])
def test_a_pipe_in_a_files_place_is_refused_without_waiting(tiny_bundle: Bundle, name: str) -> None:
    (tiny_bundle.path / name).unlink()
    os.mkfifo(tiny_bundle.path / name)
    with pytest.raises(BundleError, match="got a folder, a pipe or a device"):
        open_bundle(tiny_bundle.path)


def test_a_file_or_a_bundle_that_is_too_large_is_refused(
    tiny_bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = sum(len(tiny_bundle.read(name)) for name in tiny_bundle.manifest.files)
    monkeypatch.setattr("rise_edge.bundle.bundle._MAX_BUNDLE_BYTES", whole - 1)
    with pytest.raises(BundleError, match=f"at most {whole - 1} bytes in all"):
        open_bundle(tiny_bundle.path)
    monkeypatch.setattr("rise_edge.bundle.bundle._MAX_FILE_BYTES", 100)
    with pytest.raises(BundleError, match="expected at most 100 bytes, got more"):
        open_bundle(tiny_bundle.path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": 2}, "expected format 1, got 2"),
        ({"format": "1"}, "expected format 1"),
        ({"radii": ...}, r"missing fields \['radii'\]"),
        ({"theme": "dark"}, r"unknown fields \['theme'\]"),
        ({"name": 3}, "expected name as str, got int"),
        ({"simulated": 1}, "expected simulated as bool, got int"),
        ({"notice": ""}, "a warning, since simulated is true"),
        ({"crop_size": 3}, "crop_size"),
        ({"crop_size": True}, "expected crop_size as int, got bool"),
        ({"radii": {}}, "at least one runtime"),
        ({"radii": {"onnx": 1.0}}, "as an object"),
        ({"radii": {"onnx": {"colour": "1"}}}, "as a number"),
        ({"radii": {"onnx": {"colour": -1}}}, "a positive number"),
        ({"radii": {"onnx": {"colour": 0}}}, "a positive number"),
        ({"radii": {"onnx": {"colour": True}}}, "as a number"),
        ({"radii": {"onnx": {"depth+colour": 1}}}, r"keyed 'colour\+depth'"),
        ({"radii": {"onnx": {"rgb": 1}}}, "among colour, depth, infrared"),
        ({"largest_radial_error": {"onnx": -1}}, "a number >= 0"),
        ({"margin_scatter": []}, "margin_scatter as an object"),
        ({"margin_scatter": {"colour": {"std": 0.1}}}, "std and correlation_ms only"),
        ({"margin_scatter": {"colour": {"std": 0, "correlation_ms": 9}}}, "expected std"),
        ({"margin_scatter": {"colour": {"std": 1e-200, "correlation_ms": 9}}}, "expected std"),
        ({"margin_scatter": {"rgb": {"std": 0.1, "correlation_ms": 9}}}, "among colour, depth"),
        ({"radii": {f"runtime {i}": {} for i in range(17)}}, "16 entries at most, got 17"),
        ({"largest_radial_error": dict.fromkeys(map(str, range(17)), 0)}, "16 entries at most"),
        ({"files": dict.fromkeys(map(str, range(257)), "0" * 64)}, "256 entries at most"),
        ({"files": {"manifest.sig": "0" * 64}}, "plain file names"),
        ({"version": -1}, "expected version to be 0 to 2147483647, got -1"),
        ({"version": 2**31}, "expected version to be 0 to 2147483647"),
        ({"version": 1.0}, "expected version as int, got float"),
        ({"version": True}, "expected version as int, got bool"),
        ({"version": None}, "expected version as int, got NoneType"),
        ({"files": {"../model.onnx": "0" * 64}}, "plain file names"),
        ({"files": {"/etc/passwd": "0" * 64}}, "plain file names"),
        ({"files": {"..": "0" * 64}}, "plain file names"),
        ({"files": {"model.onnx": "xyz"}}, "64 hexadecimal digits"),
    ],
)
def test_an_unsound_manifest_is_refused(
    tiny_bundle: Bundle, changes: dict[str, Any], message: str
) -> None:
    edit_manifest(tiny_bundle, **changes)
    with pytest.raises(BundleError, match=message):
        open_bundle(tiny_bundle.path)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"\xff\xfe", b'{"format": NaN}', b"[" * 100_000, b"1" * 300_000],
    ids=["empty", "half", "list", "no text", "NaN", "deep", "long"],
)
def test_a_manifest_that_is_no_manifest_is_refused(tiny_bundle: Bundle, content: bytes) -> None:
    (tiny_bundle.path / MANIFEST).write_bytes(content)
    with pytest.raises(BundleError, match=MANIFEST):
        open_bundle(tiny_bundle.path)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('"name"', '"name": "other", "name"', "each key once"),
        ("0.25", "1" + "0" * 400, "not usable"),
        ('"tiny"', r'"\ud800"', "not usable"),
    ],
    ids=["a key twice", "a number too large", "half a character"],
)
def test_a_manifest_that_two_readers_could_read_differently_is_refused(
    tiny_bundle: Bundle, before: str, after: str, message: str
) -> None:
    path = tiny_bundle.path / MANIFEST
    path.write_text(path.read_text().replace(before, after, 1))
    with pytest.raises(BundleError, match=message):
        open_bundle(tiny_bundle.path)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(place=st.floats(0, 1, exclude_max=True), value=st.integers(0, 255), cut=st.booleans())
def test_a_mutated_manifest_opens_only_if_it_says_something_sound(
    tiny_bundle: Bundle, place: float, value: int, cut: bool
) -> None:
    path = tiny_bundle.path / MANIFEST
    whole = path.read_bytes()
    content = bytearray(whole)
    index = int(place * len(content))
    if cut:
        del content[index:]
    else:
        content[index] = value
    path.write_bytes(content)
    try:
        opened = open_bundle(tiny_bundle.path)
        assert (opened.identity == tiny_bundle.identity) == (bytes(content) == whole)
    except BundleError:
        pass
    finally:
        path.write_bytes(whole)


def test_a_bundle_that_cannot_be_written_leaves_the_old_one(tiny_bundle: Bundle) -> None:
    with pytest.raises(ValueError, match="a positive number"):
        write_tiny_bundle(tiny_bundle.path, radii={"onnx": {"colour": float("nan")}})
    assert open_bundle(tiny_bundle.path).identity == tiny_bundle.identity
    assert os.listdir(tiny_bundle.path.parent) == [tiny_bundle.path.name]


def test_a_new_bundle_replaces_the_old_one_whole(tiny_bundle: Bundle) -> None:
    write_bundle(tiny_bundle.path, {MODEL_ONNX: b"other"}, **manifest_fields())
    assert sorted(os.listdir(tiny_bundle.path)) == [MANIFEST, MODEL_ONNX]
    assert os.listdir(tiny_bundle.path.parent) == [tiny_bundle.path.name]


def test_a_folder_that_is_no_bundle_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letters.txt").write_text("dear")
    with pytest.raises(BundleError, match="holds no bundle"):
        write_tiny_bundle(tmp_path / "home")
    assert (tmp_path / "home" / "letters.txt").read_text() == "dear"
