from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import rise_edge
from rise_edge.errors import SiteError, TrustError
from rise_edge.site.site_file import (
    Apcer,
    Site,
    SiteRadius,
    SiteReference,
    read_site,
    site_path,
    write_site,
)

ALL = "colour+depth+infrared"
REFERENCE = SiteReference(
    sessions=60,
    live=59,
    norm=(0.1, 0.2),
    depth_coverage=(0.9,),
    depth_noise_mm=(0.6,),
    infrared_level=(80.0,),
    sharpness=(0.6,),
    angle_deg=(5.0,),
    directions={"site": (0.6, 0.8)},
    shares={},
)
CHOSEN = SiteRadius(
    radius=0.7,
    asked_bpcer=0.05,
    confidence=0.95,
    n=59,
    apcer_limit=0.1,
    apcer={"flat_print": Apcer(20, 1)},
    forced=False,
    reason="",
    reference=REFERENCE,
)


def site_of(opened: rise_edge.Bundle, **fields: Any) -> Site:
    kept = {
        "format": 1,
        "bundle": opened.identity,
        "runtime": "onnx",
        "simulated": True,
        "created": "2026-11-24T12:00:00+00:00",
        "sets": {ALL: CHOSEN},
    }
    return Site(**{**kept, **fields})


@pytest.fixture
def path(tiny_bundle: rise_edge.Bundle) -> Path:
    path = site_path(tiny_bundle.path)
    write_site(path, site_of(tiny_bundle))
    return path


def test_it_is_read_as_it_was_written_and_leaves_the_bundle_alone(
    tiny_bundle: rise_edge.Bundle, path: Path
) -> None:
    assert path.name == "tiny.site.json"
    assert read_site(path, tiny_bundle) == site_of(tiny_bundle)
    assert rise_edge.open_bundle(tiny_bundle.path).identity == tiny_bundle.identity


def test_its_radius_replaces_the_bundles_for_its_set_alone(
    tiny_bundle: rise_edge.Bundle, path: Path
) -> None:
    checker = rise_edge.load(tiny_bundle.path, site=path)
    assert checker.radii[ALL] == 0.7
    assert checker.radii["colour+infrared"] == tiny_bundle.manifest.radii["onnx"]["colour+infrared"]
    assert tiny_bundle.manifest.radii["onnx"][ALL] == 0.5


def test_one_of_another_bundle_is_refused(tiny_bundle: rise_edge.Bundle, path: Path) -> None:
    write_site(path, site_of(tiny_bundle, bundle="0" * 64))
    with pytest.raises(SiteError, match="expected one for bundle"):
        read_site(path, tiny_bundle)


def test_one_of_another_runtime_or_set_is_refused(tiny_bundle: rise_edge.Bundle) -> None:
    with pytest.raises(SiteError, match="expected one for the runtime onnx"):
        rise_edge.Checker(tiny_bundle, site=site_of(tiny_bundle, runtime="executorch"))
    other = site_of(tiny_bundle, sets={"colour": CHOSEN})
    with pytest.raises(SiteError, match=r"expected a radius for colour\+depth\+infrared"):
        rise_edge.Checker(tiny_bundle, site=other)


def test_beyond_the_limit_it_must_be_forced_with_a_reason() -> None:
    passed = {"rigid_mask": Apcer(20, 3)}
    with pytest.raises(ValueError, match="or forced"):
        replace(CHOSEN, apcer=passed)
    with pytest.raises(ValueError, match="or forced"):
        replace(CHOSEN, apcer={})
    with pytest.raises(ValueError, match="a reason"):
        replace(CHOSEN, apcer=passed, forced=True)
    assert replace(CHOSEN, apcer=passed, forced=True, reason="guarded door").worst_apcer == 0.15


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda s: s.update(extra=1), "unknown fields"),
        (lambda s: s.pop("created"), "missing fields"),
        (lambda s: s.update(format=2), "format"),
        (lambda s: s.update(sets={}), "one modality set"),
        (lambda s: s["sets"][ALL].update(radius=-1.0), "positive"),
        (lambda s: s["sets"][ALL].update(radius=True), "radius as float"),
        (lambda s: s["sets"][ALL].update(n="59"), "n as int"),
        (lambda s: s["sets"][ALL]["apcer"]["flat_print"].update(accepted=30), "30 of 20"),
        (lambda s: s["sets"][ALL]["reference"].update(norm=[0.2, 0.1]), "sorted"),
        (lambda s: s["sets"][ALL]["reference"]["directions"].update(site=[1.0, 1.0]), "length 1"),
    ],
)
def test_what_it_should_not_hold_is_refused(
    tiny_bundle: rise_edge.Bundle, path: Path, change: Any, why: str
) -> None:
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data))
    with pytest.raises(SiteError, match=why):
        read_site(path, tiny_bundle)


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"\xff", b'{"a": NaN}', b'{"a":1,"a":1}', b"[" * 100_000, b'{"format": 1e999}'],
)
def test_what_is_no_site_is_refused(
    tiny_bundle: rise_edge.Bundle, path: Path, content: bytes
) -> None:
    path.write_bytes(content)
    with pytest.raises(SiteError, match="not usable"):
        read_site(path, tiny_bundle)


def test_links_large_files_and_none_are_refused(
    tiny_bundle: rise_edge.Bundle, path: Path, tmp_path: Path
) -> None:
    link = tmp_path / "link.json"
    link.symlink_to(path)
    with pytest.raises(SiteError, match="link"):
        read_site(link, tiny_bundle)
    path.write_bytes(b" " * (4 * 1024 * 1024 + 1))
    with pytest.raises(SiteError, match="at most"):
        read_site(path, tiny_bundle)
    with pytest.raises(SiteError, match="No such file"):
        read_site(tmp_path / "none.json", tiny_bundle)


def test_with_a_pinned_key_an_unsigned_altered_or_foreign_one_is_refused(
    tiny_bundle: rise_edge.Bundle, path: Path
) -> None:
    ed25519 = pytest.importorskip(
        "cryptography.hazmat.primitives.asymmetric.ed25519", reason="needs the extra trust"
    )
    key, other = (ed25519.Ed25519PrivateKey.generate() for _ in range(2))
    with pytest.raises(TrustError, match="there is none"):
        read_site(path, tiny_bundle, key.public_key())
    write_site(path, site_of(tiny_bundle), key)
    assert read_site(path, tiny_bundle, key.public_key()) == site_of(tiny_bundle)
    with pytest.raises(TrustError, match="got another"):
        read_site(path, tiny_bundle, other.public_key())
    path.write_text(path.read_text().replace('"radius": 0.7', '"radius": 0.9'))
    with pytest.raises(TrustError, match=r"\.sig: .*altered"):
        read_site(path, tiny_bundle, key.public_key())
    write_site(path, site_of(tiny_bundle))
    with pytest.raises(TrustError, match="there is none"):
        read_site(path, tiny_bundle, key.public_key())


def test_the_pinned_key_may_be_its_file(
    tiny_bundle: rise_edge.Bundle, path: Path, tmp_path: Path
) -> None:
    keys = pytest.importorskip("rise_edge.trust.keys", reason="needs the extra trust")
    keys.write_key_pair(tmp_path / "owner.key", tmp_path / "owner.pub")
    write_site(path, site_of(tiny_bundle), keys.read_private_key(tmp_path / "owner.key"))
    assert read_site(path, tiny_bundle, tmp_path / "owner.pub") == site_of(tiny_bundle)
    assert read_site(path, tiny_bundle, str(tmp_path / "owner.pub")) == site_of(tiny_bundle)
