"""Recordings beside the domains: simulated recordings, and real ones where they are at hand."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from rise_edge.evaluation.comparison import STATISTICS, compare
from rise_edge.evaluation.comparison.compare import ComparisonError
from rise_edge.evaluation.comparison.comparison_picture import comparison_picture
from rise_edge.evaluation.labelled_set import read_labelled_sets
from rise_edge.simulator import Presentation
from tests.evaluation.drawn_sets import COLUMNS, LANDMARKS, row, write_list
from tests.support.real_data import real

REAL_SETS = Path(__file__).parents[3] / "docs" / "real_sets"
BARS = {"d435": 7, "truedepth": 7, "kinect_v2": 7}  # of 8 within the real range; a sensor kind each


def recorded(folder: Path, people: int) -> Path:
    """Depth and infrared of simulated people in front of a Kinect v2, as a labelled set."""
    folder.mkdir()
    marks = []
    for person in range(people):
        for turn in range(2):
            one = Presentation(turn, domain="kinect_v2", species="bona_fide", subject=person)
            frame = one.frame_at(one.presented_ms)
            name = f"{person}-{turn}"
            cv2.imwrite(str(folder / f"{name}_depth.png"), frame.depth.pixels)
            cv2.imwrite(str(folder / f"{name}_infrared.png"), frame.infrared.pixels)
            marks.append(" ".join([name, *(f"{v:.1f}" for v in frame.truth.keypoints[:4].ravel())]))
    (folder / "marks.txt").write_text("\n".join(marks))
    (folder / "LICENSE").write_text("Apache License\n")
    described = {
        "format": 1,
        "name": folder.name,
        "source": "simulated",
        "sensor": "Kinect v2",
        "licence": "Apache-2.0",
        "licence_file": "LICENSE",
        "landmarks": LANDMARKS,
        "camera": None,
    }
    (folder / "set.json").write_text(json.dumps(described))
    names = [line.split()[0] for line in marks]
    write_list(folder, [row(n, subject=n.split("-")[0]) for n in names], COLUMNS)
    return folder


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    sets = read_labelled_sets([recorded(tmp_path_factory.mktemp("sets") / "kinect", 8)])
    return compare(sets, domains=("kinect_v2", "office"), people=10)


def test_recordings_of_a_domain_look_like_the_domain(comparison):
    kinect, office = comparison.domains
    assert comparison.within(kinect).sum() >= 7
    assert comparison.within(kinect).sum() > comparison.within(office).sum()


def test_a_classifier_tells_another_domain_better(comparison):
    own, other = comparison.aucs
    assert own < 0.95
    assert other > own + 0.03


def test_the_table_has_a_row_for_each_statistic(comparison):
    lines = list(csv.reader(str(comparison.table()).splitlines(), delimiter="|"))
    assert [line[1].strip().split(",")[0] for line in lines[2:10]] == [
        statistic.name.split(",")[0] for statistic in STATISTICS
    ]


def test_the_picture_is_a_png(comparison):
    pytest.importorskip("matplotlib")
    picture = cv2.imdecode(
        np.frombuffer(comparison_picture(comparison), np.uint8), cv2.IMREAD_COLOR
    )
    assert picture.shape[1] > 800


def test_one_person_is_too_few(tmp_path):
    with pytest.raises(ComparisonError, match="got those of 1"):
        compare(read_labelled_sets([recorded(tmp_path / "one", 1)]), domains=("office",))


@pytest.mark.slow
def test_each_kind_of_sensor_has_a_domain_like_real_recordings():
    pictures = real("kinect2_faces_EVAL_ONLY").parent
    sets = read_labelled_sets([REAL_SETS / "kinect2_faces"], pictures)
    found = compare(sets, domains=tuple(BARS), people=40)
    within = {each.name: int(found.within(each).sum()) for each in found.domains}
    assert all(within[name] >= bar for name, bar in BARS.items()), within
    assert found.aucs[list(BARS).index("kinect_v2")] <= 0.85
