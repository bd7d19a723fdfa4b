"""Two thin layers around every request: one log line, and headers for private pages."""

import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

log = structlog.stdlib.get_logger("request")
Handler = Callable[[HttpRequest], HttpResponse]


class RequestLogMiddleware:
    """One line per request: id, route name, status, ms. Never a path, a body or a person."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Bind the request id for every log line below, answer, and write the line."""
        request_id = uuid.uuid4().hex[:16]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        response["X-Request-ID"] = request_id
        if match and match.view_name in {"healthz", "readyz"} and response.status_code == 200:
            return response
        log.info(
            "request",
            method=request.method,
            route=match.view_name if match else "(none)",
            status=response.status_code,
            ms=round((time.perf_counter() - started) * 1000, 1),
        )
        return response


class PrivatePagesMiddleware:
    """Pages shown to somebody signed in are never kept by a browser or proxy (ASVS 14.3.2)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add no-store where a person is signed in, and the device permissions we use."""
        response = self.get_response(request)
        response.setdefault(
            "Permissions-Policy", "camera=(self), geolocation=(), microphone=(), payment=()"
        )
        if request.user.is_authenticated:
            response.setdefault("Cache-Control", "no-store")
        return response
