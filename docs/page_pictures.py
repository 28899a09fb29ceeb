"""Make the guides' pictures of pages: `python docs/page_pictures.py FOLDER [NAME ...]`.

They are the real pages in Chromium, over the real loop: simulated sessions, judged by the shipped
bundle. It needs `pip install -e '.[web]' playwright`, Chromium and, for web.jpg, npm.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import repeat
from pathlib import Path
from time import sleep
from typing import Any

import cv2
import numpy as np

import rise_edge
from rise_edge.bundle.bundle import default_bundle_path
from rise_edge.capture import SessionEnded, Step, open_camera, run
from rise_edge.capture.listener import Listener, Listeners
from rise_edge.checker import Checker
from rise_edge.decision.verdict import Reason
from rise_edge.errors import MissingExtraError
from rise_edge.guidance import load_guide
from rise_edge.kiosk.monitoring.health import Health
from rise_edge.kiosk.web.server import Address
from rise_edge.kiosk.web.web_view import WebView
from rise_edge.simulator import Presentation

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "device" / "web"))

LAPTOP, PHONE = (1280, 900), (390, 800)
_PLACES = {Reason.TOO_FAR, Reason.OUT_OF_FRAME, Reason.OFF_CENTRE}
Browser = Any
Page = Any


def page_person(browser: Browser) -> np.ndarray:
    """An instruction to somebody who walks up, and the result: 1296x400."""
    guide = load_guide()
    with _kiosk(rise_edge.load(), seed=3) as kiosk, browser.new_page() as page:
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(kiosk.view.address.url())
        seen = list(_until_live(kiosk.loop))
        steps = [one for one in seen if isinstance(one, Step)]
        early = next(step for step in reversed(steps) if _is_badly_placed(step))
        # Somebody who stays there is told so, and the oval takes its size picture by picture.
        told = guide.instruction(early.observation.verdict)
        kiosk.hold(replace(early, ends_session=False, instruction=told, session=1), seconds=2.0)
        page.wait_for_function(
            "told => document.querySelector('#headline').textContent === told", arg=told
        )
        instructed = _half(_shot(page))
        kiosk.play(seen[-21:])  # twenty frames and the end of their session
        page.wait_for_selector("body[data-told=passed]")
        return _beside([instructed, _half(_shot(page))])


def _until_live(loop: Iterator[Step | SessionEnded]) -> Iterator[Step | SessionEnded]:
    for happened in loop:
        yield happened
        if isinstance(happened, SessionEnded) and happened.event.verdict == "LIVE":
            return


def _is_badly_placed(step: Step) -> bool:
    truth, reason = step.frame.truth, step.observation.verdict.reason
    return reason in _PLACES and truth is not None and truth.bona_fide


def page_operator(browser: Browser) -> np.ndarray:
    """Three sessions, and a face that is being read: 1280 wide."""
    with _kiosk(rise_edge.load(), seed=3) as kiosk, browser.new_page() as page:
        return _operator(page, kiosk, sessions=3)


def web(browser: Browser) -> np.ndarray:
    """The page of device/web: a person on a laptop, and on a phone an attack."""
    from serve import DEFAULT_BUNDLE, page_server

    seen = []
    with page_server(DEFAULT_BUNDLE) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for size, species in ((LAPTOP, "bona_fide"), (PHONE, "replay_lcd")):
            one = Presentation(4003, domain="office", species=species, subject=400_003)
            colour = one.frame_at(one.presented_ms).colour
            assert colour is not None
            png = cv2.imencode(".png", np.ascontiguousarray(colour.pixels[..., ::-1]))[1].tobytes()
            with browser.new_page() as page:
                page.set_viewport_size({"width": size[0], "height": size[1]})
                page.goto(server.url)
                page.wait_for_selector("body[data-state=ready]", timeout=120_000)
                page.check("#accept")
                file = {"name": "face.png", "mimeType": "image/png", "buffer": png}
                page.set_input_files("#file", files=[file])
                page.wait_for_selector("body[data-read]")
                seen.append(_shot(page)[: PHONE[1]])
        server.shutdown()
    return _beside(seen)


PICTURES: dict[str, Callable[[Browser], np.ndarray]] = {
    "page_person.jpg": page_person,
    "page_operator.jpg": page_operator,
    "web.jpg": web,
}


def make(folder: Path, names: Sequence[str] = tuple(PICTURES)) -> dict[str, dict[str, str]]:
    """Write pictures of pages into a folder.

    Args:
        folder: existing folder.
        names: keys of `PICTURES`.

    Returns:
        File name -> identity of the bundle that it shows, and the command that makes it.

    Raises:
        MissingExtraError: Playwright or Chromium is not installed.
    """
    identity = rise_edge.open_bundle(default_bundle_path()).identity
    with _chromium() as browser:
        for name in names:
            cv2.imwrite(str(folder / name), PICTURES[name](browser), [cv2.IMWRITE_JPEG_QUALITY, 88])
            print(f"{name}: made", flush=True)
    command = "python docs/page_pictures.py docs/pictures"
    return {name: {"bundle": identity, "command": f"{command} {name}"} for name in names}


@contextmanager
def _chromium() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        raise MissingExtraError("pages need Playwright; run `pip install playwright`") from None
    if program is None:
        raise MissingExtraError("pages need Chromium; run `apt-get install chromium`")
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass(frozen=True)
class _Kiosk:
    """The kiosk's pages, and its loop at the speed of the simulator, which shows nothing itself."""

    view: WebView
    health: Health
    loop: Iterator[Step | SessionEnded]
    listener: Listener

    def play(self, seen: Iterable[Step | SessionEnded]) -> None:
        """Tell what the loop yielded at the pace of a camera."""
        for happened in seen:
            self.listener.hear(happened)
            if isinstance(happened, Step) and not happened.ends_session:
                sleep(1 / 30)

    def hold(self, step: Step, seconds: float) -> None:
        """Show one frame for a while, as if nothing moved."""
        self.play(repeat(step, round(seconds * 30)))


