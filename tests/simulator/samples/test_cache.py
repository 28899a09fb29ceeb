"""Rendered crops on disk: equal whoever renders them, refused when anything is wrong."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rise_edge.errors import CacheError, OutputError
from rise_edge.simulator import render_crop
from rise_edge.simulator.samples import cache
from rise_edge.simulator.samples.cache import CropSet, crops
from rise_edge.simulator.samples.crop_request import CropRequest

pytestmark = pytest.mark.slow

REQUEST = CropRequest(domains=("office",), attack_species=("flat_print",), crops=6, subjects=3)


@pytest.fixture(scope="module")
def rendered(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("crops")
    crops(REQUEST, folder, workers=1)
    return folder


@pytest.fixture
def place(rendered, tmp_path) -> Path:
    """A copy that a test may spoil; its parent is the cache's folder."""
    import shutil

    return Path(shutil.copytree(rendered / REQUEST.name, tmp_path / REQUEST.name))


def same(a: CropSet, b: CropSet) -> bool:
    names = ("colour", "depth_mm", "infrared", "bona_fide", "species", "domain", "subject")
    return all(np.array_equal(getattr(a, name), getattr(b, name)) for name in names)


def test_the_cache_holds_what_the_renderer_gives(rendered):
    kept = crops(REQUEST, rendered)
    for row, order in enumerate(REQUEST.orders()):
        sample = render_crop(
            order.seed, domain=order.domain, species=order.species, subject=order.subject
        )
        assert np.array_equal(kept.colour[row], sample.crop.colour)
        assert np.array_equal(kept.depth_mm[row], sample.crop.depth_mm)
        assert np.array_equal(kept.infrared[row], sample.crop.infrared)
        truth = sample.truth
        assert (kept.bona_fide[row], kept.species[row], kept.domain[row], kept.subject[row]) == (
            truth.bona_fide,
            truth.species,
            truth.domain,
            truth.subject,
        )


def test_arrays_have_their_documented_types_and_images_are_mapped(rendered):
    kept = crops(REQUEST, rendered)
    assert len(kept) == 6
    assert (kept.colour.dtype, kept.colour.shape) == (np.uint8, (6, 112, 112, 3))
    assert (kept.depth_mm.dtype, kept.depth_mm.shape) == (np.uint16, (6, 112, 112))
    assert (kept.infrared.dtype, kept.infrared.shape) == (np.uint8, (6, 112, 112))
    assert kept.bona_fide.dtype == np.bool_
    assert {kept.species.dtype.kind, kept.domain.dtype.kind, kept.subject.dtype.kind} == {"U"}
    assert isinstance(kept.colour, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        kept.colour[0] = 0


def test_several_processes_write_the_same_bytes_as_one(rendered, tmp_path):
    request = replace(REQUEST, crops=12)
    one = crops(request, tmp_path / "one", workers=1)
    two = crops(request, tmp_path / "two", workers=2)
    assert same(one, two)
    assert one.sha256 == two.sha256


def test_a_second_call_renders_nothing(rendered):
    index = rendered / REQUEST.name / "index.json"
    before = index.stat()
    crops(REQUEST, rendered)
    after = index.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_another_request_lives_beside_the_first(rendered, tmp_path, place):
    crops(replace(REQUEST, seed=1), place.parent, workers=1)
    assert len(list(place.parent.iterdir())) == 2
    assert same(crops(REQUEST, place.parent), crops(REQUEST, rendered))


def test_nothing_is_left_when_rendering_fails(tmp_path):
    with pytest.raises(ValueError, match="expected a species among"):
        crops(replace(REQUEST, attack_species=("no_such_attack",)), tmp_path, workers=1)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_reported(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot keep rendered crops"):
        crops(REQUEST, tmp_path / "file" / "cache", workers=1)


def edit_index(place: Path, change, *, sign: bool) -> None:
    path = place / "index.json"
    index = json.loads(path.read_text())
    change(index)
    if sign:
        index.pop("sha256")
        index["sha256"] = cache._sha256_of(index)
    path.write_text(json.dumps(index))


def truncate(place: Path) -> None:
    os.truncate(place / "depth_mm.npy", 1000)


def flip_a_bit(place: Path) -> None:
    data = bytearray((place / "infrared.npy").read_bytes())
    data[-1] ^= 1
    (place / "infrared.npy").write_bytes(data)


def change_a_label(place: Path) -> None:
    np.save(place / "bona_fide.npy", np.ones(6, bool))


def set_version(place: Path) -> None:
    edit_index(place, lambda i: i.update(format_version=99), sign=True)


def set_format(place: Path) -> None:
    edit_index(place, lambda i: i.update(format="holiday pictures"), sign=True)


def set_generator(place: Path) -> None:
    edit_index(place, lambda i: i.update(generator_version="0" * 64), sign=True)


def set_request(place: Path) -> None:
    edit_index(place, lambda i: i["request"].update(seed=5), sign=True)


def forge(place: Path) -> None:
    edit_index(place, lambda i: i["request"].update(seed=5), sign=False)


SPOILT = [
    (truncate, r"depth_mm.npy is truncated: \d+ bytes expected, got 1000"),
    (flip_a_bit, "infrared.npy was altered"),
    (change_a_label, "bona_fide.npy was altered"),
    (lambda place: (place / "colour.npy").unlink(), "colour.npy is missing"),
    (lambda place: (place / "index.json").unlink(), "index.json is missing"),
    (lambda place: os.truncate(place / "index.json", 40), "not an index"),
    (lambda place: (place / "index.json").write_text("[]"), "not an index"),
    (lambda place: (place / "index.json").write_bytes(b"\xff\xfe"), "not an index"),
    (set_version, "version 1 expected, got 'rise_edge crops' version 99"),
    (set_format, "got 'holiday pictures'"),
    (set_generator, "rendered by simulator 000000000000, this is"),
    (set_request, "holds another request"),
    (forge, "index.json was altered"),
]


@pytest.mark.parametrize(("spoil", "message"), SPOILT)
def test_what_is_wrong_is_said_and_kept_until_regeneration_is_asked_for(
    rendered, place, spoil, message
):
    spoil(place)
    for _ in range(2):
        with pytest.raises(CacheError, match=message) as caught:
            crops(REQUEST, place.parent, workers=1)
    assert "regenerate" in str(caught.value)
    assert "\n" not in str(caught.value)
    again = crops(REQUEST, place.parent, workers=1, regenerate=True)
    assert same(again, crops(REQUEST, rendered))
    assert [path.name for path in place.parent.iterdir()] == [REQUEST.name]
