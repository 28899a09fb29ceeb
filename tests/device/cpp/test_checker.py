"""The C++ library decides as Python does."""

from __future__ import annotations

import ctypes
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import rise_edge
from rise_edge.bundle.bundle import default_bundle_path, open_bundle
from rise_edge.decision.reading import read_margin
from rise_edge.decision.verdict import decide
from rise_edge.frame import ALL_MODALITIES, Modality, modality_set
from rise_edge.runtimes import open_runtime
from rise_edge.selftest import prove, read_golden
from tests.device.cpp import interface as c
from tests.device.cpp.building import SOURCE
from tests.device.cpp.onnxruntime_sdk import expect_headers
from tests.support.tiny_bundle import tiny_model, tiny_model_that_names_a_file, write_tiny_bundle

pytestmark = [pytest.mark.native, pytest.mark.needs("c++")]

RUNTIMES = {"executorch": c.EXECUTORCH, "onnx": c.ONNX, "onnx_float": c.ONNX_FLOAT}


@pytest.fixture(params=RUNTIMES)
def runtime(request: pytest.FixtureRequest) -> str:
    name = str(request.param)
    if name != "executorch":
        expect_headers()
    return name


@pytest.fixture
def checker(library: ctypes.CDLL, runtime: str) -> Iterator[ctypes.c_void_p]:
    opened = ctypes.c_void_p()
    bundle = str(default_bundle_path()).encode()
    assert library.rise_open(bundle, RUNTIMES[runtime], 1, opened) == c.OK, (
        library.rise_last_error()
    )
    yield opened
    library.rise_close(opened)


def test_its_self_test_prints_the_line_that_pythons_prints(built: Path, runtime: str) -> None:
    bundle = open_bundle(default_bundle_path())
    done = subprocess.run(
        [built / "selftest", bundle.path, runtime], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    first, line = done.stdout.splitlines()
    assert first == f"bundle {bundle.manifest.name}, identity {bundle.identity}"
    start, end = str(prove(bundle, runtime)).split("difference ")
    assert line.startswith(start)
    assert line.endswith(end.split(",")[1])


def test_every_norm_is_within_1e_5_of_pythons_and_every_decision_the_same(
    library: ctypes.CDLL, checker: ctypes.c_void_p, runtime: str
) -> None:
    bundle = open_bundle(default_bundle_path())
    opened, radii = open_runtime(bundle, runtime), bundle.manifest.radii[runtime]
    for crop in read_golden(bundle, runtime).crops:
        here = read_margin(opened.embed([crop])[0], radii)
        there, vector = c.CReading(), np.zeros(bundle.manifest.embedding_size, np.float32)
        pointer = vector.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
        assert library.rise_read(checker, c.crop(crop), there, pointer, vector.size) == c.OK
        assert there.norm == pytest.approx(here.norm, abs=1e-5)
        assert vector == pytest.approx(here.embedding.vector, abs=1e-5)
        assert there.radius == here.radius
        assert there.margin == pytest.approx(1 - there.norm / there.radius)
        assert (there.margin >= 0) == (here.margin >= 0)
        assert there.modalities == c.bits(crop.present)


@pytest.mark.parametrize("accept", [False, True])
def test_a_sound_crop_gets_the_decision_of_its_norm(
    library: ctypes.CDLL, checker: ctypes.c_void_p, runtime: str, accept: bool
) -> None:
    assert library.rise_accept_colour_alone(checker, accept) == c.OK
    bundle = open_bundle(default_bundle_path())
    opened, radii = open_runtime(bundle, runtime), bundle.manifest.radii[runtime]
    seen = set()
    for crop in read_golden(bundle, runtime).crops:
        if Modality.COLOUR not in crop.present:
            continue
        verdict = c.CVerdict()
        status = library.rise_judge(checker, c.crop(crop), c.bits(crop.present), verdict)
        assert status == c.OK
        name = library.rise_outcome_name(verdict.outcome).decode()
        reason = library.rise_reason_name(verdict.reason).decode()
        if verdict.reading.modalities:  # its evidence was good
            here = read_margin(opened.embed([crop])[0], radii)
            expected = decide(here, accept_colour_alone=accept)
            assert (name, reason) == (expected.outcome, str(expected.reason or ""))
        seen.add((name, reason))
    assert {("LIVE", ""), ("SPOOF", ""), ("UNDECIDED", "depth_coverage")} <= seen
    assert (("UNDECIDED", "colour_alone") in seen) != accept


def test_it_says_of_the_bundle_what_python_says(
    library: ctypes.CDLL, checker: ctypes.c_void_p, runtime: str
) -> None:
    bundle, info = open_bundle(default_bundle_path()), c.CInfo()
    assert library.rise_get_info(checker, info) == c.OK
    manifest = bundle.manifest
    assert info.name.decode() == manifest.name
    assert info.notice.decode() == manifest.notice
    assert info.identity.decode() == bundle.identity
    assert info.runtime.decode() == runtime
    assert bool(info.simulated) == manifest.simulated
    assert (info.crop_size, info.embedding_size) == (manifest.crop_size, manifest.embedding_size)
    for modalities in range(1, 8):
        named = modality_set(m for m in Modality if c.BITS[m] & modalities)
        known = named in manifest.radii[runtime]
        assert bool(library.rise_has_radius(checker, modalities)) == known


def test_a_model_that_names_another_file_is_refused(
    library: ctypes.CDLL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expect_headers()
    monkeypatch.chdir(tmp_path)
    Path("weights.bin").write_bytes(np.zeros(1, np.float32).tobytes())
    model = tiny_model_that_names_a_file("weights.bin")
    for content, status in ((model, c.RUNTIME), (tiny_model(), c.OK)):
        bundle, opened = write_tiny_bundle(tmp_path / "bundle", model=content), ctypes.c_void_p()
        assert library.rise_open(str(bundle.path).encode(), c.ONNX, 1, opened) == status
        library.rise_close(opened)
        if status:
            assert b"takes data from files" in library.rise_last_error()


def test_a_modality_that_was_not_asked_for_changes_nothing(
    library: ctypes.CDLL, checker: ctypes.c_void_p
) -> None:
    bundle = open_bundle(default_bundle_path())
    crop = next(x for x in read_golden(bundle, "onnx").crops if x.present == ALL_MODALITIES)
    bare = rise_edge.Crop(
        crop.colour,
        np.zeros_like(crop.depth_mm),
        np.zeros_like(crop.infrared),
        frozenset({Modality.COLOUR}),
    )
    one, other = c.CVerdict(), c.CVerdict()
    assert library.rise_judge(checker, c.crop(crop), c.bits(bare.present), one) == c.OK
    assert library.rise_judge(checker, c.crop(bare), c.bits(bare.present), other) == c.OK
    assert one.reading.norm == other.reading.norm
    assert one.reading.modalities == c.bits(bare.present)


def test_the_product_that_shows_saturation_is_pythons() -> None:
    source = (SOURCE / "src" / "model" / "saturation.cpp").read_text()
    listed = source.split("kProduct = {")[1].split("}")[0]
    product = bytes(int(word, 16) for word in re.findall(r"0x[0-9a-f]{2}", listed))
    assert product == (Path(rise_edge.__file__).parent / "runtimes/saturation.onnx").read_bytes()


def test_the_librarys_version_is_pythons(library: ctypes.CDLL) -> None:
    assert library.rise_version().decode() == rise_edge.__version__


def test_the_library_has_the_headers_binary_interface(library: ctypes.CDLL) -> None:
    header = (SOURCE / "include" / "rise_edge.h").read_text()
    assert f"#define RISE_ABI {library.rise_abi()}\n" in header
