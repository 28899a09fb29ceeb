"""Swift, Kotlin and JNI name and number what `rise_edge.h` has: no compiler reads Swift here."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

DEVICE = Path(__file__).parents[2] / "device"
HEADER = DEVICE / "cpp" / "include" / "rise_edge.h"
KOTLIN = DEVICE / "android" / "rise-edge" / "src" / "main" / "kotlin" / "org" / "riseedge"
JNI = DEVICE / "android" / "rise-edge" / "src" / "main" / "cpp" / "rise_edge_jni.cpp"
SWIFT_MODULE = DEVICE / "ios" / "Sources" / "RiseEdge"
SWIFT = sorted((DEVICE / "ios").rglob("*.swift"))

_CODE = re.sub(r"/\*.*?\*/", "", HEADER.read_text(), flags=re.DOTALL)
_SYMBOL = re.compile(r"\b(?:rise_[a-z0-9_]+|RISE_[A-Z0-9_]+)\b")
_NOT_SYMBOLS = {"rise_edge", "rise_edge_jni"}  # names of files and modules


def enum_of(name: str) -> dict[str, int]:
    """Constant -> value of an enumeration of the header."""
    found = re.search(rf"typedef enum {name} [^{{]*{{([^}}]*)}}", _CODE)
    assert found is not None, f"no enum {name} in {HEADER}"
    return {key: int(value) for key, value in re.findall(r"(RISE_\w+) = (\d+)", found[1])}


@pytest.mark.parametrize("name", ["outcome", "reason", "runtime", "format", "status"])
def test_an_enumeration_has_the_headers_names_and_numbers_in_kotlin(name: str) -> None:
    source = (KOTLIN / f"{name.capitalize()}.kt").read_text()
    kotlin = {key: int(value) for key, value in re.findall(r"^    (\w+)\((\d+)\),", source, re.M)}
    header = {key.removeprefix("RISE_"): value for key, value in enum_of(f"rise_{name}").items()}
    assert kotlin == header


def test_modalities_have_the_headers_bits_in_kotlin() -> None:
    source = (KOTLIN / "Modalities.kt").read_text()
    kotlin = dict(re.findall(r"val (\w+) = Modalities\((\d+)\)", source))
    assert kotlin == dict(re.findall(r"RISE_(COLOUR|DEPTH|INFRARED) = (\d+)", _CODE))


@pytest.mark.parametrize("file", [JNI, *SWIFT], ids=lambda file: file.name)
def test_every_symbol_that_is_named_is_in_the_header(file: Path) -> None:
    code = re.sub(r"//.*", "", file.read_text())
    named = set(_SYMBOL.findall(code)) - _NOT_SYMBOLS
    assert named <= set(_SYMBOL.findall(_CODE)), named - set(_SYMBOL.findall(_CODE))


def test_swift_and_jni_reach_the_functions_that_they_are_there_for() -> None:
    functions = {
        "rise_open",
        "rise_close",
        "rise_get_info",
        "rise_has_radius",
        "rise_check",
        "rise_selftest",
        "rise_last_error",
        "rise_session_open",
        "rise_session_close",
        "rise_session_frame",
        "rise_accept_colour_alone",
        "rise_session_options_default",
    }
    for code in (JNI.read_text(), "".join(file.read_text() for file in SWIFT)):
        assert functions <= set(_SYMBOL.findall(code))


def options_of_the_header() -> list[str]:
    """The fields of a session's options, in camel case."""
    found = re.search(r"typedef struct rise_session_options {(.*?)}", _CODE, re.DOTALL)
    assert found is not None
    fields = re.findall(r"(?:int32_t|double) (\w+);", found[1])
    return [re.sub(r"_(\w)", lambda letter: letter[1].upper(), name) for name in fields]


def test_session_options_have_the_headers_fields_in_kotlin() -> None:
    source = (KOTLIN / "SessionOptions.kt").read_text()
    places = re.findall(r"val (\w+): \w+ = library\[(\d+)\]", source)
    assert places == [(name, str(place)) for place, name in enumerate(options_of_the_header())]


def test_session_options_have_the_headers_fields_in_swift() -> None:
    source = (SWIFT_MODULE / "SessionOptions.swift").read_text()
    options = options_of_the_header()
    assert re.findall(r"public var (\w+): ", source) == options
    taken = [(name, name) for name in options]
    camel = re.sub(r"_(\w)", lambda letter: letter[1].upper(), source)
    assert re.findall(r"^        (\w+) = options\.(\w+)$", camel, re.M) == taken
    assert re.findall(r"^        options\.(\w+) = (\w+)$", camel, re.M) == taken


def test_swift_gives_every_structure_its_size() -> None:
    sized = set(re.findall(r"RISE_SIZE_OF\((rise_\w+)\);", _CODE))
    assert {"rise_frame", "rise_image", "rise_verdict", "rise_session_options"} <= sized
    code = "".join(file.read_text() for file in SWIFT)
    made = re.findall(r"var (\w+) = (rise_\w+)\(\)", code)
    given = re.findall(r"(\w+)\.size = sizeInC\((rise_\w+)\.self\)", code)
    assert sorted(given) == sorted(pair for pair in made if pair[1] in sized)
    assert {structure for _, structure in given} == sized


@pytest.mark.parametrize("name", ["outcome", "reason", "runtime", "format", "status"])
def test_swift_has_every_constant_of_an_enumeration(name: str) -> None:
    named = set(_SYMBOL.findall("".join(file.read_text() for file in SWIFT)))
    unknown_to_phones = {
        "RISE_GREY8",
        "RISE_GREY16",
        "RISE_DEPTH16_ANDROID",
        "RISE_DEPTH_MM_U16",
        "RISE_RGB8",
        "RISE_RGBA8",
    }
    assert set(enum_of(f"rise_{name}")) - unknown_to_phones <= named


@pytest.mark.native
@pytest.mark.parametrize(
    ("compiler", "language", "standard"),
    [
        pytest.param("cc", "c", "c11", marks=pytest.mark.needs("cc")),
        pytest.param("c++", "c++", "c++17", marks=pytest.mark.needs("c++")),
    ],
)
def test_the_header_compiles_alone(compiler: str, language: str, standard: str) -> None:
    command = [
        compiler,
        f"-std={standard}",
        "-x",
        language,
        "-Wall",
        "-Wextra",
        "-Wpedantic",
        "-Werror",
        "-fsyntax-only",
        "-",
    ]
    program = f'#include "{HEADER}"\nint main(void) {{ return RISE_OK; }}\n'
    done = subprocess.run(command, input=program, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.native
@pytest.mark.needs("clang")  # Swift reads module maps as clang does
def test_clang_imports_the_swift_packages_module() -> None:
    module_map = DEVICE / "ios" / "Sources" / "CRiseEdge" / "module.modulemap"
    command = [
        "clang",
        "-x",
        "objective-c",
        "-fmodules",
        f"-fmodule-map-file={module_map}",
        "-Werror",
        "-fsyntax-only",
        "-",
    ]
    program = "@import CRiseEdge;\nint main(void) { rise_close(0); return RISE_UNDECIDED; }\n"
    done = subprocess.run(command, input=program, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
