"""Monitor: `/health` for what watches the program, `/metrics` for Prometheus."""

from __future__ import annotations

from typing import Any

from rise_edge.errors import WebError
from rise_edge.kiosk.monitoring.health import Health
from rise_edge.kiosk.monitoring.metrics import Metrics
from rise_edge.kiosk.web.access.access import Access
from rise_edge.kiosk.web.server import Address, WebServer, load_web

_ALWAYS_FRESH = {"Cache-Control": "no-store"}


def monitor_routes(health: Health, metrics: Metrics) -> list[Any]:
    """The starlette routes of the monitor.

    `/health` answers with JSON, status 200 where the loop is ok or degraded and 503 where it has
    failed; `/metrics` with Prometheus' text format, or OpenMetrics where it is asked for.

    Args:
        health: health of the loop.
        metrics: metrics of the loop.

    Raises:
        MissingExtraError: starlette is not installed.
    """
    responses, route = load_web("starlette.responses"), load_web("starlette.routing").Route

    async def answer_health(request: Any) -> Any:
        report = health.report()
        return responses.JSONResponse(
            report.fields(), status_code=report.http_status, headers=_ALWAYS_FRESH
        )

    async def answer_metrics(request: Any) -> Any:
        text, content_type = metrics.exposition(request.headers.get("accept", ""))
        headers = {**_ALWAYS_FRESH, "Content-Type": content_type}
        return responses.Response(text, headers=headers)

    return [route("/health", answer_health), route("/metrics", answer_metrics)]


def monitor_server(
    health: Health, metrics: Metrics, address: Address, token: str | None = None
) -> WebServer:
    """A server of the monitor alone; it serves between `__enter__` and `__exit__`.

    Args:
        health: health of the loop.
        metrics: metrics of the loop.
        address: where to listen.
        token: token that a request must carry; None only on the loopback address.

    Raises:
        WebError: the token is missing where it is needed, or is no good one.
        MissingExtraError: starlette is not installed.
    """
    app = load_web("starlette.applications").Starlette(routes=monitor_routes(health, metrics))
    try:
        return WebServer(Access(app, address, token), address)
    except ValueError as error:
        raise WebError(f"monitor: {error}; name a file that holds one: --web-token-file") from None
