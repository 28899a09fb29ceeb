"""GitHub's files have the form that GitHub reads, and name what is there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
WORKFLOW = ROOT / ".github" / "workflows" / "test.yml"
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))


@pytest.mark.parametrize(
    ("schema", "paths"),
    [
        ("vendor.github-workflows", [WORKFLOW]),
        ("custom.github-workflows-require-timeout", [WORKFLOW]),
        ("vendor.github-issue-forms", FORMS),
    ],
)
def test_a_file_has_its_schema(schema: str, paths: list[Path]) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema]
    ran = subprocess.run([*command, *map(str, paths)], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def jobs() -> dict[str, dict[str, object]]:
    return dict(YAML(typ="safe").load(WORKFLOW)["jobs"])


def test_the_workflow_runs_every_tier() -> None:
    commands = {name: job["steps"][-1]["run"] for name, job in jobs().items()}
    assert commands == {
        "lint": "make lint",
        "fast": "make test-fast",
        "oldest": "make test-oldest",
        "full": "make test STRICT=1",
        "native": "make test-native STRICT=1",
        "browser": "make test-browser STRICT=1",
    }


def test_the_workflow_runs_targets_that_the_makefile_has() -> None:
    targets = set(re.findall(r"make ([a-z-]+)", WORKFLOW.read_text(encoding="utf-8")))
    rules = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    assert targets <= rules


def test_the_workflow_tests_every_python_that_is_claimed() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    claimed = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', pyproject)
    assert jobs()["fast"]["strategy"]["matrix"]["python"] == claimed


def test_the_workflow_may_only_read() -> None:
    assert YAML(typ="safe").load(WORKFLOW)["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in jobs().values())


def test_each_issue_form_refuses_pictures_of_faces_where_it_could_get_some() -> None:
    for form in FORMS:
        if form.stem != "feature":
            assert "no picture" in form.read_text(encoding="utf-8"), form.name
