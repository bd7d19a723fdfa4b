"""Is this process alive, and is it ready? For the machine that watches, not for people."""

from django.db import connection
from django.db.utils import OperationalError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

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
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return HttpResponse("database is not reachable\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")
