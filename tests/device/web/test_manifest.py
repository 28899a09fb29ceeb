"""JavaScript must refuse whatever Python refuses; here both say the same."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from rise_edge import Bundle, BundleError, open_bundle
from rise_edge.bundle.bundle import MANIFEST
from tests.device.web.conftest import Ask
from tests.device.web.passing import BYTES, text_of


def refused_by_javascript(ask: Ask, contents: list[bytes]) -> list[str | None]:
    """What is wrong with each manifest, None if nothing is."""
    return list(
        ask(
            "async contents => {"
            + BYTES
            + """
            const {parseManifest} = await import('./liveness/bundle/manifest.js');
            return contents.map(content => {
                try { parseManifest(bytes(content)); return null; }
                catch (error) {
                    if (error.name !== 'BundleError') throw error;
                    return error.message;
                }
            });
        }""",
            [text_of(content) for content in contents],
        )
    )


def refused_by_python(bundle: Bundle, content: bytes) -> bool:
    (bundle.path / MANIFEST).write_bytes(content)
    try:
        open_bundle(bundle.path)
    except BundleError:
        return True
    return False


def edited(bundle: Bundle, **changes: Any) -> bytes:
    data = json.loads((bundle.path / MANIFEST).read_text()) | changes
    return json.dumps({k: v for k, v in data.items() if v is not ...}).encode()


def nested(depth: int) -> Any:
    return {"deeper": nested(depth - 1)} if depth else 0


SOUND: list[dict[str, Any]] = [
    {},
    {"margin_scatter": ...},
    {"version": ...},
    {"version": 0},
    {"version": 2**31 - 1},
    {"margin_scatter": {"depth": {"std": 1, "correlation_ms": 5}}},
    {"simulated": False, "notice": ""},
    {"radii": {"onnx": {"colour": 1}, "some_other": {}}},
    {"radii": {"constructor": {"infrared": 1e-300}}},
    {"largest_radial_error": {"onnx": 0, "x": 1e300}},
    {"provenance": {"numbers": [1, 1.5, 10**200, None, True], "nested": nested(50)}},
    {"name": "ünïcödé \u2028 \x7f"},
    {"provenance": {"x": {"y": 1, "z": {"y": 1}}, "y": [{"y": '"y": {'}, {"y": 2}], "😀": "\\"}},
    {"crop_size": 1024, "embedding_size": 65536},
]
UNSOUND: list[tuple[dict[str, Any], str]] = [
    ({"format": 2}, "expected format to be 1, got 2"),
    ({"format": "1"}, "expected format"),
    ({"format": 1.0}, "expected format"),
    ({"format": True}, "expected format"),
    ({"radii": ...}, "radii"),
    ({"theme": "dark"}, "theme"),
    ({"__proto__": {}}, "__proto__"),
    ({"toString": 1}, "toString"),
    ({"name": 3}, "expected name to be string, got bigint"),
    ({"name": ""}, "some text"),
    ({"name": None}, "got null"),
    ({"simulated": 1}, "expected simulated to be boolean"),
    ({"notice": ""}, "a warning, since simulated is true"),
    ({"crop_size": 15}, "16 to 1024"),
    ({"crop_size": 1025}, "16 to 1024"),
    ({"crop_size": 112.0}, "expected crop_size to be bigint, got number"),
    ({"crop_size": True}, "got boolean"),
    ({"crop_size": "112"}, "got string"),
    ({"embedding_size": 0}, "1 to 65536"),
    ({"embedding_size": 65537}, "1 to 65536"),
    ({"embedding_size": 6.4e1}, "got number"),
    ({"radii": {}}, "at least one runtime"),
    ({"radii": []}, "got array"),
    ({"radii": {"onnx": 1.0}}, "an object"),
    ({"radii": {"onnx": {"colour": "1"}}}, "a positive number"),
    ({"radii": {"onnx": {"colour": -1}}}, "a positive number"),
    ({"radii": {"onnx": {"colour": 0}}}, "a positive number"),
    ({"radii": {"onnx": {"colour": 0.0}}}, "a positive number"),
    ({"radii": {"onnx": {"colour": True}}}, "a positive number"),
    ({"radii": {"onnx": {"colour": None}}}, "a positive number"),
    ({"radii": {"onnx": {"colour": 10**400}}}, "a positive number"),
    ({"radii": {"onnx": {"depth+colour": 1}}}, "keyed by"),
    ({"radii": {"onnx": {"colour,depth": 1}}}, "keyed by"),
    ({"radii": {"onnx": {" colour": 1}}}, "keyed by"),
    ({"radii": {"onnx": {"": 1}}}, "keyed by"),
    ({"radii": {"onnx": {"colour+colour": 1}}}, "keyed by"),
    ({"radii": {"onnx": {"rgb": 1}}}, "keyed by"),
    ({"largest_radial_error": {"onnx": -1}}, "a number >= 0"),
    ({"largest_radial_error": {"onnx": False}}, "a number >= 0"),
    ({"margin_scatter": []}, "got array"),
    ({"margin_scatter": None}, "got null"),
    ({"margin_scatter": {"colour": 1}}, "an object"),
    ({"margin_scatter": {"colour": {"std": 0.1}}}, "std and correlation_ms only"),
    ({"margin_scatter": {"colour": {"std": 1, "correlation_ms": 1, "x": 1}}}, "only"),
    ({"margin_scatter": {"colour": {"std": 0, "correlation_ms": 9}}}, "a number >= 0.001"),
    ({"margin_scatter": {"rgb": {"std": 0.1, "correlation_ms": 9}}}, "keyed by"),
    ({"radii": {f"runtime {i}": {} for i in range(17)}}, "16 entries at most"),
    ({"largest_radial_error": dict.fromkeys(map(str, range(17)), 0)}, "16 entries at most"),
    ({"files": dict.fromkeys(map(str, range(257)), "0" * 64)}, "256 entries at most"),
    ({"files": {"manifest.sig": "0" * 64}}, "plain file names"),
    ({"version": -1}, "0 to 2147483647"),
    ({"version": 2**31}, "0 to 2147483647"),
    ({"version": 1.0}, "expected version to be bigint"),
    ({"version": True}, "expected version to be bigint"),
    ({"version": None}, "expected version to be bigint"),
    ({"provenance": []}, "got array"),
    ({"provenance": nested(5000 // 8)}, "nested 64 deep"),
    ({"files": {"../model.onnx": "0" * 64}}, "plain file names"),
    ({"files": {"a\\b": "0" * 64}}, "plain file names"),
    ({"files": {"a:b": "0" * 64}}, "plain file names"),
    ({"files": {"a\0b": "0" * 64}}, "plain file names"),
    ({"files": {"": "0" * 64}}, "plain file names"),
    ({"files": {"..": "0" * 64}}, "plain file names"),
    ({"files": {"manifest.json": "0" * 64}}, "plain file names"),
    ({"files": {"model.onnx": "xyz"}}, "64 hexadecimal digits"),
    ({"files": {"model.onnx": "A" * 64}}, "64 hexadecimal digits"),
    ({"files": {"model.onnx": "0" * 64 + "\n"}}, "64 hexadecimal digits"),
    ({"files": {"model.onnx": 0}}, "64 hexadecimal digits"),
]


def test_a_sound_manifest_is_taken_by_both(ask: Ask, tiny_bundle: Bundle) -> None:
    contents = [edited(tiny_bundle, **changes) for changes in SOUND]
    assert refused_by_javascript(ask, contents) == [None] * len(SOUND)
    assert not [c for c in contents if refused_by_python(tiny_bundle, c)]


def test_an_unsound_manifest_is_refused_by_both(ask: Ask, tiny_bundle: Bundle) -> None:
    contents = [edited(tiny_bundle, **changes) for changes, _ in UNSOUND]
    said = refused_by_javascript(ask, contents)
    for (changes, message), content, words in zip(UNSOUND, contents, said, strict=True):
        assert words is not None, f"{changes} was taken"
        assert message in words
        if "nested" not in message:  # Python's own limit depends on how deep it is in calls
            assert refused_by_python(tiny_bundle, content), changes


def test_what_is_no_manifest_is_refused_by_both(ask: Ask, tiny_bundle: Bundle) -> None:
    whole = edited(tiny_bundle)
    contents = [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"\xef\xbb\xbf" + whole,
        whole + b"x",
        whole.replace(b'"tiny"', b'"ti\tny"'),
        whole.replace(b'"tiny"', b'"\xed\xa0\x80"'),
        b"[" * 100_000,
        b"1" * 300_000,
        whole + b" " * 300_000,
        edited(tiny_bundle, provenance={"x": "N"}).replace(b'"N"', b"NaN"),
        edited(tiny_bundle, provenance={"x": "N"}).replace(b'"N"', b"-Infinity"),
        edited(tiny_bundle, provenance={"x": "N"}).replace(b'"N"', b"1" * 4301),
        edited(tiny_bundle, provenance={"x": "N"}).replace(b'"N"', b"01"),
        edited(tiny_bundle, provenance={"x": "N"}).replace(b'"N"', b'{"y": 1, "y": 1}'),
        edited(tiny_bundle, provenance={"x": "N"}).replace(b'"N"', b'[{"y": 1, "\\u0079" : 1}]'),
        edited(tiny_bundle, provenance={"x": "N"}).replace(b'"N"', b'{"\\"": {}, "\\"":{}}'),
        edited(tiny_bundle, provenance={"x": "N"}).replace(b'"N"', rb'"\ud800"'),
        edited(tiny_bundle, provenance={"x": "N"}).replace(b'"N"', rb'{"\udc00x": 1}'),
        b'{"format": 2, ' + whole[1:],
        whole[:-1] + b', "format": 1}',
    ]
    assert None not in refused_by_javascript(ask, contents)
    for content in contents:
        assert refused_by_python(tiny_bundle, content), content[:80]


def test_a_browser_that_cannot_tell_whole_numbers_is_refused(ask: Ask) -> None:
    words = ask(
        """async () => {
            const {parseManifest} = await import('./liveness/bundle/manifest.js');
            const parse = JSON.parse;
            JSON.parse = (text, reviver) => parse(text, (key, value) => reviver(key, value));
            try { parseManifest(new TextEncoder().encode('{"format": 1}')); }
            catch (error) { return error.message; }
            finally { JSON.parse = parse; }
        }"""
    )
    assert "this browser is too old" in words


@pytest.mark.parametrize("seed", range(2))
def test_javascript_takes_no_mutated_manifest_that_python_refuses(
    ask: Ask, tiny_bundle: Bundle, tmp_path: Path, seed: int
) -> None:
    whole, drawn = edited(tiny_bundle, files={}), random.Random(seed)
    contents = []
    for _ in range(1500):
        content = bytearray(whole)
        for _ in range(drawn.randint(1, 2)):
            place = drawn.randrange(len(content))
            content[place] = drawn.choice(b'0123456789.-+eE"{}[]:, \\\x00\xc3tfn')
        contents.append(bytes(content))
    by_javascript = [words is not None for words in refused_by_javascript(ask, contents)]
    by_python = [refused_by_python(tiny_bundle, content) for content in contents]
    assert by_javascript == by_python
    assert 20 < by_python.count(False) < 1480, "some of each"