@contextmanager
def _kiosk(checker: Checker, seed: int) -> Iterator[_Kiosk]:
    health, guide = Health(), load_guide()
    with open_camera("simulated", seed=seed) as camera:
        view = WebView(camera, checker, guide, Address(port=0), health)
        with view:
            loop = run(camera, checker, guide=guide)
            yield _Kiosk(view, health, loop, Listeners(health, view))
            loop.close()


def _operator(page: Page, kiosk: _Kiosk, sessions: int) -> np.ndarray:
    """The page after some more sessions, while the next face is read."""
    page.set_viewport_size({"width": LAPTOP[0], "height": LAPTOP[1]})
    page.goto(kiosk.view.address.url("/operator"))
    seen: list[Step | SessionEnded] = []
    ended, readings = 0, 0
    for happened in kiosk.loop:
        seen.append(happened)
        if isinstance(happened, SessionEnded):
            ended += 1
        elif ended >= sessions:
            readings += happened.observation.verdict.reading is not None
        if readings == 10:
            break
    kiosk.play(seen)
    return _shot(page, full_page=True)


def _shot(page: Page, full_page: bool = False) -> np.ndarray:
    png = np.frombuffer(page.screenshot(full_page=full_page), np.uint8)
    return cv2.imdecode(png, cv2.IMREAD_COLOR)


def _half(pixels: np.ndarray) -> np.ndarray:
    return cv2.resize(pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)


def _beside(pictures: Sequence[np.ndarray]) -> np.ndarray:
    """One to the left of the other, with white between them."""
    gap = np.full((pictures[0].shape[0], 16, 3), 255, np.uint8)
    return np.hstack([pictures[0], *(part for one in pictures[1:] for part in (gap, one))])


def main(arguments: Sequence[str] | None = None) -> int:
    """Make all pictures, or those that are named."""
    parser = argparse.ArgumentParser(
        prog="python docs/page_pictures.py", description="Make the guides' pictures of pages."
    )
    parser.add_argument("folder", type=Path, help="folder to write to, which exists")
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        choices=[[], *PICTURES],
        default=[],
        help=f"{' | '.join(PICTURES)} (default: all)",
    )
    options = parser.parse_args(arguments)
    if not options.folder.is_dir():
        parser.error(f"expected a folder at {options.folder}, found none")
    try:
        make(options.folder, options.names or tuple(PICTURES))
    except MissingExtraError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
