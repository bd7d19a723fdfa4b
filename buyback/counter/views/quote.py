"""The quote pages of the counter."""

from django.http import Http404, HttpResponse

from shop.people.access import StaffRequest, access
from shop.people.policy import Permission


@access(Permission.SEE_COUNTER)
def quote(request: StaffRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


@access(Permission.SEE_COUNTER)
def offer(request: StaffRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


@access(Permission.SEE_COUNTER)
def accept(request: StaffRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


@access(Permission.SEE_COUNTER)
def decline(request: StaffRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


@access(Permission.SEE_COUNTER)
def decline_item(request: StaffRequest, **_kwargs: object) -> HttpResponse:
    raise Http404
