"""Inspecting: the devices of a deal, one device's question sheet, refusing a device."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from buyback.counter.forms.inspection import InspectionSheet, RejectForm
from buyback.counter.frame import (
    Stage,
    deal_or_404,
    item_or_404,
    need,
    render_stage,
    to_stage,
)
from buyback.counter.inspecting import found_on, grouped, inspection_lines, likely_reasons
from buyback.deals.models import Deal, Item
from buyback.deals.policy import EDITABLE, ITEM_ACTIVE, DealState
from buyback.inspection import services
from buyback.inspection.queries import inspection_state
from shop.people.access import StaffRequest, access
from shop.people.policy import Permission

require_GET_or_POST = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@access(Permission.SEE_COUNTER)
def inspection(request: StaffRequest, code: str) -> HttpResponse:
    """Show the devices with what was found; a deal of one device goes straight to its sheet."""
    deal = deal_or_404(request, code)
    items = list(deal.items.all())
    if len(items) == 1:
        return to_stage(deal, Stage.INSPECTION, position=items[0].position)
    context: dict[str, object] = {"devices": inspection_lines(items, now=timezone.now())}
    template = "buyback/counter/inspection.html"
    return render_stage(request, deal, Stage.INSPECTION, template, context)


@require_GET_or_POST
@access(Permission.SEE_COUNTER)
def inspect_item(request: StaffRequest, code: str, position: int) -> HttpResponse:
    """Show one device's sheet and save it, whole or in part."""
    deal = deal_or_404(request, code)
    item = item_or_404(deal, position)
    if request.method != "POST":
        return _sheet(request, item)
    need(request, Permission.INSPECT)
    sheet = InspectionSheet({}, request.POST.dict())
    try:
        saved = services.record_inspection(
            item_id=item.pk, answers=sheet.answers(), version=sheet.version, actor=request.user
        )
    except ValidationError as error:
        sheet.is_stale = getattr(error, "code", "") == "stale"
        sheet.refuse(error)
        again = item_or_404(deal_or_404(request, code), position)
        return _sheet(request, again, sheet=sheet, status=409 if sheet.is_stale else 422)
    if saved.complete:
        messages.success(request, _("The inspection is complete."))
    else:
        messages.success(request, _("Saved. Some questions are still open."))
    return to_stage(deal, Stage.INSPECTION, position=position)


@require_POST
@access(Permission.INSPECT)
def reject_item(request: StaffRequest, code: str, position: int) -> HttpResponse:
    """Refuse one device with a reason."""
    deal = deal_or_404(request, code)
    item = item_or_404(deal, position)
    form = RejectForm(request.POST.dict())
    if form.is_valid():
        try:
            services.reject_item(
                item_id=item.pk, reason_code=form.cleaned_data["reason"], actor=request.user
            )
            return to_stage(deal, Stage.INSPECTION)
        except ValidationError as error:
            form.add_error(None, error)
    again = item_or_404(deal_or_404(request, code), position)
    return _sheet(request, again, reject=form, status=422)


def _sheet(
    request: StaffRequest,
    item: Item,
    *,
    sheet: InspectionSheet | None = None,
    reject: RejectForm | None = None,
    status: int = 200,
) -> HttpResponse:
    deal: Deal = item.deal
    state = inspection_state(item, now=timezone.now())
    shown = sheet or InspectionSheet(state.given)
    shown.saved = state.given
    active = item.state in ITEM_ACTIVE and DealState(deal.state) in EDITABLE
    found = found_on(state) if item.state in ITEM_ACTIVE else None
    context: dict[str, object] = {
        "item": item,
        "imei": grouped(item.imei1),
        "sheet": shown,
        "wrong": shown.wrong(),
        "questions": shown.rows(staff_only=False),
        "staff_questions": shown.rows(staff_only=True),
        "version": state.version,
        "complete": state.complete,
        "found": found,
        "may_inspect": active and request.membership.may(Permission.INSPECT),
        "reject_form": reject or RejectForm(first=likely_reasons(state.decision)),
    }
    template = "buyback/counter/inspect_item.html"
    return render_stage(request, deal, Stage.INSPECTION, template, context, status=status)
