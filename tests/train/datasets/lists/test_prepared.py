"""From a manifest of real files to a data set, with every problem named at once."""

import cv2
import numpy as np
import pytest

from rise_edge.frame import Modality
from train.datasets.lists.csv_list import COLUMNS, read_manifest
from train.datasets.lists.entries import Entry, ListError
from train.datasets.lists.pictures import EightBitDepth, Units, read_pictures
from train.datasets.lists.preparation import Preparation, Preparer
from train.datasets.lists.prepared import prepared
from train.datasets.sources import DataConfig, load_dataset, load_splits

_HEADER = ",".join(COLUMNS)


def _pictures(folder, name="a", size=140):
    """Red colour, a slope in depth with a hole, a bright infrared."""
    colour = np.zeros((size, size, 3), np.uint8)
    colour[..., 2] = 200
    depth = np.tile(np.arange(400, 400 + size, dtype=np.uint16), (size, 1))
    depth[:20] = 0
    infrared = np.full((size, size), 90, np.uint8)
    for kind, pixels in (("colour", colour), ("depth", depth), ("infrared", infrared)):
        assert cv2.imwrite(str(folder / f"{name}-{kind}.png"), pixels)
    return f"{name}-colour.png,{name}-depth.png,{name}-infrared.png"


def _manifest(folder, lines, header=_HEADER):
    path = folder / "data.csv"
    path.write_text("\n".join([header, *lines]))
    return path


def test_a_crop_keeps_colours_millimetres_and_holes(tmp_path):
    line = f"{_pictures(tmp_path)},bona_fide,bona_fide,desk,anna"
    crop = Preparer().crop(read_manifest(_manifest(tmp_path, [line]))[0])
    assert crop.size == 112
    assert crop.colour[50, 50].tolist() == [200, 0, 0]
    assert set(np.unique(crop.depth_mm)) <= {0, *range(400, 540)}
    assert not crop.depth_mm[:15].any()
    assert crop.depth_mm[30, 0] < crop.depth_mm[30, -1]
    assert np.all(crop.infrared == 90)
    assert crop.present == set(Modality)


def test_an_absent_modality_is_zero_and_not_present(tmp_path):
    colour, _, infrared = _pictures(tmp_path).split(",")
    line = f"{colour},,{infrared},attack,print,desk,anna"
    crop = Preparer().crop(read_manifest(_manifest(tmp_path, [line]))[0])
    assert crop.present == {Modality.COLOUR, Modality.INFRARED}
    assert not crop.depth_mm.any()


def test_eight_bit_depth_keeps_its_steps_and_holes(tmp_path):
    levels = np.tile(np.arange(112, dtype=np.uint8), (112, 1))
    cv2.imwrite(str(tmp_path / "depth.png"), levels)
    depth = (
        Preparer()
        .crop(Entry("x:1", (None, tmp_path / "depth.png", None), True, "b", "d", "s"))
        .depth_mm
    )
    assert np.all(depth[:, 0] == 0)
    assert np.all(np.diff(depth[0, 1:].astype(int)) == 1)


@pytest.mark.parametrize(
    ("step_mm", "offset_mm", "first", "last"),
    [(1.0, 500.0, 501, 755), (4.0, 100.0, 104, 1120), (-2.5, 900.0, 898, 262)],
)
def test_a_level_of_eight_bit_depth_is_what_the_config_says(
    tmp_path, step_mm, offset_mm, first, last
):
    levels = np.array([[0], [1], [255]], np.uint8).repeat(9, axis=1)
    cv2.imwrite(str(tmp_path / "depth.png"), levels)
    entry = Entry("x:1", (None, tmp_path / "depth.png", None), True, "b", "d", "s")
    depth_mm = read_pictures(entry, Units(EightBitDepth(step_mm, offset_mm)))[Modality.DEPTH]
    assert depth_mm[[0, 1, 2], 0].tolist() == [0, first, last]


