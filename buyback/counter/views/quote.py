"""The quote: the price in lines, making the offer, the seller's yes and no."""

from collections.abc import Callable

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from buyback.counter.forms.quote import AcceptForm, OnceForm
from buyback.counter.frame import (
    SeeOther,
    Stage,
    deal_or_404,
    item_or_404,
    render_stage,
    to_stage,
)
from buyback.counter.quoting import quote_page
from buyback.deals.models import Deal
from buyback.deals.policy import EDITABLE, DealState
from buyback.pricing import services
from buyback.pricing.gate import Gate
from shop.idempotency import once
from shop.people.access import StaffRequest, access
from shop.people.policy import Permission
from shop.wording import Audience

CONFLICTS = frozenset({Gate.OFFER_CHANGED.value, "not-now"})
"""Refusals that mean the page was stale (409); any other is 422."""


@require_safe
@access(Permission.SEE_COUNTER)
def quote(request: StaffRequest, code: str) -> HttpResponse:
    """Show the lines of each device; with `?to=seller` alone, as the screen is turned round."""
    deal = deal_or_404(request, code)
    if request.GET.get("to") == "seller":
        page = quote_page(deal, now=timezone.now(), audience=Audience.SELLER)
        return render(request, "buyback/counter/quote_seller.html", {"deal": deal, "page": page})
    return _page(request, deal)


@require_POST
@access(Permission.INSPECT)
def offer(request: StaffRequest, code: str) -> HttpResponse:
    """Make the offer; the quotes are written once per shown page."""
    deal = deal_or_404(request, code)

    def act() -> int:
        services.offer(deal_id=deal.pk, actor=request.user)
        return deal.pk

    return _act(request, deal, OnceForm(request.POST), "offer", act, Stage.QUOTE)


@require_POST
@access(Permission.TAKE_DEALS)
def accept(request: StaffRequest, code: str) -> HttpResponse:
    """Take the seller's yes to the offer that the page showed."""
    deal = deal_or_404(request, code)
    form = AcceptForm(request.POST)

    def act() -> int:
        shown = form.cleaned_data["offer"]
        return services.accept(deal_id=deal.pk, offer_fingerprint=shown, actor=request.user).pk

    return _act(request, deal, form, "accept", act, Stage.IDENTITY)


@require_POST
@access(Permission.TAKE_DEALS)
def decline(request: StaffRequest, code: str) -> HttpResponse:
    """Take the seller's no to everything."""
    deal = deal_or_404(request, code)

    def act() -> int:
        return services.decline(deal_id=deal.pk, actor=request.user).pk

    return _act(request, deal, OnceForm(request.POST), "decline", act, Stage.QUOTE)


@require_POST
@access(Permission.TAKE_DEALS)
def decline_item(request: StaffRequest, code: str, position: int) -> HttpResponse:
    """Take the seller's no to one device."""
    deal = deal_or_404(request, code)
    item = item_or_404(deal, position)

    def act() -> int:
        return services.decline_item(item_id=item.pk, actor=request.user).pk

    scope = f"decline-item-{position}"
    return _act(request, deal, OnceForm(request.POST), scope, act, Stage.QUOTE)


def _act(
    request: StaffRequest,
    deal: Deal,
    form: forms.Form,
    scope: str,
    act: Callable[[], int],
    then: Stage,
) -> SeeOther | HttpResponse:
    """Do `act` once and go on; a refusal shows the quote as it is now with every sentence."""
    if not form.is_valid():
        incomplete = _("The form did not arrive whole. Please try again.")
        return _page(request, deal, refused=[incomplete], status=422)
    try:
        key = form.cleaned_data["key"]
        once(actor=request.user, scope=scope, about=deal.pk, key=key, act=act)
    except ValidationError as error:
        status = 409 if getattr(error, "code", "") in CONFLICTS else 422
        again = deal_or_404(request, deal.code)
        return _page(request, again, refused=error.messages, status=status)
    return to_stage(deal, then)


def _page(
    request: StaffRequest, deal: Deal, *, refused: list[str] | None = None, status: int = 200
) -> HttpResponse:
    state = DealState(deal.state)
    page = quote_page(deal, now=timezone.now(), audience=Audience.STAFF)
    editable = state in EDITABLE
    may_take = request.membership.may(Permission.TAKE_DEALS)
    waits_for_yes = may_take and state is DealState.OFFERED and page.offer is not None
    context: dict[str, object] = {
        "page": page,
        "refused": refused or [],
        "once": OnceForm(auto_id=False),
        "accept_form": AcceptForm(
            auto_id=False, initial={"offer": page.offer.fingerprint if page.offer else ""}
        ),
        "may_offer": editable
        and not page.offer_blocks
        and request.membership.may(Permission.INSPECT),
        "may_accept": waits_for_yes and not page.accept_blocks,
        "needs_offer": editable and (page.offer is None or bool(page.accept_blocks)),
        "may_decline": may_take and state in (DealState.OFFERED, DealState.ACCEPTED),
        "is_accepted": state is DealState.ACCEPTED,
    }
    return render_stage(
        request, deal, Stage.QUOTE, "buyback/counter/quote.html", context, status=status
    )
