"""The deal itself: its current stage, its history, holding and cancelling."""

from collections.abc import Callable

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from buyback.counter.forms.deal import CancelForm, HoldForm
from buyback.counter.frame import deal_or_404, render_stage, to_deal, to_stage
from buyback.counter.history import history_lines
from buyback.counter.queries import current_stage
from buyback.deals import services
from buyback.deals.models import Deal
from shop.people.access import StaffRequest, access
from shop.people.policy import Permission


@require_safe
@access(Permission.SEE_COUNTER)
def deal(request: StaffRequest, code: str) -> HttpResponse:
    """Go to the stage that needs work next."""
    found = deal_or_404(request, code)
    return to_stage(found, current_stage(found, now=timezone.now()))


@require_safe
@access(Permission.SEE_COUNTER)
def history(request: StaffRequest, code: str) -> HttpResponse:
    """Show everything that happened to the deal."""
    return _history(request, deal_or_404(request, code), None, status=200)


@require_POST
@access(Permission.TAKE_DEALS)
def cancel(request: StaffRequest, code: str) -> HttpResponse:
    """End the deal; everything goes back to the seller."""
    found, form = deal_or_404(request, code), CancelForm(request.POST)

    def act() -> object:
        reason = form.cleaned_data["reason"]
        return services.cancel_deal(deal_id=found.pk, reason=reason, actor=request.user)

    return _act(request, found, form, act)


@require_POST
@access(Permission.TAKE_DEALS)
def hold(request: StaffRequest, code: str) -> HttpResponse:
    """Hold the deal back."""
    found, form = deal_or_404(request, code), HoldForm(request.POST)

    def act() -> object:
        reason = form.cleaned_data["reason"]
        return services.place_hold(deal_id=found.pk, reason=reason, actor=request.user)

    return _act(request, found, form, act)


@require_POST
@access(Permission.TAKE_DEALS)
def lift_hold(request: StaffRequest, code: str) -> HttpResponse:
    """Let the deal go on."""
    found = deal_or_404(request, code)
    return _act(
        request,
        found,
        forms.Form(request.POST),
        lambda: services.lift_hold(deal_id=found.pk, actor=request.user),
    )


def _act(
    request: StaffRequest, found: Deal, form: forms.Form, act: Callable[[], object]
) -> HttpResponse:
    """Do it and show the deal; a refusal shows the history (422) with the form and its errors."""
    if form.is_valid():
        try:
            act()
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return to_deal(found.code)
    return _history(request, deal_or_404(request, found.code), form, status=422)


def _history(
    request: StaffRequest, found: Deal, refused: forms.Form | None, *, status: int
) -> HttpResponse:
    context: dict[str, object] = {
        "lines": history_lines(found),
        "refused": refused,
    }
    return render_stage(
        request, found, None, "buyback/counter/history.html", context, status=status
    )
