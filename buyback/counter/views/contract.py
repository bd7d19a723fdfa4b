"""The contract pages of the counter."""

from django.http import Http404, HttpResponse

from shop.people.access import StaffRequest, access
from shop.people.policy import Permission


@access(Permission.SEE_COUNTER)
def contract(request: StaffRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


@access(Permission.SEE_COUNTER)
def prepare(request: StaffRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


@access(Permission.SEE_COUNTER)
def sign(request: StaffRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


@access(Permission.SEE_COUNTER)
def pdf(request: StaffRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


@access(Permission.SEE_COUNTER)
def conclude(request: StaffRequest, **_kwargs: object) -> HttpResponse:
    raise Http404
