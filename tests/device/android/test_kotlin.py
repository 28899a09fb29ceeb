"""Kotlin over JNI over the C++ library on a desktop JVM: what of `device/android` needs no SDK."""

from __future__ import annotations

import ctypes
import re
import sys
from pathlib import Path

import pytest

from rise_edge.bundle.bundle import default_bundle_path, open_bundle
from rise_edge.decision.session import SessionConfig
from rise_edge.selftest import prove
from tests.device.android.camera_frame import kiosk_frame, phone_frame
from tests.device.android.jvm import compile_kotlin, java_home, kotlin_jars, start_java
from tests.device.cpp import interface as c
from tests.device.cpp import onnxruntime_sdk
from tests.device.cpp.building import build, configure
from tests.support.once import once

pytestmark = [pytest.mark.native, pytest.mark.needs("c++")]

ANDROID = Path(__file__).parents[3] / "device" / "android"
JNI = ANDROID / "rise-edge" / "src" / "main" / "cpp"
SAMPLE = ANDROID / "sample" / "src"
# The Android SDK is in none of the packages that can be had here: what touches it is not compiled.
SOURCES = [
    ANDROID / "rise-edge" / "src" / "main" / "kotlin",
    ANDROID / "rise-edge" / "src" / "test" / "kotlin",
    SAMPLE / "main" / "kotlin" / "org" / "riseedge" / "sample" / "FaceCheck.kt",
    SAMPLE / "main" / "kotlin" / "org" / "riseedge" / "sample" / "Report.kt",
    SAMPLE / "desktopTest" / "kotlin",
]
CASES = [
    name
    for file in sorted(ANDROID.rglob("*Cases.kt"))
    for name in re.findall(r'Case\("(.*)"\)', file.read_text())
]
FRAMES = {"kiosk": kiosk_frame, "phone": phone_frame}


@pytest.fixture(scope="session")
def jni(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the JNI library, which stands on the one build of the library."""
    home = java_home()

    def build_on_it(folder: Path) -> None:
        build(JNI, folder, f"-DRISE_EDGE_BUILD={built}", f"-DRISE_JNI_INCLUDE={home / 'include'}")

    return once(tmp_path_factory, "jni", build_on_it)


@pytest.fixture(scope="session")
def printed(jni: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What one run of every case prints."""
    jars = kotlin_jars()
    folder = tmp_path_factory.mktemp("kotlin")
    frames = [str(make().write(folder / name)) for name, make in FRAMES.items()]
    program = folder / "cases.jar"
    compile_kotlin(SOURCES, program)
    (folder / "work").mkdir()
    done = start_java(
        [
            "org.riseedge.sample.SampleCasesKt",
            str(default_bundle_path()),
            str(folder / "work"),
            str(onnxruntime_sdk.headers() is not None).lower(),
            *frames,
        ],
        [program, *jars],
        # A heap that is all there from the start: what grows then is C++'s.
        (
            "-Xcheck:jni",
            "-Xms64m",
            "-Xmx64m",
            "-XX:+UseSerialGC",
            "-XX:+AlwaysPreTouch",
            "-Dfile.encoding=UTF-8",
            f"-Djava.library.path={jni}",
        ),
    )
    assert done.returncode in (0, 1), f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout.splitlines()


@pytest.mark.parametrize("case", CASES)
def test_it_holds_in_kotlin(printed: list[str], case: str) -> None:
    assert f"passed: {case}" in printed, [x for x in printed if x.startswith(f"failed: {case}")]


def test_the_self_test_prints_the_lines_that_pythons_prints(printed: list[str]) -> None:
    bundle = open_bundle(default_bundle_path())
    assert f"bundle {bundle.manifest.name}, identity {bundle.identity}" in printed
    start, end = str(prove(bundle, "executorch")).split("difference ")
    line = next(x for x in printed if x.startswith(start))
    assert line.endswith(end.split(",")[1])


def test_the_default_options_are_pythons(printed: list[str]) -> None:
    (line,) = [x for x in printed if x.startswith("SessionOptions(")]
    said = [float(x) for x in re.findall(r"=([^,)]+)", line)]
    default = c.options(SessionConfig())
    assert said == [getattr(default, name) for name, *_ in c.COptions._fields_[1:]]


def test_java_finds_no_fault_in_how_jni_is_used(printed: list[str]) -> None:
    assert not [x for x in printed if "WARNING" in x or "FATAL" in x]


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_gets_the_verdict_that_the_c_interface_gives(
    printed: list[str], library: ctypes.CDLL, name: str
) -> None:
    checker = ctypes.c_void_p()
    bundle = str(default_bundle_path()).encode()
    assert library.rise_open(bundle, c.EXECUTORCH, 1, checker) == c.OK
    expected = FRAMES[name]().judge(library, checker)
    library.rise_close(checker)
    words = next(x for x in printed if x.startswith(f"verdict {name} EXECUTORCH ")).split()[3:]
    assert words[0] == library.rise_outcome_name(expected.outcome).decode()
    assert words[0] != "UNDECIDED"
    assert [float(x) for x in words[3:]] == pytest.approx(
        [expected.reading.norm, expected.reading.radius, expected.reading.margin], rel=1e-6
    )


def test_gradles_way_to_build_the_library_beside_jni_configures(tmp_path: Path) -> None:
    configure(
        JNI,
        tmp_path,
        f"-DRISE_PYTHON={sys.executable}",
        *onnxruntime_sdk.options(),
        f"-DRISE_JNI_INCLUDE={java_home() / 'include'}",
    )
    assert (tmp_path / "rise_edge").is_dir()
