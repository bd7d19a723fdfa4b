"""The check pages of the counter."""

from django.http import Http404, HttpResponse

from shop.people.access import StaffRequest, access
from shop.people.policy import Permission


@access(Permission.SEE_COUNTER)
def check(request: StaffRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


@access(Permission.SEE_COUNTER)
def ask(request: StaffRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


@access(Permission.SEE_COUNTER)
def panel(request: StaffRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


@access(Permission.SEE_COUNTER)
def evidence(request: StaffRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


@access(Permission.SEE_COUNTER)
def answer(request: StaffRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


@access(Permission.SEE_COUNTER)
def by_hand(request: StaffRequest, **_kwargs: object) -> HttpResponse:
    raise Http404
