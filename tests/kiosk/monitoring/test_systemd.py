import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from rise_edge import Bundle, Checker
from rise_edge.capture.__main__ import main
from rise_edge.capture.loop import Step, run
from rise_edge.capture.recovery import Attempt
from rise_edge.kiosk.monitoring.systemd import Service
from tests.support.frame_source import FrameSource, visits
from tests.support.happenings import steps_in


class Systemd:
    """The other end of NOTIFY_SOCKET."""

    def __init__(self, address: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + address[1:] if address.startswith("@") else address)
        self.socket.settimeout(0.2)

    def told(self) -> list[str]:
        messages = []
        try:
            while True:
                messages.append(self.socket.recv(1000).decode())
        except TimeoutError:
            return messages


@pytest.fixture
def listen() -> Iterator[Callable[[str], Systemd]]:
    """Opens the other end of a socket, and closes it after the test."""
    with ExitStack() as opened:

        def listening(address: str) -> Systemd:
            systemd = Systemd(address)
            opened.callback(systemd.socket.close)
            return systemd

        yield listening


@pytest.fixture
def steps(tiny_checker: Checker) -> list[Step]:
    return steps_in(run(FrameSource(visits([40])), tiny_checker))


@pytest.mark.parametrize("name", ["{folder}/notify", "@rise-edge-{number}"])
def test_systemd_hears_that_it_is_ready_and_then_that_it_lives(
    listen: Callable[[str], Systemd], tmp_path: Path, steps: list[Step], name: str
) -> None:
    address = name.format(folder=tmp_path, number=threading.get_native_id())
    systemd, now_s = listen(address), iter(range(100))
    service = Service({"NOTIFY_SOCKET": address}, lambda: next(now_s) / 2)
    for step in steps[:5]:
        service.step(step)
    first, *others = systemd.told()
    assert first == "READY=1\nWATCHDOG=1"
    assert set(others) == {"WATCHDOG=1"}


def test_it_is_told_once_a_second_at_most(
    listen: Callable[[str], Systemd], tmp_path: Path, steps: list[Step]
) -> None:
    systemd = listen(str(tmp_path / "notify"))
    service = Service({"NOTIFY_SOCKET": str(tmp_path / "notify")}, lambda: 5.0)
    for step in steps:
        service.step(step)
    assert len(systemd.told()) == 1


def test_a_kiosk_that_recovers_its_camera_lives(
    listen: Callable[[str], Systemd], tmp_path: Path
) -> None:
    systemd = listen(str(tmp_path / "notify"))
    Service({"NOTIFY_SOCKET": str(tmp_path / "notify")}).attempt(Attempt(1, 500, False, "gone"))
    assert systemd.told() == ["WATCHDOG=1"]


def test_without_systemd_or_when_it_is_gone_nothing_happens(
    tmp_path: Path, steps: list[Step]
) -> None:
    Service({}).step(steps[0])
    Service({"NOTIFY_SOCKET": str(tmp_path / "nobody")}).step(steps[0])


def test_the_command_tells_systemd(
    listen: Callable[[str], Systemd],
    tmp_path: Path,
    tiny_bundle: Bundle,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    systemd = listen(str(tmp_path / "notify"))
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    arguments = ["--bundle", str(tiny_bundle.path), "--view", "none", "--seconds", "0.2"]
    assert main(arguments) == 0
    assert systemd.told()[0].startswith("READY=1")
