"""Thin layers around every request: plain addresses only, a log line, the log-in, headers.

Decided here: what holds for every page alike. Who may open a page is written on its view.
"""

import time
import uuid
from collections.abc import Callable
from urllib.parse import urlsplit

import structlog
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme

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


class PlainAddressMiddleware:
    """Refuses (400) a NUL in path, query or cookie: no page has one and PostgreSQL takes none.

    Forms refuse it in their fields, with a sentence.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look at the three and go on, or raise BadRequest."""
        parts = [request.path_info, request.META.get("QUERY_STRING", "").replace("%00", "\0")]
        if any("\0" in part for part in [*parts, *request.COOKIES.values()]):
            raise BadRequest("NUL in the address or a cookie")
        return self.get_response(request)


class SignInMiddleware(LoginRequiredMiddleware):
    """Sends who is not signed in (any more) to the log-in, and afterwards back to a whole page.

    A fragment would show the log-in inside a panel, and the address of a form takes no GET: both
    lead back to the page they were on.
    """

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        """Return the redirect, or for htmx 401 with the address the whole page has to go to."""
        is_fragment = request.headers.get("HX-Request") == "true"
        there = request.get_full_path()
        if is_fragment or request.method not in {"GET", "HEAD"}:
            there = _page_behind(request)
        login_url = resolve_url(self.get_login_url(view_func))
        answer = redirect_to_login(there, login_url, self.get_redirect_field_name(view_func))
        if is_fragment:
            answer.status_code = 401
            answer.headers["HX-Redirect"] = answer.url
            del answer.headers["Location"]
        return answer


def _page_behind(request: HttpRequest) -> str:
    """Return the path of the page a fragment or form was sent from; the first page if unknown."""
    named = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    hosts = {request.get_host()}
    if not url_has_allowed_host_and_scheme(named, hosts, require_https=request.is_secure()):
        return "/"
    parts = urlsplit(named)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"


class PrivatePagesMiddleware:
    """Pages shown to somebody signed in are never kept by a browser or proxy (ASVS 14.3.2).

    At log-out the browser forgets what it kept all the same (ASVS 14.3.1).
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add no-store where a person is signed in, and the device permissions we use."""
        was_signed_in = request.user.is_authenticated
        response = self.get_response(request)
        response.setdefault(
            "Permissions-Policy", "camera=(self), geolocation=(), microphone=(), payment=()"
        )
        if request.user.is_authenticated:
            response.setdefault("Cache-Control", "no-store")
        elif was_signed_in:
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response


class FormAddressMiddleware:
    """Shows the way back where somebody opens an address that only takes forms (405).

    It happens after a refused form: its address stays in the browser's bar, to be bookmarked,
    opened again or returned to after a new log-in.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Give an empty refusal of GET a page that leads to the address above this one."""
        response = self.get_response(request)
        if response.status_code == 405 and request.method == "GET" and not request.htmx:  # type: ignore[attr-defined]  # django-htmx
            above = f"{request.path.rstrip('/').rpartition('/')[0]}/"
            response.content = render_to_string("405.html", {"above": above}, request)
        return response
