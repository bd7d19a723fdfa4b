"""The inspection pages of the counter."""

from django.http import Http404, HttpResponse

from shop.people.access import StaffRequest, access
from shop.people.policy import Permission


@access(Permission.SEE_COUNTER)
def inspection(request: StaffRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


@access(Permission.SEE_COUNTER)
def inspect_item(request: StaffRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


@access(Permission.SEE_COUNTER)
def reject_item(request: StaffRequest, **_kwargs: object) -> HttpResponse:
    raise Http404
