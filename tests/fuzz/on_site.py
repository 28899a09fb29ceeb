"""What calibration leaves on a device: a site file, a folder's calibration, what drift saw."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import strategies as st

from rise_edge.cameras.folder.sensor_calibration import read_calibration
from rise_edge.errors import CameraError, OutputError, SiteError, TrustError
from rise_edge.kiosk.drift_history import DriftHistory
from rise_edge.site.drift_detector import DriftWatch, WatchedSession
from rise_edge.site.site_file import read_site, site_path, write_site
from tests.cameras.folder.test_sensor_calibration import calibration
from tests.fuzz.bundles import PINNED, AlteredBundleError
from tests.fuzz.mutations import edited, edits, json_like
from tests.fuzz.target import Target
from tests.site.test_site_file import REFERENCE, site_of
from tests.support.tiny_bundle import write_tiny_bundle
from tests.trust.owner import OWNER


def _texts(sound: bytes) -> st.SearchStrategy[bytes]:
    return st.one_of(json_like(json.loads(sound)), edits.map(lambda made: edited(sound, made)))


def sites(folder: Path) -> Target:
    """A signed site file, read with its owner's key and without one."""
    bundle = write_tiny_bundle(folder / "bundle")
    path = site_path(bundle.path)
    write_site(path, site_of(bundle), OWNER)
    sound = path.read_bytes()

    def run(content: bytes) -> bool:
        path.write_bytes(content)
        try:
            read_site(path, bundle, PINNED)
        except (SiteError, TrustError):
            pass
        else:
            if content != sound:
                raise AlteredBundleError(f"a site file was loaded that was not signed: {content!r}")
        try:
            read_site(path, bundle)
        except (SiteError, TrustError):
            return False
        return True

    return Target("site files", _texts(sound), run)


def calibrations(folder: Path) -> Target:
    """calibration.json of a folder of images."""
    path = folder / "calibration.json"
    sound = calibration().to_json().encode()

    def run(content: bytes) -> bool:
        path.write_bytes(content)
        try:
            read_calibration(path)
        except CameraError:
            return False
        return True

    return Target("calibrations", _texts(sound), run)


def drift_histories(folder: Path) -> Target:
    """The file of --drift-history, read and played over; a line that is left out is refused."""
    path = folder / "drift.jsonl"
    with DriftHistory(path, REFERENCE) as history:
        for level in range(20):
            history.keep(WatchedSession(level % 7 > 0, norm=0.3, infrared_level=level / 3))
    sound = path.read_bytes()
    header, *lines = sound.splitlines(keepends=True)

    def run(content: bytes) -> bool:
        path.write_bytes(content)
        try:
            with DriftHistory(path, REFERENCE) as history:
                watch = DriftWatch(REFERENCE)
                for session in history.past:
                    watch.add(session)
        except OutputError:
            return False
        return len(history.past) == len(content.splitlines()) - 1

    one = json_like(json.loads(lines[1])).map(lambda line: header + line + b"\n")
    return Target("drift histories", one | edits.map(lambda made: edited(sound, made)), run)
