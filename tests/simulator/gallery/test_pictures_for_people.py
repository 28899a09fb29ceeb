"""Gallery and clip: one command each writes what it says, or one line says why not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from rise_edge.simulator.__main__ import main
from rise_edge.simulator.gallery.gallery import gallery
from rise_edge.simulator.gallery.picture import depth_picture


def test_the_gallery_command_writes_a_picture(tmp_path):
    out = tmp_path / "gallery.png"
    code = main(
        ["gallery", str(out), "--domains", "office", "--species", "bona_fide", "flat_print"]
    )
    assert code == 0
    picture = cv2.imread(str(out))
    assert picture.std() > 20


def test_without_labels_the_gallery_holds_only_cells():
    picture = gallery(domains=("lobby",), species=("bona_fide",), size=60, labels=False)
    assert picture.shape == (63, 180, 3)


@pytest.mark.parametrize("name", ["clip.webp", "clip.avi"])
def test_the_clip_command_writes_a_film(tmp_path, name):
    out = tmp_path / name
    assert main(["clip", str(out), "--fps", "2", "--species", "bona_fide"]) == 0
    assert out.stat().st_size > 5000


@pytest.mark.parametrize(
    "arguments",
    [
        ["gallery", "{}/none/gallery.png", "--domains", "office", "--species", "bona_fide"],
        ["clip", "{}/none/clip.webp", "--fps", "2", "--species", "bona_fide"],
        ["clip", "{}/clip.txt", "--fps", "2", "--species", "bona_fide"],
    ],
    ids=["no folder", "no folder for the film", "unknown ending"],
)
def test_what_cannot_be_written_is_one_line_and_exit_code_6(tmp_path, capsys, arguments):
    assert main([a.format(tmp_path) for a in arguments]) == 6
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_missing_depth_is_black_and_near_differs_from_far():
    depth = np.array([[0, 400, 1200]], np.uint16)
    none, near, far = depth_picture(depth, 300, 1500)[0].astype(int)
    assert none.sum() == 0
    assert near[0] > near[2]
    assert far[2] > far[0]
