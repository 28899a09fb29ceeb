"""`python device/web/bench.py [BUNDLE]`: what a check costs in Chromium on this machine.

It needs `pip install playwright` and Chromium; npm fetches onnxruntime-web.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from statistics import median, quantiles

_HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(_HERE))

from serve import DEFAULT_BUNDLE, page_server  # noqa: E402

_MEASURE = """async ([runtimes, rounds]) => {
    const {openBundle} = await import('./liveness/bundle/bundle.js');
    const {openModel, colourCrop} = await import('./liveness/model/model.js');
    const bundle = await openBundle('bundle');
    const models = [], times = Object.fromEntries(runtimes.map(name => [name, []]));
    for (const name of runtimes) models.push(await openModel(bundle, name));
    for (let i = 0; i < rounds; i += 1) {
        for (const model of models) {
            const side = model.size;
            const data = crypto.getRandomValues(new Uint8Array(side * side * 3));
            const begun = performance.now();
            await model.embed([colourCrop({width: side, height: side, data})]);
            times[model.name].push(performance.now() - begun);
        }
    }
    return times;
}"""
_RUNTIMES = ["onnx_float", "onnx"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure both ONNX models of a bundle, one crop at a time."""
    parser = argparse.ArgumentParser(
        prog="python device/web/bench.py",
        description="Measure what a check costs in Chromium on this machine.",
    )
    parser.add_argument(
        "bundle",
        nargs="?",
        type=Path,
        default=DEFAULT_BUNDLE,
        help="folder of a bundle (default: the demonstration bundle)",
    )
    parser.add_argument(
        "--crops",
        type=_crops,
        default=500,
        metavar="N",
        help="crops for each model, 2 or more (default: 500)",
    )
    options = parser.parse_args(arguments)
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        return _failed("playwright is not installed; run `pip install playwright`")
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        return _failed("expected Chromium on this machine, found none; `apt-get install chromium`")
    try:
        server = page_server(options.bundle)
    except FileNotFoundError as error:
        return _failed(str(error))
    with server, sync_playwright() as started:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"{server.url}style.css")
        print(f"Chromium {browser.version}, one thread, {options.crops} crops, one by one, in turn")
        # In turn, so that what else runs on the machine slows both.
        for name, times in page.evaluate(_MEASURE, [_RUNTIMES, options.crops]).items():
            cuts = quantiles(times, n=100)
            print(f"{name}: median {median(times):.1f} ms, p99 {cuts[98]:.1f} ms a crop")
        browser.close()
        server.shutdown()
    return 0


def _failed(why: str) -> int:
    print(f"error: {why}", file=sys.stderr)
    return 1


def _crops(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) >= 2):
        raise argparse.ArgumentTypeError(f"expected a whole number, 2 or more, got {text!r}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
