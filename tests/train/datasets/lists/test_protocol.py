"""The benchmark's lists: their form on lines of our own, their counts on the real ones if here."""

import os
from collections import Counter
from pathlib import Path

import pytest

from tests.support.needs import by_hand
from train.datasets.lists.entries import ListError
from train.datasets.lists.protocol import DATASETS, read_protocol

_REAL = Path(os.environ.get("MMDG_LISTS", Path(__file__).parents[5] / "shared/benchmark/mmdg"))
_COUNTS = {  # lines, of which bona fide
    "W-train": (1695, 372),
    "W-val": (1671, 324),
    "W-test": (1671, 345),
    "C-train": (4800, 1200),
    "C-val": (2401, 601),
    "C-test": (6739, 1200),
    "P-train": (1090, 597),
    "P-val": (272, 145),
    "P-test": (667, 363),
    "S-train": (6297, 900),
    "S-val": (2100, 300),
    "S-test": (12564, 1800),
}


@pytest.fixture
def lists():
    if not _REAL.is_dir():
        by_hand("the benchmark's licensed lists", "set MMDG_LISTS to their folder")
    return _REAL


@pytest.mark.parametrize("name", _COUNTS)
def test_the_real_lists_parse_to_their_known_counts(lists, name):
    dataset, part = name.split("-")
    entries = read_protocol(dataset, part, lists, Path("images"))
    assert (len(entries), sum(entry.bona_fide for entry in entries)) == _COUNTS[name]
    assert {len(entry.files) for entry in entries} == {1 if dataset == "P" else 3}
    assert all((entry.species == "bona_fide") == entry.bona_fide for entry in entries)


def test_validation_subjects_of_the_real_lists_were_not_trained_on(lists):
    for dataset in DATASETS:
        train, val = (
            {entry.subject for entry in read_protocol(dataset, part, lists, Path())}
            for part in ("train", "val")
        )
        assert not train & val


def _write(folder, name, text):
    (folder / name).write_bytes(text.encode())
    return folder


def test_a_list_is_read_with_any_line_ending_and_no_newline_at_its_end(tmp_path):
    line = "WMCA-Image/R_CDIT/{}/{}/0012.jpg"
    lines = [
        " ".join([*(line.format(clip, m) for m in ("color", "depth", "ir")), label])
        for clip, label in (("001_01_000_0_00", "1"), ("535_07_066_1_16", "0"))
    ]
    _write(tmp_path, "W-val.txt", "\r\n".join(lines))
    live, attack = read_protocol("W", "val", tmp_path, Path("/pictures"))
    assert live.bona_fide
    assert live.subject == "W/001"
    assert live.files[1] == Path("/pictures/WMCA-Image/R_CDIT/001_01_000_0_00/depth/0012.jpg")
    assert (attack.bona_fide, attack.species, attack.domain) == (False, "type_1", "W")


@pytest.mark.parametrize(
    ("dataset", "path", "label", "species", "subject"),
    [
        ("C", "CeFA/CeFA-Race/AF/AF-300/1_300_3_1_4/{}/1.jpg", 0, "screen", "C/AF-300"),
        ("C", "CeFA/CeFA-Race/CA/CA-199/2_199_3_2_2/{}/1.jpg", 0, "cloth_print", "C/CA-199"),
        ("C", "CeFA/CeFA-Mask/3D-Mask/009/1_009_0_0_2_1_3/{}/1.jpg", 0, "3d_mask", "C/3D-Mask-009"),
        ("S", "SURF/fake_part/fake/CS0116/06_enm_b.rssdk/{}/4.jpg", 0, "06_enm_b", "S/CS0116"),
        ("S", "SURF/real_part/real/CS0116/real.rssdk/{}/4.jpg", 1, "bona_fide", "S/CS0116"),
    ],
)
def test_paths_tell_species_and_subject(tmp_path, dataset, path, label, species, subject):
    line = " ".join([*(path.format(m) for m in ("color", "depth", "ir")), str(label)])
    entry = read_protocol(dataset, "test", _write(tmp_path, f"{dataset}-test.txt", line), Path())[0]
    assert (entry.species, entry.subject, entry.bona_fide) == (species, subject, label == 1)


def test_padisi_lines_are_a_file_and_a_label(tmp_path):
    _write(tmp_path, "P-test.txt", "zd6c.npz\t1\n25395b76.npz\t0")
    entries = read_protocol("P", "test", tmp_path, Path("npz"))
    assert Counter(entry.species for entry in entries) == {"bona_fide": 1, "attack": 1}
    assert entries[1].files == (Path("npz/25395b76.npz"),)


def test_all_lines_that_are_wrong_are_named_together(tmp_path):
    good = "a/b/001_01_000_0_00/c a/b/001_01_000_0_00/d a/b/001_01_000_0_00/e"
    _write(tmp_path, "W-train.txt", f"{good} 1\n{good} 2\n\n{good} 0\na b 1\nx y z 1\n")
    with pytest.raises(ListError) as caught:
        read_protocol("W", "train", tmp_path, Path())
    assert [problem.split(":")[1] for problem in caught.value.problems] == ["2", "4", "5", "6"]
    assert "path says bona_fide" in str(caught.value)


def test_a_missing_list_and_an_unknown_data_set_are_named(tmp_path):
    with pytest.raises(ListError, match=r"C-val\.txt"):
        read_protocol("C", "val", tmp_path, Path())
    with pytest.raises(ValueError, match="W, C, P, S"):
        read_protocol("X", "val", tmp_path, Path())
