import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import cv2
import pytest

import rise_edge
from rise_edge import Bundle, BundleError, CameraError
from rise_edge.bundle.set_report import read_set_report
from rise_edge.cameras import write_folder
from rise_edge.capture.__main__ import main
from rise_edge.capture.listener import Listener
from rise_edge.capture.loop import Step
from rise_edge.checks.colour_alone import colour_alone_figures
from rise_edge.errors import OutputError
from rise_edge.kiosk.snapshots import EvidenceFolder
from tests.kiosk.audit.audits import rows
from tests.kiosk.web.asking import ask
from tests.support.frame_source import visits
from tests.support.opinion_models import write_opinion
from tests.support.tiny_bundle import tiny_model, write_tiny_bundle

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(two_visits: Path) -> Path:
    """A folder of images, to be read: one person, then one attack."""
    return two_visits


@pytest.fixture
def own_folder(two_visits: Path, tmp_path: Path) -> Path:
    """The same images, to be altered."""
    return Path(shutil.copytree(two_visits, tmp_path / "images"))


def events_of(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_folder_plays_through_to_events(
    folder: Path, tiny_bundle: Bundle, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(
        [
            "--camera",
            str(folder),
            "--bundle",
            str(tiny_bundle.path),
            "--view",
            "none",
            "--events",
            "-",
        ]
    )
    events = events_of(capsys.readouterr().out)
    assert code == 0
    assert [e["event"] for e in events] == ["started", "session", "session", "stopped"]
    assert [e.get("verdict") for e in events[1:3]] == ["LIVE", "SPOOF"]
    assert events[0]["bundle"]["notice"] == "a test bundle that learned nothing"
    assert events[-1]["cause"] == "ended"
    assert events[-1]["verdicts"] == {"LIVE": 1, "SPOOF": 1}


def test_a_folder_without_sensors_is_warned_of_once_and_in_its_event(
    own_folder: Path,
    tiny_bundle: Bundle,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    arguments = [
        "--camera",
        str(own_folder),
        "--bundle",
        str(tiny_bundle.path),
        "--view",
        "none",
        "--events",
        "-",
    ]
    assert main(arguments) == 0
    assert "warning" not in events_of(capsys.readouterr().out)[0]["camera"]
    assert "60 degrees" not in caplog.text
    (own_folder / "camera.json").unlink()
    assert main(arguments) == 0
    started = events_of(capsys.readouterr().out)[0]
    assert "60 degrees" in started["camera"]["warning"]
    assert caplog.text.count("60 degrees") == 1


def test_depth_in_another_unit_is_an_event_and_a_line(
    own_folder: Path,
    tiny_bundle: Bundle,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    description = json.loads((own_folder / "camera.json").read_text())
    (own_folder / "camera.json").write_text(json.dumps({**description, "depth_scale": 5}))
    assert (
        main(
            [
                "--camera",
                str(own_folder),
                "--bundle",
                str(tiny_bundle.path),
                "--view",
                "none",
                "--events",
                "-",
            ]
        )
        == 0
    )
    hints = [e for e in events_of(capsys.readouterr().out) if e["event"] == "hint"]
    assert [hint["kind"] for hint in hints] == ["depth_scale"]
    assert caplog.text.count(hints[0]["text"]) == 1


def failing(error: BaseException) -> type[Listener]:
    """A listener that raises at the fourth frame, in the middle of a session."""

    class Failing(Listener):
        frames = 0

        def step(self, step: Step) -> None:
            self.frames += 1
            if self.frames == 4:
                raise error

    return Failing


@pytest.mark.parametrize(
    ("error", "code", "last"),
    [(KeyboardInterrupt(), 0, "stopped"), (OutputError("disk full"), 6, "session")],
    ids=["interrupt", "error"],
)
def test_the_open_session_is_written_whatever_a_listener_raises(
    error: BaseException,
    code: int,
    last: str,
    folder: Path,
    tiny_bundle: Bundle,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("rise_edge.kiosk.kiosk.Service", failing(error))
    audit = tmp_path / "audit.db"
    assert (
        main(
            [
                "--camera",
                str(folder),
                "--model",
                str(tiny_bundle.path),
                "--view",
                "none",
                "--events",
                "-",
                "--audit",
                str(audit),
            ]
        )
        == code
    )
    events = events_of(capsys.readouterr().out)
    assert [e.get("reason") for e in events if e["event"] == "session"] == ["ended"]
    assert events[-1]["event"] == last
    assert rows(audit, "verdict, reason") == [("UNDECIDED", "ended")]


def test_the_session_that_the_last_counted_frame_ended_is_written(
    folder: Path, tiny_bundle: Bundle, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        main(
            [
                "--camera",
                str(folder),
                "--model",
                str(tiny_bundle.path),
                "--view",
                "none",
                "--events",
                "-",
                "--sessions",
                "1",
            ]
        )
        == 0
    )
    events = events_of(capsys.readouterr().out)
    assert [e.get("verdict") for e in events] == [None, "LIVE", None]
    assert events[-1]["cause"] == "sessions"


def test_an_image_of_another_size_ends_a_folder(
    own_folder: Path, tiny_bundle: Bundle, capsys: pytest.CaptureFixture[str]
) -> None:
    path = own_folder / "colour/000005.png"
    cv2.imwrite(str(path), cv2.imread(str(path))[:, 1:])
    code = main(
        [
            "--camera",
            str(own_folder),
            "--bundle",
            str(tiny_bundle.path),
            "--view",
            "none",
            "--events",
            "-",
        ]
    )
    captured = capsys.readouterr()
    events = events_of(captured.out)
    assert code == CameraError.exit_code
    assert [e.get("reason") for e in events if e["event"] == "session"] == ["ended"]
    assert events[-1]["cause"] == "unusable_image"
    assert "000005.png" in captured.err


def test_the_folder_one_is_in_has_its_name(
    folder: Path,
    tiny_bundle: Bundle,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(folder)
    assert (
        main(
            ["--camera", ".", "--bundle", str(tiny_bundle.path), "--view", "none", "--events", "-"]
        )
        == 0
    )
    assert events_of(capsys.readouterr().out)[0]["camera"]["name"] == "images"


def test_the_bundles_report_of_the_chosen_set_is_told_at_the_start(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        main(
            [
                "--camera",
                str(folder),
                "--modalities",
                "colour",
                "--view",
                "none",
                "--events",
                "-",
                "--sessions",
                "1",
            ]
        )
        == 0
    )
    captured = capsys.readouterr()
    started = events_of(captured.out)[0]
    expected = read_set_report(rise_edge.load().bundle, "onnx", "colour")
    assert expected is not None
    worst = expected.apcer[expected.worst]
    assert started["set_report"]["worst_apcer"]["species"] == expected.worst
    assert started["set_report"]["bpcer"]["rate"] == expected.bpcer.rate
    assert any(f"accepts {worst.rate:.0%}" in x for x in started["bundle"]["warnings"])
    assert f"worst APCER {worst}" in captured.err


@pytest.mark.parametrize("accepting", [[], ["--accept-colour-alone"]])
def test_colour_alone_decides_only_where_it_is_accepted_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], accepting: list[str]
) -> None:
    # So far apart that no reading tells much of the next, whatever the bundle's scatter.
    folder = tmp_path / "images"
    write_folder(visits([40, 90], every=6), folder)
    assert (
        main(
            [
                "--camera",
                str(folder),
                "--modalities",
                "colour",
                "--view",
                "none",
                "--events",
                "-",
                *accepting,
            ]
        )
        == 0
    )
    captured = capsys.readouterr()
    started, *sessions, _ = events_of(captured.out)
    verdict = ("LIVE", None) if accepting else ("UNDECIDED", "colour_alone")
    assert [(session["verdict"], session["reason"]) for session in sessions] == [verdict] * 2
    assert started["colour_alone"]["accepted"] == bool(accepting)
    assert started["colour_alone"]["auc"] == colour_alone_figures().auc
    assert str(colour_alone_figures()) in started["bundle"]["warnings"]


def test_colour_alone_cannot_be_accepted_where_more_is_required(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--accept-colour-alone"])
    assert ended.value.code == 2
    assert "--accept-colour-alone requires --modalities colour" in capsys.readouterr().err


def test_a_second_opinion_may_deny_and_is_told_of(
    folder: Path, tiny_bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lets, denies = (
        write_opinion(tmp_path, name, threshold=limit)
        for name, limit in (("lets", 0.999), ("denies", 0.0))
    )
    for models, verdicts in (([lets], ["LIVE", "SPOOF"]), ([lets, denies], ["SPOOF", "SPOOF"])):
        asked = [word for model in models for word in ("--second-opinion", str(model))]
        assert (
            main(
                [
                    "--camera",
                    str(folder),
                    "--bundle",
                    str(tiny_bundle.path),
                    "--view",
                    "none",
                    "--events",
                    "-",
                    *asked,
                ]
            )
            == 0
        )
        captured = capsys.readouterr()
        started, *sessions, _ = events_of(captured.out)
        assert [session["verdict"] for session in sessions] == verdicts
        assert [one["family"] for one in started["second_opinion"]] == [m.stem for m in models]
        assert "may only deny: lets" in captured.err


def test_a_second_opinion_that_cannot_be_had_ends_the_program(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--second-opinion", str(tmp_path / "nowhere.onnx"), "--view", "none"]) == 12
    assert "nowhere" in capsys.readouterr().err


def test_a_folder_whose_name_is_no_text_is_judged_and_recorded(
    own_folder: Path, tiny_bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = os.fsencode(tmp_path) + b"/pr\xfcf"
    try:
        os.rename(own_folder, odd)
    except OSError:
        pytest.skip("this file system takes no such name")
    audit = tmp_path / "audit.db"
    assert (
        main(
            [
                "--camera",
                os.fsdecode(odd),
                "--bundle",
                str(tiny_bundle.path),
                "--view",
                "none",
                "--events",
                "-",
                "--audit",
                str(audit),
            ]
        )
        == 0
    )
    started, *sessions, stopped = events_of(capsys.readouterr().out)
    assert started["camera"]["name"] == "pr\N{REPLACEMENT CHARACTER}f"
    assert [session["verdict"] for session in sessions] == ["LIVE", "SPOOF"]
    assert stopped["audit_failures"] == 0


def capture_with(shell: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "rise_edge.capture", *arguments]
    return subprocess.run(
        ["sh", "-c", f'exec "$@" {shell}', "sh", *command], capture_output=True, text=True
    )


def test_with_standard_error_closed_nothing_but_events_is_on_standard_output(
    folder: Path, tiny_bundle: Bundle
) -> None:
    done = capture_with(
        "2>&-",
        "--camera",
        str(folder),
        "--bundle",
        str(tiny_bundle.path),
        "--events",
        "-",
        "--monitor",
        "0",
    )
    assert done.returncode == 0
    kinds = [event["event"] for event in events_of(done.stdout)]
    assert kinds == ["started", "session", "session", "stopped"]


def test_events_to_a_closed_standard_output_are_an_error_of_output(
    folder: Path, tiny_bundle: Bundle
) -> None:
    done = capture_with(
        ">&-",
        "--camera",
        str(folder),
        "--bundle",
        str(tiny_bundle.path),
        "--view",
        "none",
        "--events",
        "-",
    )
    assert done.returncode == 6
    assert "standard output" in done.stderr


def test_with_a_pinned_key_only_its_owners_bundle_is_used(
    folder: Path, tiny_bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("cryptography", reason="needs the extra trust")
    from rise_edge.bundle.sign import sign_bundle
    from tests.trust.owner import OWNER, write_keys

    _, public = write_keys(tmp_path)
    arguments = [
        "--camera",
        str(folder),
        "--bundle",
        str(tiny_bundle.path),
        "--view",
        "none",
        "--events",
        "-",
        "--public-key",
        str(public),
    ]
    assert main(arguments) == 10
    said = capsys.readouterr()
    assert said.out == ""
    assert "expected manifest.sig" in said.err
    sign_bundle(tiny_bundle.path, OWNER, version=3)
    assert main([*arguments, "--min-version", "3"]) == 0
    started = events_of(capsys.readouterr().out)[0]["bundle"]
    assert started["version"] == 3
    assert started["signed_by"] == OWNER.public_key().public_bytes_raw().hex()
    assert main([*arguments, "--min-version", "4"]) == 10
    assert "expected version 4 or later, got 3" in capsys.readouterr().err


def test_what_is_printed_as_a_configuration_runs_the_same(
    folder: Path,
    tiny_bundle: Bundle,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(folder.parent)
    flags = [
        "--camera",
        folder.name,
        "--bundle",
        str(tiny_bundle.path),
        "--view",
        "none",
        "--events",
        "-",
    ]
    assert main([*flags, "--print-config"]) == 0
    (tmp_path / "kiosk.toml").write_text(capsys.readouterr().out, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["--config", "kiosk.toml", "--sessions", "1"]) == 0
    events = events_of(capsys.readouterr().out)
    assert [e["event"] for e in events] == ["started", "session", "stopped"]
    assert events[0]["camera"]["name"] == folder.name


def test_a_min_version_without_a_key_is_a_wrong_argument(folder: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--camera", str(folder), "--min-version", "3"])
    assert ended.value.code == 2


def test_it_stops_after_the_asked_sessions(
    folder: Path, tiny_bundle: Bundle, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(
        [
            "--camera",
            str(folder),
            "--bundle",
            str(tiny_bundle.path),
            "--sessions",
            "1",
            "--events",
            "-",
            "--pace",
            "fast",
        ]
    )
    captured = capsys.readouterr()
    events = events_of(captured.out)
    assert code == 0
    assert [e["event"] for e in events] == ["started", "session", "stopped"]
    assert events[-1]["cause"] == "sessions"
    assert "session   1  LIVE" in captured.err


def test_a_broken_model_gives_no_live(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = write_tiny_bundle(tmp_path / "broken", model=tiny_model(float("nan")))
    code = main(
        ["--camera", str(folder), "--bundle", str(broken.path), "--events", "-", "--view", "none"]
    )
    verdicts = [e["verdict"] for e in events_of(capsys.readouterr().out) if "verdict" in e]
    assert code == 0
    assert set(verdicts) == {"UNDECIDED"}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--camera", "realsense"], 3, "--camera simulated"),
        (["--camera", "nowhere.db3"], 3, "nowhere.db3"),
        (["--camera", "simulated", "--bundle", "nowhere"], 4, "expected a model bundle folder"),
        (["--camera", "simulated", "--events", "/nowhere/x"], 6, "cannot write events"),
    ],
)
def test_each_failure_is_one_line_and_its_own_exit_code(
    arguments: list[str],
    code: int,
    message: str,
    tiny_bundle: Bundle,
    capsys: pytest.CaptureFixture[str],
) -> None:
    start = monotonic()
    defaults = [] if "--bundle" in arguments else ["--bundle", str(tiny_bundle.path)]
    assert main([*defaults, *arguments]) == code
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error:")]
    assert len(lines) == 1
    assert message in lines[0]
    assert monotonic() - start < 5


@pytest.mark.parametrize(
    "arguments",
    [
        ["--sessions", "0"],
        ["--seconds", "-1"],
        ["--modalities", "depth"],
        ["--view", "x"],
        ["--monitor", "x"],
        ["--keep", "live"],
        ["--keep-days", "0"],
        ["--keep-mb", "0"],
    ],
)
def test_wrong_arguments_are_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_cleanly(
    number: signal.Signals, folder: Path, tiny_bundle: Bundle, tmp_path: Path
) -> None:
    events = tmp_path / "events.jsonl"
    command = [
        sys.executable,
        "-m",
        "rise_edge.capture",
        "--camera",
        str(folder),
        "--bundle",
        str(tiny_bundle.path),
        "--pace",
        "real",
        "--events",
        str(events),
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    deadline = monotonic() + 20
    while monotonic() < deadline and '"session"' not in (
        events.read_text() if events.exists() else ""
    ):
        sleep(0.05)
    os.kill(process.pid, number)
    _, error = process.communicate(timeout=20)
    assert process.returncode == 0, error
    assert b"Traceback" not in error
    assert events_of(events.read_text())[-1]["cause"] == "interrupted"


def test_a_runtime_that_the_bundle_has_no_model_for_is_an_error_of_the_bundle(
    tiny_bundle: Bundle, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = ["--bundle", str(tiny_bundle.path), "--runtime", "executorch", "--view", "none"]
    assert main(flags) == BundleError.exit_code
    assert "model.pte" in capsys.readouterr().err


def test_instructions_are_told_in_the_asked_language(
    folder: Path, tiny_bundle: Bundle, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(
        [
            "--camera",
            str(folder),
            "--bundle",
            str(tiny_bundle.path),
            "--view",
            "none",
            "--events",
            "-",
            "--language",
            "de",
        ]
    )
    started, first, *_ = events_of(capsys.readouterr().out)
    assert code == 0
    assert started["language"] == "de"
    assert first["instruction"] is None, "nothing is asked of a person who was judged"


def test_an_unknown_language_is_one_clear_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--language", "xx", "--view", "none"]) == 2
    assert "expected a language among de, en" in capsys.readouterr().err


def test_the_monitor_is_served_while_the_camera_is_watched() -> None:
    command = [
        sys.executable,
        "-m",
        "rise_edge.capture",
        "--view",
        "none",
        "--pace",
        "real",
        "--monitor",
        "0",
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    said = next(line for line in process.stderr if line.startswith("monitor: "))
    health, metrics = said.split()[1:]
    assert health.startswith("http://127.0.0.1:")
    deadline = monotonic() + 20
    while "no frame yet" in ask(health).text and monotonic() < deadline:
        sleep(0.05)
    assert json.loads(ask(health).text)["seconds_without_frame"] < 20
    counted = next(x for x in ask(metrics).text.splitlines() if x.startswith("rise_edge_frames_t"))
    assert float(counted.split()[1]) > 0
    process.terminate()
    _, error = process.communicate(timeout=20)
    assert process.returncode == 0, error


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (
            ["--monitor", "0", "--web-token-file", "/nowhere/token"],
            "cannot read the token file",
        ),
        (["--monitor", "192.0.2.1:80", "--web-token-file", "TOKEN"], "cannot listen on"),
    ],
)
def test_a_monitor_that_cannot_be_served_is_one_clear_error(
    flags: list[str],
    message: str,
    tiny_bundle: Bundle,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    token = tmp_path / "token"
    token.write_text("a-token-of-the-tests")
    token.chmod(0o600)
    flags = [str(token) if flag == "TOKEN" else flag for flag in flags]
    assert main(["--bundle", str(tiny_bundle.path), "--view", "none", *flags]) == 9
    errors = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error:")]
    assert len(errors) == 1
    assert message in errors[0]


def keep(folder: Path, bundle: Bundle, *flags: str) -> int:
    return main(
        [
            "--camera",
            str(folder),
            "--bundle",
            str(bundle.path),
            "--view",
            "none",
            "--events",
            "-",
            *flags,
        ]
    )


def test_no_picture_is_kept_unless_it_is_asked_for(
    folder: Path, tiny_bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(tmp_path.rglob("*"))
    assert keep(folder, tiny_bundle) == 0
    assert sorted(tmp_path.rglob("*")) == before
    assert events_of(capsys.readouterr().out)[0]["evidence"] is None


def test_evidence_is_kept_under_the_run_and_the_session_that_the_audit_has(
    folder: Path, tiny_bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evidence = tmp_path / "evidence"
    audit = str(tmp_path / "audit.db")
    assert keep(folder, tiny_bundle, "--keep-evidence", str(evidence), "--audit", audit) == 0
    started, *_, stopped = events_of(capsys.readouterr().out)
    run = started["audit"]["run"]
    assert started["evidence"] == {"folder": str(evidence), "run": run}
    assert [path.name.split("Z-")[1] for path in evidence.glob("*.zip")] == [
        f"{run}-000002-SPOOF.zip"
    ]
    assert stopped["evidence_failures"] == 0


def test_evidence_that_is_not_kept_is_an_event_and_stops_nothing(
    folder: Path,
    tiny_bundle: Bundle,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    evidence = tmp_path / "evidence"
    opened = EvidenceFolder.__init__

    def open_and_lose(self: EvidenceFolder, *arguments: object) -> None:
        opened(self, *arguments)  # type: ignore[arg-type]
        self.path.rename(tmp_path / "unmounted")

    monkeypatch.setattr(EvidenceFolder, "__init__", open_and_lose)
    assert keep(folder, tiny_bundle, "--keep-evidence", str(evidence), "--keep", "all") == 0
    events = events_of(capsys.readouterr().out)
    assert [e["verdict"] for e in events if e["event"] == "session"] == ["LIVE", "SPOOF"]
    failures = [e for e in events if e["event"] == "evidence_failed"]
    assert [e["session"] for e in failures] == [1, 2]
    assert all("was the folder removed, or its disk unmounted?" in e["error"] for e in failures)
    assert events[-1]["evidence_failures"] == 2


def test_a_folder_of_somebody_else_s_files_is_refused_before_anything_runs(
    folder: Path, tiny_bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert keep(folder, tiny_bundle, "--keep-evidence", str(tmp_path)) == 6
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "expected an empty folder, or one that has kept evidence before" in captured.err
