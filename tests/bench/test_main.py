import json
from pathlib import Path

import pytest

from rise_edge import Bundle, BundleError
from rise_edge.bench.__main__ import main

pytestmark = pytest.mark.slow


def test_the_bench_times_every_stage_and_writes_json(
    tiny_bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "bench.json"
    assert main(["--model", str(tiny_bundle.path), "--runs", "10", "--json", str(out)]) == 0
    report = json.loads(out.read_text())
    rows = {row["stage"]: row for row in report["timings"]}
    stages = ["examine streams", "detect", "crop", "quality", "embed", "decide and write event"]
    assert list(rows) == [*stages, "frame to event", "crop to verdict"]
    assert all(0 < row["median_ms"] <= row["p99_ms"] for row in rows.values())
    parts_ms = sum(rows[stage]["mean_ms"] for stage in stages)
    assert 0 < parts_ms <= rows["frame to event"]["mean_ms"] * (1 + 1e-9)
    assert report["peak_memory_mb"] > 50
    assert "crop to verdict" in capsys.readouterr().out


def test_a_missing_bundle_is_told_before_anything_is_rendered(tmp_path: Path) -> None:
    assert main(["--model", str(tmp_path / "nowhere")]) == BundleError.exit_code
