"""The deal pages of the counter."""

from django.http import Http404, HttpResponse

from shop.people.access import StaffRequest, access
from shop.people.policy import Permission


@access(Permission.SEE_COUNTER)
def deal(request: StaffRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


@access(Permission.SEE_COUNTER)
def history(request: StaffRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


@access(Permission.SEE_COUNTER)
def cancel(request: StaffRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


@access(Permission.SEE_COUNTER)
def hold(request: StaffRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


@access(Permission.SEE_COUNTER)
def lift_hold(request: StaffRequest, **_kwargs: object) -> HttpResponse:
    raise Http404
