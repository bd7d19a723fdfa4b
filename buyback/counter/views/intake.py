"""Taking devices in: a new deal, the list of its devices, one device's particulars."""

from django.http import Http404, HttpResponse

from buyback.counter.frame import Stage, deal_or_404, render_stage
from shop.people.access import StaffRequest, access
from shop.people.policy import Permission


@access(Permission.SEE_COUNTER)
def new_deal(request: StaffRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


@access(Permission.SEE_COUNTER)
def intake(request: StaffRequest, code: str) -> HttpResponse:
    """Show the devices of the deal."""
    deal = deal_or_404(request, code)
    return render_stage(request, deal, Stage.INTAKE, "buyback/counter/deal.html", {})


@access(Permission.SEE_COUNTER)
def item(request: StaffRequest, **_kwargs: object) -> HttpResponse:
    raise Http404
