"""What a camera's folder, an event file and an audit can hold when somebody else wrote it."""

from __future__ import annotations

import io
import json
import sqlite3
from contextlib import closing, redirect_stderr, redirect_stdout
from pathlib import Path

from hypothesis import strategies as st

from rise_edge.cameras.folder.camera import FolderCamera, write_folder
from rise_edge.cameras.folder.description import FILE_NAME
from rise_edge.capture.events import EventWriter
from rise_edge.errors import AuditError, CameraError
from rise_edge.kiosk.audit.command import main as audit_command
from rise_edge.kiosk.audit.query import Selection, records
from rise_edge.kiosk.audit.record import COLUMNS
from tests.fuzz.mutations import edited, edits, json_like
from tests.fuzz.target import Target
from tests.kiosk.audit.audits import record, write_audit
from tests.support.frame_source import visits


def _folder(folder: Path) -> Path:
    path = folder / "images"
    frames = [next(iter(visits([40])))]
    write_folder(frames, path)
    return path


def _plays(path: Path) -> bool:
    try:
        with FolderCamera(path) as camera:
            while camera.read() is not None:
                pass
    except CameraError:
        return False
    return True


def metadata(folder: Path) -> Target:
    """camera.json of a folder of images."""
    path = _folder(folder)
    sound = (path / FILE_NAME).read_bytes()
    texts = st.one_of(
        json_like(json.loads(sound)), edits.map(lambda changes: edited(sound, changes))
    )

    def run(content: bytes) -> bool:
        (path / FILE_NAME).write_bytes(content)
        return _plays(path)

    return Target("camera.json", texts, run)


def images(folder: Path) -> Target:
    """The images of such a folder."""
    path = _folder(folder)
    sound = {image: image.read_bytes() for image in sorted(path.glob("*/*.png"))}

    def run(example: tuple[Path, list]) -> bool:
        image, changes = example
        image.write_bytes(edited(sound[image], changes))
        try:
            return _plays(path)
        finally:
            image.write_bytes(sound[image])

    return Target("images", st.tuples(st.sampled_from(list(sound)), edits), run)


def events(folder: Path) -> Target:
    """Event files that end anywhere: what is written after it is a line of its own."""
    path = folder / "events.jsonl"
    with EventWriter(str(path)) as writer:
        writer.write("session", {"verdict": "LIVE", "detail": "[/x]\u2028"})
    sound = path.read_bytes() * 3

    def run(changes: list) -> bool:
        path.write_bytes(edited(sound, changes))
        with EventWriter(str(path)) as writer:
            writer.write("started", {"verdict": None})
        last = path.read_bytes().split(b"\n")[-2]
        assert json.loads(last)["event"] == "started", last
        return True

    return Target("event files", edits, run)


def audit_rows(folder: Path) -> Target:
    """Rows of an audit with values that no kiosk writes."""
    path = write_audit(folder / "audit.db", *(record(number) for number in range(1, 4)))
    sound = _one_file(path)
    values = st.one_of(
        st.none(),
        st.integers(-(2**63), 2**63 - 1),
        st.floats(),
        st.text(max_size=20),
        st.binary(max_size=20),
        st.sampled_from(["[/x]", "[bold", "\x1b[2J", "=1+1"]),
    )

    def run(example: tuple[str, object]) -> bool:
        column, value = example
        path.write_bytes(sound)
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            # The file's own rules bind nobody who writes it with another program.
            connection.execute("PRAGMA ignore_check_constraints = ON")
            try:
                connection.execute(
                    f"UPDATE OR IGNORE sessions SET {column} = ? WHERE id = 2",
                    [
                        value.encode("utf-8", "replace").decode()
                        if isinstance(value, str)
                        else value
                    ],
                )
            except sqlite3.IntegrityError:
                return False
        return _shown(path)

    return Target("audit rows", st.tuples(st.sampled_from(COLUMNS), values), run)


def audit_files(folder: Path) -> Target:
    """Audits that are damaged anywhere."""
    path = write_audit(folder / "audit.db", *(record(number) for number in range(1, 30)))
    sound = _one_file(path)

    def run(changes: list) -> bool:
        path.write_bytes(edited(sound, changes))
        return _shown(path)

    return Target("audit files", edits, run)


def _one_file(path: Path) -> bytes:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    return path.read_bytes()


def _shown(path: Path) -> bool:
    """Whether an audit is listed and exported; if not, it is refused as damaged."""
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        codes = {
            audit_command(["list", str(path)]),
            audit_command(["export", str(path), "--format", "csv"]),
            audit_command(["export", str(path), "--format", "jsonl"]),
        }
    assert codes <= {0, AuditError.exit_code}, codes
    try:
        list(records(path, Selection()))
    except AuditError:
        return False
    return True