@pytest.mark.parametrize(
    ("step_mm", "offset_mm"),
    [(0.0, 500.0), (1.0, -1.0), (-2.0, 500.0), (300.0, 0.0), (float("nan"), 500.0)],
)
def test_eight_bit_depth_beyond_what_sixteen_bits_hold_is_refused(step_mm, offset_mm):
    with pytest.raises(ValueError, match="depth step other than 0"):
        DataConfig(depth_step_mm=step_mm, depth_offset_mm=offset_mm)


def test_a_padisi_file_gives_its_five_realsense_channels(tmp_path):
    data = np.zeros((1, 22, 320, 256), np.float32)
    data[0, 0], data[0, 2], data[0, 3], data[0, 4] = 0.2, 1.0, 0.5, 600 / 65535
    np.savez(tmp_path / "z.npz", data=data)
    crop = Preparer().crop(Entry("P:1", (tmp_path / "z.npz",), True, "bona_fide", "P", "P/z"))
    assert crop.colour[0, 0].tolist() == [255, 0, 51]
    assert np.all(crop.depth_mm == 600)
    assert np.all(crop.infrared == 128)


def test_missing_files_are_named_together_with_their_lines(tmp_path):
    good = f"{_pictures(tmp_path)},bona_fide,bona_fide,desk,anna"
    bad = good.replace("a-depth", "b-depth").replace("a-colour", "b-colour")
    with pytest.raises(ListError) as caught:
        prepared(read_manifest(_manifest(tmp_path, [good, bad, good, bad])), tmp_path / "cache")
    assert len(caught.value.problems) == 4
    assert "data.csv:3" in str(caught.value)
    assert "data.csv:5" in str(caught.value)
    assert not (tmp_path / "cache").exists()


def test_a_file_that_is_no_picture_is_named_and_nothing_is_kept(tmp_path):
    line = f"{_pictures(tmp_path)},bona_fide,bona_fide,desk,anna"
    (tmp_path / "a-depth.png").write_bytes(b"no picture")
    with pytest.raises(ListError, match=r"data\.csv:2.*a-depth"):
        prepared(read_manifest(_manifest(tmp_path, [line])), tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("a.png,,,maybe,print,desk,anna", "label bona_fide or attack, got 'maybe'"),
        ("a.png,,,attack,,desk,", "species and a subject"),
        (",,,attack,print,desk,anna", "at least one of colour"),
        ("a.png,attack", "expected 7 cells, got 2"),
    ],
)
def test_a_line_that_is_wrong_is_named(tmp_path, line, named):
    with pytest.raises(ListError, match=f"csv:2.*{named}"):
        read_manifest(_manifest(tmp_path, [line]))


def test_a_header_that_is_wrong_is_shown(tmp_path):
    with pytest.raises(ListError, match="expected the columns colour, depth"):
        read_manifest(_manifest(tmp_path, [], header="rgb,depth"))


def test_a_changed_picture_is_prepared_anew(tmp_path):
    line = f"{_pictures(tmp_path)},bona_fide,bona_fide,desk,anna"
    entries = read_manifest(_manifest(tmp_path, [line]))
    before = np.array(prepared(entries, tmp_path / "cache").infrared)
    cv2.imwrite(str(tmp_path / "a-infrared.png"), np.zeros((150, 150), np.uint8))
    assert before.any()
    assert not prepared(entries, tmp_path / "cache").infrared.any()


@pytest.mark.parametrize(
    "how",
    [
        Preparation(eight_bit_depth=EightBitDepth(step_mm=2.0)),
        Preparation(eight_bit_depth=EightBitDepth(offset_mm=300.0)),
    ],
)
def test_another_scale_of_depth_is_prepared_anew(tmp_path, how):
    cv2.imwrite(str(tmp_path / "depth.png"), np.full((112, 112), 9, np.uint8))
    entries = [Entry("x:1", (None, tmp_path / "depth.png", None), True, "b", "d", "s")]
    before = prepared(entries, tmp_path / "cache").depth_mm[0, 0, 0]
    assert before == 509
    assert prepared(entries, tmp_path / "cache", how).depth_mm[0, 0, 0] != before


