"""A bundle says at each start what its own report shows, and when that is bad or shows little."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path
from typing import Any

import pytest

import rise_edge
from rise_edge.bundle.report_warnings import APCER_LIMIT, LEAST_CROPS, report_warnings
from rise_edge.bundle.set_report import ErrorRate, SetReport, read_set_report
from rise_edge.pad_metrics import clopper_pearson
from tests.support.tiny_bundle import golden_vectors, manifest_fields, tiny_model

WHOLE = "colour+depth+infrared"


def rate(errors: int, total: int) -> dict[str, Any]:
    interval = list(clopper_pearson(errors, total))
    return {"rate": errors / total, "errors": errors, "total": total, "interval": interval}


def report_json(**apcer: tuple[int, int]) -> bytes:
    part = {"bpcer": rate(3, 200), "apcer": {k: rate(*v) for k, v in apcer.items()}, "acer": 0.1}
    return json.dumps({"runtimes": {"onnx": {"test": {WHOLE: part}}}}).encode()


def bundle(folder: Path, report: bytes | None) -> rise_edge.Bundle:
    files = {"model.onnx": tiny_model(), "golden.npz": golden_vectors()}
    if report is not None:
        files["report.json"] = report
    return rise_edge.bundle.bundle.write_bundle(folder / "bundle", files, **manifest_fields())


def test_the_shipped_bundle_has_its_line_for_each_set() -> None:
    shipped = rise_edge.load().bundle
    row = re.search(
        r"\| colour \| (.*?\]) \((\w+)\) \| (.*?\]) \|", shipped.read("report.md").decode()
    )
    colour = read_set_report(shipped, "onnx", "colour")
    assert row
    assert colour
    assert (str(colour.apcer[colour.worst]), colour.worst, str(colour.bpcer)) == row.groups()
    assert all(part in str(colour) for part in row.groups())


def test_the_shipped_bundle_warns_with_colour_alone_and_not_with_all(
    caplog: pytest.LogCaptureFixture,
) -> None:
    whole = rise_edge.load()
    colour = read_set_report(whole.bundle, "onnx", "colour")
    assert colour
    assert whole.warnings == (whole.bundle.manifest.notice,)
    caplog.clear()
    with caplog.at_level(logging.WARNING, "rise_edge"):
        rise_edge.load(modalities="colour")
    worst = colour.apcer[colour.worst]
    assert worst.rate > 0.1
    assert f"accepts {100 * worst.rate:.0f}% of the attacks with {colour.worst}" in caplog.text


def test_a_bundle_that_is_built_already_warns_of_weakness_and_of_few_attacks(
    tmp_path: Path,
) -> None:
    opened = bundle(tmp_path, report_json(rigid_mask=(4, 4), flat_print=(0, 90)))
    weak, few = report_warnings(read_set_report(opened, "onnx", WHOLE))
    assert "100% of the attacks with rigid_mask (4 of 4)" in weak
    assert f"4 of rigid_mask, where {LEAST_CROPS} are needed" in few


def test_a_good_report_warns_of_nothing(tmp_path: Path) -> None:
    opened = bundle(tmp_path, report_json(rigid_mask=(1, 90), flat_print=(0, LEAST_CROPS)))
    assert report_warnings(read_set_report(opened, "onnx", WHOLE)) == ()


def test_the_fewest_crops_are_those_that_can_show_the_limit() -> None:
    assert clopper_pearson(0, LEAST_CROPS)[1] <= APCER_LIMIT
    assert clopper_pearson(0, LEAST_CROPS - 1)[1] > APCER_LIMIT


def test_a_rate_at_the_limit_is_not_weak() -> None:
    def found(errors: int) -> tuple[str, ...]:
        apcer = ErrorRate(errors / 100, errors, 100, clopper_pearson(errors, 100))
        return report_warnings(SetReport(WHOLE, "onnx", apcer, {"flat_print": apcer}))

    assert found(10) == ()
    assert len(found(11)) == 1


def test_few_bona_fide_crops_are_named_too() -> None:
    few, many = (ErrorRate(0.0, 0, total, clopper_pearson(0, total)) for total in (35, 400))
    (warning,) = report_warnings(SetReport(WHOLE, "onnx", few, {"flat_print": many}))
    assert "35 of bona fide" in warning


@pytest.mark.parametrize(
    "report",
    [
        None,
        b"",
        b"[]",
        b"{}",
        b'{"runtimes": {"onnx": {"test": []}}}',
        report_json(),
        report_json(mask=(1, 9)).replace(b'"errors": 1', b'"errors": "1"'),
        report_json(mask=(1, 9)).replace(b'"total": 9', b'"total": NaN'),
        b"[" * 100_000,
    ],
)
def test_a_report_that_says_nothing_is_named_and_no_error(
    report: bytes | None, tmp_path: Path
) -> None:
    opened = bundle(tmp_path, report)
    assert read_set_report(opened, "onnx", WHOLE) is None
    (warning,) = report_warnings(None)
    assert "nothing is known" in warning
    assert warning in rise_edge.Checker(opened).warnings


def test_what_the_notice_says_already_is_not_said_twice(tmp_path: Path) -> None:
    opened = bundle(tmp_path, report_json(rigid_mask=(4, 4)))
    said = report_warnings(read_set_report(opened, "onnx", WHOLE))
    files = {name: opened.read(name) for name in opened.manifest.files}
    fields = {**manifest_fields(), "notice": "; ".join(said), "simulated": False}
    again = rise_edge.bundle.bundle.write_bundle(tmp_path / "again", files, **fields)
    assert rise_edge.Checker(again).warnings == ("; ".join(said),)
