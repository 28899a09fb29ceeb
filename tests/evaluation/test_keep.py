"""Numbers of real pictures that become part of their bundle."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rise_edge import open_bundle
from rise_edge.bundle.bundle import amend_bundle
from rise_edge.bundle.real_report import read_real_report, real_sentence
from rise_edge.errors import BundleError
from rise_edge.evaluation.__main__ import evaluate, main
from rise_edge.evaluation.keep import keep_in_bundle, with_section
from rise_edge.evaluation.report import section
from tests.evaluation.drawn_sets import row, write_set
from tests.support.tiny_bundle import tiny_model, write_tiny_bundle

RADII = {"onnx": {"infrared": 0.5, "depth+infrared": 0.5}}


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    rows = [row("a"), row("b"), row("c", label="attack", species="print", subject="a")]
    return write_set(tmp_path / "lab", rows, {"a": 20, "b": 90, "c": 40})


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    made = write_tiny_bundle(tmp_path / "tiny", radii=RADII)
    report = {"report.md": b"# Report\n\n" + section(None).encode() + b"\n![Norms](norms.png)\n"}
    return amend_bundle(made, report).path


def test_a_bundle_tells_what_was_measured_of_it(bundle: Path, lab: Path) -> None:
    assert read_real_report(open_bundle(bundle)) is None
    assert main([str(lab), "--bundle", str(bundle), "--keep"]) == 0
    kept = open_bundle(bundle)
    numbers = read_real_report(kept)
    sentence = real_sentence(numbers, "infrared")
    assert sentence is not None
    assert "1 of 1 attacks" in sentence
    assert real_sentence(numbers, "colour") is None
    text = kept.read("report.md").decode()
    assert "lab (2 people" in text
    assert section(None) not in text
    assert text.endswith("![Norms](norms.png)\n")


def test_keeping_twice_changes_nothing_more(bundle: Path, lab: Path) -> None:
    identities = []
    for _ in range(2):
        main([str(lab), "--bundle", str(bundle), "--keep"])
        identities.append(open_bundle(bundle).identity)
    assert identities[0] == identities[1]


def test_numbers_of_another_model_are_refused(bundle: Path, lab: Path) -> None:
    numbers, _ = evaluate([lab], bundle=bundle)
    other = write_tiny_bundle(bundle.with_name("other"), model=tiny_model(scale=2.0), radii=RADII)
    with pytest.raises(BundleError, match="measure this one"):
        keep_in_bundle(other, numbers)
    assert "real.json" not in open_bundle(other.path).manifest.files


def test_a_signed_bundle_is_refused_before_anything_is_read(bundle: Path, tmp_path: Path) -> None:
    (bundle / "manifest.sig").write_bytes(bytes(64))
    nowhere = str(tmp_path / "nowhere")
    assert main([nowhere, "--bundle", str(bundle), "--keep"]) == 4


def test_a_bundle_that_was_replaced_meanwhile_is_left_alone(bundle: Path) -> None:
    opened = open_bundle(bundle)
    other = write_tiny_bundle(bundle, name="another").identity
    with pytest.raises(BundleError, match="replaced"):
        amend_bundle(opened, {"real.json": b"{}"})
    assert open_bundle(bundle).identity == other


def test_a_report_without_the_section_gets_one() -> None:
    assert with_section("# Report\n", section(None)) == "# Report\n\n" + section(None)


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'{"together": null}', b'{"together": {"colour": {"bpcer": 1}}}', b"\xff"],
)
def test_numbers_that_are_none_are_nothing_known(tmp_path: Path, content: bytes) -> None:
    made = amend_bundle(write_tiny_bundle(tmp_path / "tiny"), {"real.json": content})
    assert real_sentence(read_real_report(made), "colour") is None


def test_the_numbers_are_json(bundle: Path, lab: Path) -> None:
    numbers, _ = evaluate([lab], bundle=bundle)
    assert json.loads(json.dumps(numbers, allow_nan=False))["runtime"] == "onnx"
