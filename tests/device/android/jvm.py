"""A Java machine and a Kotlin compiler, where there are some."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from tests.support.needs import missing

_COMPILER = "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler"


def java_home() -> Path:
    """The JDK of JAVA_HOME or of the `javac` on the path; with `jni.h`, which a bare JRE lacks."""
    compiler = shutil.which("javac")
    named = os.environ.get("JAVA_HOME")
    home = Path(named) if named else Path(compiler).resolve().parents[1] if compiler else None
    if home is None or not (home / "include" / "jni.h").is_file():
        missing("jdk")
    return home


def kotlin_jars() -> list[Path]:
    """The compiler and its standard library: those at KOTLIN_HOME, or the Jupyter kernel's."""
    home = os.environ.get("KOTLIN_HOME")
    if home:
        return [Path(home) / "lib" / f"kotlin-{name}.jar" for name in ("compiler", "stdlib")]
    package = importlib.util.find_spec("run_kotlin_kernel")
    if package is None or not package.submodule_search_locations:
        missing("kotlin", "pip install kotlin-jupyter-kernel, or set KOTLIN_HOME")
    return sorted(Path(package.submodule_search_locations[0]).glob("jars/*.jar"))


def compile_kotlin(sources: list[Path], output: Path) -> None:
    """Compile to a jar; a warning is an error."""
    jars = kotlin_jars()
    library = next(jar for jar in jars if jar.name.startswith("kotlin-stdlib"))
    run_java(
        [
            _COMPILER,
            "-no-stdlib",
            "-no-reflect",
            "-Werror",
            "-cp",
            str(library),
            "-d",
            str(output),
            *map(str, sources),
        ],
        jars,
        # One compilation is too short for the second compiler, and for threads that collect.
        ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"),
    )


def run_java(arguments: list[str], jars: list[Path], options: tuple[str, ...] = ()) -> str:
    """What a Java program prints; it must end well."""
    done = start_java(arguments, jars, options)
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def start_java(
    arguments: list[str], jars: list[Path], options: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """Run a Java program to its end."""
    path = os.pathsep.join(map(str, jars))
    command = [str(java_home() / "bin" / "java"), *options, "-cp", path, *arguments]
    return subprocess.run(command, capture_output=True, text=True)
