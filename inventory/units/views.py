"""Stock: the list and one unit."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from inventory.units.policy import UnitState
from inventory.units.queries import of_store, stock_page, unit_screen
from shop.people.access import StaffRequest, access
from shop.people.policy import Permission


@access(Permission.SEE_STOCK)
@require_safe
def units(request: StaffRequest) -> HttpResponse:
    """List the units of the store, newest first; `?state=` filters, an unknown one is 404."""
    asked = request.GET.get("state", "")
    if asked and asked not in set(UnitState):
        raise Http404
    page = stock_page(
        request.membership.store,
        state=UnitState(asked) if asked else None,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    return render(request, "inventory/units/units.html", {"page": page})


@access(Permission.SEE_STOCK)
@require_safe
def unit(request: StaffRequest, code: str) -> HttpResponse:
    """Show one unit of the store: what it is, where it may be sold, its life, its ledger lines."""
    found = of_store(request.membership.store).filter(code=code).first()
    if found is None:
        raise Http404
    with_ledger = request.membership.may(Permission.SEE_LEDGER)
    return render(
        request,
        "inventory/units/unit.html",
        {"screen": unit_screen(found, with_ledger=with_ledger)},
    )
