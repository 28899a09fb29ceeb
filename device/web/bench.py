"""`python device/web/bench.py [BUNDLE]`: what a check costs in Chromium on this machine.

It needs `pip install playwright`, Chromium, and onnxruntime-web (`npm ci`).
"""

from __future__ import annotations

import shutil
import sys
import threading
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import sync_playwright

_HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(_HERE))

from serve import DEFAULT_BUNDLE, page_server  # noqa: E402

_MEASURE = """async ([runtimes, rounds]) => {
    const {openBundle} = await import('./liveness/bundle.js');
    const {openModel, colourCrop} = await import('./liveness/model.js');
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
_ROUNDS = 500


def main() -> int:
    """Measure both ONNX models of a bundle, one crop at a time."""
    bundle = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_BUNDLE
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with page_server(bundle) as server, sync_playwright() as started:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"{server.url}style.css")
        print(f"Chromium {browser.version}, one thread, {_ROUNDS} crops, one by one, in turn")
        # In turn, so that what else runs on the machine slows both.
        for name, times in page.evaluate(_MEASURE, [_RUNTIMES, _ROUNDS]).items():
            cuts = quantiles(times, n=100)
            print(f"{name}: median {median(times):.1f} ms, p99 {cuts[98]:.1f} ms a crop")
        browser.close()
        server.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