def test_crops_of_an_older_version_are_prepared_anew(tmp_path, monkeypatch):
    entries = read_manifest(
        _manifest(tmp_path, [f"{_pictures(tmp_path)},bona_fide,bona_fide,desk,anna"])
    )
    prepared(entries, tmp_path / "cache")
    monkeypatch.setattr("train.datasets.lists.prepared._FORMAT", -1)
    prepared(entries, tmp_path / "cache")
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_lines_that_cannot_be_used_are_left_out_and_named_if_asked(tmp_path, capsys):
    lines = [
        f"{_pictures(tmp_path, name)},bona_fide,bona_fide,desk,{name}" for name in ("a", "b", "c")
    ]
    (tmp_path / "a-depth.png").write_bytes(b"no picture")
    (tmp_path / "b-colour.png").unlink()
    path = _manifest(tmp_path, lines)
    for _ in range(2):  # prepared, then read from the cache
        dataset = load_dataset(
            DataConfig("manifest", manifest=path, cache=tmp_path / "cache", skip_unusable=True)
        )
        said = capsys.readouterr().err
        assert dataset.subject.tolist() == ["c"]
        assert dataset.batch(np.array([0])).infrared.min() == 90
        assert dataset.left_out == ("data.csv:2", "data.csv:3")
        assert "left out 2 of 3 lines, which cannot be used (2 bona_fide)" in said
        assert f"data.csv:2: {tmp_path / 'a-depth.png'}: expected" in said
        assert "data.csv:3: no file" in said


def test_what_was_left_out_once_is_refused_when_it_is_not_to_be_skipped(tmp_path):
    lines = [f"{_pictures(tmp_path, name)},bona_fide,bona_fide,desk,{name}" for name in ("a", "b")]
    (tmp_path / "a-depth.png").write_bytes(b"no picture")
    entries = read_manifest(_manifest(tmp_path, lines))
    prepared(entries, tmp_path / "cache", skip_unusable=True)
    with pytest.raises(ListError, match=r"data\.csv:2.*a-depth"):
        prepared(entries, tmp_path / "cache")


def test_a_list_of_which_no_line_can_be_used_is_refused(tmp_path):
    entries = read_manifest(
        _manifest(tmp_path, [f"{_pictures(tmp_path)},bona_fide,bona_fide,desk,anna"] * 2)
    )
    (tmp_path / "a-depth.png").write_bytes(b"no picture")
    with pytest.raises(ListError, match=r"2 problems"):
        prepared(entries, tmp_path / "cache", skip_unusable=True)
    (tmp_path / "a-depth.png").unlink()
    with pytest.raises(ListError, match=r"2 problems"):
        prepared(entries, tmp_path / "cache", skip_unusable=True)


def test_a_line_that_says_nothing_clear_is_refused_though_lines_may_be_skipped(tmp_path):
    files = _pictures(tmp_path)
    lines = [f"{files},bona_fide,bona_fide,desk,anna", f"{files},bonafide,bona_fide,desk,anna"]
    config = DataConfig("manifest", manifest=_manifest(tmp_path, lines), skip_unusable=True)
    with pytest.raises(ListError, match="got 'bonafide'"):
        load_dataset(config)


def test_a_manifest_becomes_splits_of_the_domains_asked_for(tmp_path):
    files = _pictures(tmp_path)
    lines = [
        f"{files},{label},{label},{domain},{domain}-{person}"
        for domain in ("desk", "door")
        for person in range(6)
        for label in ("bona_fide", "attack")
    ]
    path = _manifest(tmp_path, lines)
    config = DataConfig("manifest", manifest=path, domains=("door",), cache=tmp_path / "cache")
    splits = load_splits(config)
    assert splits.train.domains == ("door",)
    assert sum(len(part) for part in vars(splits).values()) == 12
    with pytest.raises(ValueError, match="among desk, door, got roof"):
        load_splits(DataConfig("manifest", manifest=path, domains=("roof",), cache=tmp_path))


def test_a_source_without_its_folder_is_refused():
    with pytest.raises(ValueError, match=r"--data\.lists for --data\.source mmdg"):
        DataConfig(source="mmdg")
