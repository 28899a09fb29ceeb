import json
import re
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest
from websockets.sync.client import connect

from rise_edge import Bundle, Checker
from rise_edge.cameras import write_folder
from rise_edge.capture.__main__ import main
from rise_edge.errors import MissingExtraError, WebError
from rise_edge.kiosk.monitoring.health import Health
from rise_edge.kiosk.open_view import open_view
from rise_edge.kiosk.web.server import Address
from rise_edge.kiosk.web.web_view import WebView
from tests.kiosk.web.asking import TOKEN, ask
from tests.kiosk.web.watching import ServedView, watch
from tests.kiosk.web.watching import ask as ask_socket
from tests.support.frame_source import FrameSource, visits


def test_it_is_opened_by_name_and_says_where_it_is(
    web_checker: Checker, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_view(
        "web", FrameSource([]), web_checker, address=Address(port=0), health=Health()
    ) as view:
        assert isinstance(view, WebView)
        port = view.address.port
        assert ask(view.address.url()).status == 200
    said = capsys.readouterr().err.splitlines()
    assert said == [
        f"person: http://127.0.0.1:{port}/",
        f"operator: http://127.0.0.1:{port}/operator",
    ]


def test_the_token_is_never_printed(
    web_checker: Checker, capsys: pytest.CaptureFixture[str]
) -> None:
    address = Address("0.0.0.0", 0)
    with ServedView(web_checker, address=address, token=TOKEN):
        said = capsys.readouterr().err
    assert TOKEN not in said
    assert "/operator?token=TOKEN" in said
    assert "0.0.0.0" not in said, "no browser can open that"


def test_without_its_extra_it_names_it(
    web_checker: Checker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "starlette", None)
    with pytest.raises(MissingExtraError, match=r"pip install rise-edge\[web\]"):
        ServedView(web_checker)


@pytest.mark.serial
def test_it_stops_soon_though_clients_watch(web_checker: Checker) -> None:
    with ServedView(web_checker) as view:
        client = watch(view, close_timeout=0.1).__enter__()
        ask_socket(client)
        start = monotonic()
    assert monotonic() - start < 2
    client.__exit__(None, None, None)


def test_a_program_that_shows_no_page_loads_no_server() -> None:
    code = (
        "import sys; from rise_edge.capture.__main__ import main; "
        "main(['--camera', 'nowhere.db3', '--view', 'none']); "
        "print([m for m in ('starlette', 'uvicorn', 'websockets', 'asyncio') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--view", "web", "--web", "0.0.0.0:8350"], "--web-token-file FILE"),
        (["--view", "web", "--web", "here"], "expected PORT or HOST:PORT"),
        (["--web", "8350"], "--view web"),
        (["--view", "web", "--web-origin", "https://door.example"], "--web-token-file FILE"),
        (["--view", "web", "--web-origin", "door.example"], "an origin like https://HOST"),
        (["--view", "none", "--web-token-file", "x"], "--monitor"),
        (["--monitor", "0.0.0.0:0"], "--web-token-file FILE"),
        (["--keep", "all"], "--keep-evidence DIR"),
    ],
)
def test_arguments_that_do_not_go_together_are_refused(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert message in capsys.readouterr().err


def test_a_token_file_that_others_can_read_ends_the_program_at_the_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "token"
    path.write_text(TOKEN)
    path.chmod(0o644)
    assert main(["--view", "web", "--web-token-file", str(path)]) == WebError.exit_code
    assert "chmod 600" in capsys.readouterr().err


@pytest.mark.serial
@pytest.mark.slow
def test_the_command_serves_what_a_camera_sees_to_who_has_the_token(
    tmp_path: Path, tiny_bundle: Bundle
) -> None:
    write_folder(visits([40, 90, 40]), tmp_path / "images")
    token = tmp_path / "token"
    token.write_text(TOKEN + "\n")
    token.chmod(0o600)
    command = [
        sys.executable,
        "-m",
        "rise_edge.capture",
        "--camera",
        str(tmp_path / "images"),
        "--bundle",
        str(tiny_bundle.path),
        "--view",
        "web",
        "--web",
        "0",
        "--monitor",
        "0",
        "--web-token-file",
        str(token),
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        lines = iter(process.stderr.readline, "")
        monitor = address_in(next(line for line in lines if line.startswith("monitor: ")))
        url = address_in(next(line for line in lines if line.startswith("person: ")))
        assert ask(url).status == 403
        assert ask(f"{url}/?token={TOKEN}").status == 200
        headers = {"Authorization": f"Bearer {TOKEN}"}
        told: set[str] = set()
        pages = url.replace("http", "ws")
        with connect(pages + "/ws/operator", additional_headers=headers) as client:
            shown = ask_socket(client).state["health"]
            answered = json.loads(ask(monitor + "/health", **headers).text)
            assert set(shown) == set(answered)
        with connect(pages + "/ws/person", additional_headers=headers) as client:
            end_s = monotonic() + 10
            while monotonic() < end_s and not {"passed", "refused"} <= told:
                told.add(ask_socket(client).state["told"])
                sleep(0.01)
        assert {"checking", "passed", "refused"} <= told
    finally:
        process.terminate()
        process.communicate(timeout=10)
    assert process.returncode == 0


def address_in(line: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:\d+", line)
    assert found, line
    return found[0]
