"""The payout pages of the counter."""

from django.http import Http404, HttpResponse

from shop.people.access import StaffRequest, access
from shop.people.policy import Permission


@access(Permission.SEE_COUNTER)
def payout(request: StaffRequest, **_kwargs: object) -> HttpResponse:
    raise Http404
