"""The frame around every stage of a deal: find the deal, show a stage in it, go to a stage.

Decided here: that another store's deal does not exist for this person (404), and how a stage page
gets its `screen`. What stands in the screen is put together in `queries`.
"""

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from buyback.contracts.queries import HAS_CONTRACT
from buyback.counter.policy import Stage
from buyback.counter.queries import deal_screen
from buyback.deals.codes import parse_code
from buyback.deals.models import Deal, Item
from buyback.deals.queries import IS_HELD
from buyback.identity.queries import NEWEST_IDENTITY_ID
from buyback.pricing.queries import SAID_YES_TO
from shop.people.access import StaffRequest
from shop.people.policy import Permission

__all__ = [
    "SeeOther",
    "Stage",
    "deal_or_404",
    "item_or_404",
    "need",
    "render_stage",
    "to_deal",
    "to_stage",
]

ITEM_PAGES = {
    Stage.INTAKE: "item",
    Stage.INSPECTION: "inspect-item",
}
"""Stages that have a page of their own per device."""


class SeeOther(HttpResponseRedirect):
    """A redirect after a POST: the browser fetches the next page by GET."""

    status_code = 303


def deal_or_404(request: StaffRequest, code: str) -> Deal:
    """Return the deal `code` of the person's store with store, seller and items loaded.

    `deal.items.all()` is in order of position and comes with variant, model, check and inspection.
    """
    items = Item.objects.select_related(
        "variant__model__maker", "check_asked", "inspection"
    ).order_by("position")
    deal = (
        Deal.objects.of_store(request.membership.store)
        .select_related("store__company", "seller")
        .prefetch_related(Prefetch("items", queryset=items))
        .annotate(
            is_held=IS_HELD,
            said_yes_to=SAID_YES_TO,
            newest_identity_id=NEWEST_IDENTITY_ID,
            has_contract=HAS_CONTRACT,
        )
        .filter(code=parse_code(code) or code)
        .first()
    )
    if deal is None:
        raise Http404
    for item in deal.items.all():
        item.deal = deal
    return deal


def item_or_404(deal: Deal, position: int) -> Item:
    """Return the device at `position` of a deal that `deal_or_404` returned."""
    for item in deal.items.all():
        if item.position == position:
            return item
    raise Http404


def render_stage(
    request: StaffRequest,
    deal: Deal,
    stage: Stage | None,
    template: str,
    context: dict[str, object],
    *,
    status: int = 200,
) -> HttpResponse:
    """Return the page of `stage`: `template` extends `buyback/counter/deal.html`.

    `stage` is None on a page that is no stage. `context` is the stage's own; `screen` (a
    `DealScreen`) and `deal` are added.
    """
    screen = deal_screen(deal, membership=request.membership, stage=stage, now=timezone.now())
    return render(request, template, {**context, "screen": screen, "deal": deal}, status=status)


def to_stage(deal: Deal, stage: Stage, *, position: int | None = None) -> SeeOther:
    """Return the redirect (303) to a stage's page, or to its page for one device."""
    if position is not None and stage in ITEM_PAGES:
        return SeeOther(reverse(f"counter:{ITEM_PAGES[stage]}", args=[deal.code, position]))
    return SeeOther(reverse(f"counter:{stage.value}", args=[deal.code]))


def need(request: StaffRequest, permission: Permission) -> None:
    """Refuse (403) a POST to a page that the person may read but not change."""
    if not request.membership.may(permission):
        raise PermissionDenied


def to_deal(code: str) -> SeeOther:
    """Return the redirect (303) to a deal, which shows the stage that needs work next."""
    return SeeOther(reverse("counter:deal", args=[code]))
