"""The order of the rooms in pyproject.toml, circles, and how full a folder may be."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[2]
PACKAGES = ("rise_edge", "train", "quantize", "calibration")
MOST_FILES = 12
KOTLIN_API = Path("device/android/rise-edge/src/main/kotlin/org/riseedge")
"""A Kotlin package is one folder, and an app imports one."""
SOURCES = {".py", ".cpp", ".hpp", ".kt", ".swift", ".js"}


def circles(graph: grimp.ImportGraph) -> list[list[str]]:
    """Modules that import each other, directly or through others: Tarjan's strong components."""
    found: list[list[str]] = []
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []

    def visit(module: str) -> None:
        low[module] = index[module] = len(index)
        stack.append(module)
        for other in sorted(graph.find_modules_directly_imported_by(module)):
            if other not in index:
                visit(other)
                low[module] = min(low[module], low[other])
            elif other in stack:
                low[module] = min(low[module], index[other])
        if low[module] == index[module]:
            start = stack.index(module)
            if len(stack) - start > 1:
                found.append(sorted(stack[start:]))
            del stack[start:]

    for module in sorted(graph.modules):
        if module not in index:
            visit(module)
    return found


def test_no_room_imports_one_that_stands_above_it() -> None:
    # A process of its own: import-linter switches off every logger that is there.
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_no_modules_import_each_other() -> None:
    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True, cache_dir=None)
    assert circles(graph) == []


def test_a_circle_is_found() -> None:
    graph = grimp.ImportGraph()
    for importer, imported in (("a", "b"), ("b", "c"), ("c", "b"), ("c", "d")):
        for module in (importer, imported):
            graph.add_module(module)
        graph.add_import(importer=importer, imported=imported)
    assert circles(graph) == [["b", "c"]]


def test_no_folder_is_a_corridor() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    files = [Path(name) for name in listed if "tests" not in Path(name).parts]
    counts = Counter(f.parent for f in files if f.suffix in SOURCES and f.name != "__init__.py")
    del counts[KOTLIN_API]
    full = {str(folder): count for folder, count in counts.items() if count > MOST_FILES}
    assert full == {}
