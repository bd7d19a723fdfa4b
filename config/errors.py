"""The page behind what nobody caught: busy (503, try again) or broken (500, ours to mend)."""

import sys

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.views.decorators.csrf import requires_csrf_token

RETRY_AFTER_S = 5


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """Return 503 where PostgreSQL made us wait too long, ended a deadlock or is away; else 500.

    Nothing was saved then, and sending the same form again is safe: its key makes it count once.
    Neither page asks the database, the session or a catalogue for anything.
    """
    if isinstance(sys.exc_info()[1], OperationalError):
        page = loader.get_template("503.html").render()
        return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_AFTER_S)})
    return HttpResponse(loader.get_template("500.html").render(), status=500)
