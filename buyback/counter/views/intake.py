"""Taking devices in: a new deal, the list of its devices, one device's particulars."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from buyback.counter.forms.intake import (
    DeviceForm,
    ReturnForm,
    VersionedForm,
    add_refusal,
    typed_imeis,
)
from buyback.counter.frame import (
    Stage,
    deal_or_404,
    item_or_404,
    need,
    render_stage,
    to_deal,
    to_stage,
)
from buyback.counter.intake import device_lines, differences, known
from buyback.deals import services
from buyback.deals.checking import ask_carriers
from buyback.deals.models import Deal, Item
from buyback.deals.policy import DealState
from buyback.deals.queries import earlier_deals
from inventory.catalogue.queries import variants
from shop.idempotency import once
from shop.people.access import StaffRequest, access
from shop.people.policy import Permission

require_GET_or_POST = require_http_methods(["GET", "HEAD", "POST"])


@require_GET_or_POST
@access(Permission.TAKE_DEALS)
def new_deal(request: StaffRequest) -> HttpResponse:
    """Open a deal with its first device."""
    if request.method != "POST":
        empty = {"form": DeviceForm(variants=variants())}
        return render(request, "buyback/counter/new_deal.html", empty)
    form = DeviceForm(request.POST, variants=variants())
    if form.is_valid():
        try:
            return to_deal(_open(request, form).code)
        except ValidationError as error:
            add_refusal(form, error)
    store = request.membership.store
    context: dict[str, object] = {"form": form, "known": known(typed_imeis(form), store=store)}
    return render(request, "buyback/counter/new_deal.html", context, status=422)


@require_POST
@access(Permission.TAKE_DEALS)
def imei_hint(request: StaffRequest) -> HttpResponse:
    """Show where the IMEIs in a form are known, while it is still being filled in."""
    form = DeviceForm(request.POST, variants=())
    context = {"known": known(typed_imeis(form), store=request.membership.store)}
    return render(request, "buyback/counter/_known.html", context)


@require_GET_or_POST
@access(Permission.SEE_COUNTER)
def intake(request: StaffRequest, code: str) -> HttpResponse:
    """Show the devices of the deal and take in another one."""
    deal = deal_or_404(request, code)
    if request.method != "POST":
        wants_form = "another" in request.GET
        return _intake(request, deal, DeviceForm(variants=variants()) if wants_form else None)
    need(request, Permission.TAKE_DEALS)
    form = DeviceForm(request.POST, variants=variants())
    if form.is_valid():
        try:
            _add(request, deal, form)
            return to_stage(deal, Stage.INTAKE)
        except ValidationError as error:
            add_refusal(form, error)
    return _intake(request, deal_or_404(request, code), form, status=422)


@require_GET_or_POST
@access(Permission.SEE_COUNTER)
def item(request: StaffRequest, code: str, position: int) -> HttpResponse:
    """Show and change one device's particulars."""
    deal = deal_or_404(request, code)
    device = item_or_404(deal, position)
    if request.method != "POST":
        return _item(request, device, _filled(device))
    need(request, Permission.TAKE_DEALS)
    form = VersionedForm(request.POST, variants=variants())
    if form.is_valid():
        try:
            _change(request, device, form)
            return to_stage(deal, Stage.INTAKE)
        except ValidationError as error:
            if error.code == "stale":
                return _stale(request, device, form)
            add_refusal(form, error)
    return _item(request, device, form, status=422)


@require_POST
@access(Permission.TAKE_DEALS)
def return_item(request: StaffRequest, code: str, position: int) -> HttpResponse:
    """Give one device back to the seller; the deal goes on with the others."""
    deal = deal_or_404(request, code)
    device = item_or_404(deal, position)
    form = ReturnForm(request.POST)
    if form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            services.return_item(item_id=device.pk, reason=reason, actor=request.user)
            return to_stage(deal, Stage.INTAKE)
        except ValidationError as error:
            form.add_error(None, error)
    return _item(request, device, _filled(device), return_form=form, status=422)


# --- inside ----------------------------------------------------------------------------------
def _open(request: StaffRequest, form: DeviceForm) -> Deal:
    """Open the deal and ask the carriers at once: their answers come while the ID is looked at."""
    data = form.cleaned_data

    def act() -> int:
        deal = services.open_deal(
            store_id=request.membership.store_id,
            imei_text=data["imei"],
            imei2_text=data["imei2"],
            variant_id=data["variant"],
            colour=data["colour"],
            serial=data["serial"],
            actor=request.user,
        )
        ask_carriers(item_id=deal.items.get().pk, actor=request.user)
        return deal.pk

    pk = once(
        actor=request.user,
        scope="open-deal",
        about=request.membership.store_id,
        key=data["key"],
        act=act,
    )
    return Deal.objects.get(pk=pk)


def _add(request: StaffRequest, deal: Deal, form: DeviceForm) -> None:
    data = form.cleaned_data

    def act() -> int:
        item = services.add_item(
            deal_id=deal.pk,
            imei_text=data["imei"],
            imei2_text=data["imei2"],
            variant_id=data["variant"],
            colour=data["colour"],
            serial=data["serial"],
            actor=request.user,
        )
        ask_carriers(item_id=item.pk, actor=request.user)
        return item.pk

    once(
        actor=request.user,
        scope="add-item",
        about=deal.pk,
        key=data["key"],
        act=act,
    )


def _change(request: StaffRequest, device: Item, form: VersionedForm) -> None:
    data = form.cleaned_data
    services.change_item(
        item_id=device.pk,
        version=data["version"],
        imei2_text=data["imei2"],
        variant_id=data["variant"],
        colour=data["colour"],
        serial=data["serial"],
        actor=request.user,
    )


def _intake(
    request: StaffRequest, deal: Deal, form: DeviceForm | None, *, status: int = 200
) -> HttpResponse:
    items = list(deal.items.all())
    # Where a phone was before matters while it is still being taken in.
    past = earlier_deals(items) if deal.state == DealState.OPEN else {}
    typed = typed_imeis(form) if form and form.is_bound else []
    context: dict[str, object] = {
        "form": form,
        "known": known(typed, store=request.membership.store),
        "devices": device_lines(items, past=past),
    }
    return render_stage(
        request, deal, Stage.INTAKE, "buyback/counter/intake.html", context, status=status
    )


def _filled(device: Item) -> VersionedForm:
    saved = {
        "imei2": device.imei2,
        "variant": device.variant_id,
        "colour": device.colour,
        "serial": device.serial,
        "version": device.version,
    }
    return VersionedForm(variants=variants(), initial=saved)


def _stale(request: StaffRequest, device: Item, form: VersionedForm) -> HttpResponse:
    """Show both values; saving again then means these."""
    again = VersionedForm({**request.POST.dict(), "version": device.version}, variants=variants())
    again.is_valid()
    context = {"differences": differences(device, form.cleaned_data)}
    return _item(request, device, again, status=409, **context)


def _item(
    request: StaffRequest,
    device: Item,
    form: forms.Form,
    *,
    status: int = 200,
    **context: object,
) -> HttpResponse:
    filled: dict[str, object] = {
        "form": form,
        "item": device,
        "return_form": ReturnForm(),
        "known": known(
            [device.imei1, device.imei2], store=request.membership.store, besides=[device]
        ),
        **context,
    }
    return render_stage(
        request,
        device.deal,
        Stage.INTAKE,
        "buyback/counter/item.html",
        filled,
        status=status,
    )
