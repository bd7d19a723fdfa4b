"""Is this process alive, and is it ready? For the machine that watches, not for people.

Whoever asks from outside learns only whether a page could be served. From inside `/readyz` lists
the queues too, and `/readyz?queue=lookups` answers 503 while that one is deaf. A deaf queue alone
does not make the web server unready: people go on by hand.
"""

from datetime import datetime
from ipaddress import ip_address

from django.db import connection
from django.db.utils import OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from shop.canary.queries import Queue, queues
from shop.people.access import public


@public
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process answers. Touches nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


@public
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether a page could be served: PostgreSQL answers. Redis is not needed for that."""
    now = timezone.now()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        found = queues(now=now) if is_inside(request) else ()
    except OperationalError:
        return HttpResponse("database is not reachable\n", status=503, content_type="text/plain")
    lines = ["ok", *(_line(queue, now=now) for queue in found)]
    wanted = request.GET.get("queue")
    deaf = any(queue.deaf for queue in found if queue.name == wanted)
    text = "".join(f"{line}\n" for line in lines)
    return HttpResponse(text, status=503 if deaf else 200, content_type="text/plain")


def is_inside(request: HttpRequest) -> bool:
    """Say whether a machine of our own asks: a private address, and no proxy in between."""
    if request.headers.get("X-Forwarded-For") or request.headers.get("Forwarded"):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_private
    except ValueError:
        return False


def _line(queue: Queue, *, now: datetime) -> str:
    if queue.heard_at is None:
        return f"queue {queue.name}: deaf, never heard"
    seconds = round((now - queue.heard_at).total_seconds())
    return f"queue {queue.name}: {'deaf, ' if queue.deaf else ''}heard {seconds} s ago"
