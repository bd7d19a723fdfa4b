"""The managers' pages of a store: what needs attention, settings, networks, texts, prices.

What holds for one store is a manager's, what holds in all stores an owner's; who reads a page may
not write everything on it.
"""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from buyback.contracts.models import ContractText
from buyback.desk.manage.attention import attention
from buyback.desk.manage.book import book_screen
from buyback.desk.manage.forms import AdoptForm, NetworkForm, SettingForm
from buyback.desk.manage.queries import (
    NetworkScreen,
    SettingScreen,
    networks_screen,
    settings_screen,
    texts_screen,
)
from buyback.desk.manage.services import adopt_for_store, change_network, change_value
from carriers.checks.policy import Mode, Requirement
from shop.idempotency import once
from shop.people.access import StaffRequest, access
from shop.people.policy import Permission

DAYS = {"past-day": "valid_from", "far-day": "valid_from"}
PAGE = "buyback/desk/manage"


@require_safe
@access(Permission.MANAGE)
def index(request: StaffRequest) -> HttpResponse:
    """Show what needs attention, and the way to the other pages."""
    lines = attention(request.membership.store, now=timezone.now())
    return render(request, f"{PAGE}/index.html", {"lines": lines})


@require_safe
@access(Permission.MANAGE)
def prices(request: StaffRequest) -> HttpResponse:
    """Show the price book in force."""
    screen = book_screen(today=timezone.localdate())
    return render(request, f"{PAGE}/prices.html", {"screen": screen})


# --- settings --------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@access(Permission.MANAGE)
def settings_page(request: StaffRequest) -> HttpResponse:
    """Show every setting with its history; a POST writes another value for one of them."""
    store = request.membership.store
    screens = settings_screen(store, today=timezone.localdate())
    may_company = request.membership.may(Permission.MANAGE_COMPANY)
    chosen = request.POST.get("setting", "")
    sheets = {
        one.key: SettingForm(
            request.POST if one.key == chosen else None,
            setting=one.key,
            now=one.value,
            may_company=may_company,
        )
        for one in screens
    }
    form = sheets.get(chosen)
    if form is not None and form.is_valid() and _write_setting(request, chosen, form):
        return _back(request, "manage:settings", _("Saved. It holds from the day you chose."))
    rows: list[tuple[SettingScreen, SettingForm]] = [(one, sheets[one.key]) for one in screens]
    context = {"rows": rows, "open": chosen, "lost": _lost(request, form)}
    status = 422 if request.method == "POST" else 200
    return render(request, f"{PAGE}/settings.html", context, status=status)


def _write_setting(request: StaffRequest, key: str, form: SettingForm) -> bool:
    data, store = form.cleaned_data, request.membership.store

    def act() -> int:
        return change_value(
            store_id=store.pk,
            everywhere=form.everywhere(),
            key=key,
            value=form.new_value(),
            valid_from=data["valid_from"],
            reason=data["reason"],
            actor=request.user,
        ).pk

    try:
        once(actor=request.user, scope=f"set-{key}", about=store.pk, key=data["key"], act=act)
    except ValidationError as error:
        form.refused(error, DAYS, "value")
        return False
    return True


# --- networks --------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@access(Permission.MANAGE)
def networks(request: StaffRequest) -> HttpResponse:
    """Show how each network is asked; a POST by an owner writes it anew for one of them."""
    may_write = request.membership.may(Permission.MANAGE_COMPANY)
    if request.method == "POST" and not may_write:
        raise PermissionDenied
    screens = networks_screen(now=timezone.now())
    chosen = request.POST.get("network", "")
    sheets = {
        one.code: NetworkForm(
            request.POST if one.code == chosen else None,
            network=one.code,
            now=one.rule,
            mode=one.mode,
        )
        for one in screens
    }
    form = sheets.get(chosen)
    if form is not None and form.is_valid() and _write_network(request, chosen, form):
        return _back(
            request, "manage:networks", _("Saved. Questions asked before stay as they are.")
        )
    rows: list[tuple[NetworkScreen, NetworkForm]] = [(one, sheets[one.code]) for one in screens]
    context = {"rows": rows, "open": chosen, "may_write": may_write, "lost": _lost(request, form)}
    status = 422 if request.method == "POST" else 200
    return render(request, f"{PAGE}/networks.html", context, status=status)


def _write_network(request: StaffRequest, network: str, form: NetworkForm) -> bool:
    data, store = form.cleaned_data, request.membership.store

    def act() -> int:
        return change_network(
            store_id=store.pk,
            network=network,
            mode=Mode(data["mode"]),
            required=data["requirement"] == Requirement.REQUIRED,
            valid_from=data["valid_from"],
            reason=data["reason"],
            actor=request.user,
        ).pk

    try:
        once(actor=request.user, scope=f"net-{network}", about=store.pk, key=data["key"], act=act)
    except ValidationError as error:
        form.refused(error, DAYS, "mode")
        return False
    return True


# --- contract texts --------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@access(Permission.MANAGE)
def texts(request: StaffRequest) -> HttpResponse:
    """Show the contract texts; a POST with the tick lets the store use one of them."""
    form = AdoptForm(request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid() and _adopt(request, form):
        return _back(request, "manage:texts", _("Saved. Contracts prepared from now on use it."))
    screens = texts_screen(request.membership.store)
    posted = request.POST.get("text", "")
    rows = [
        (one, _adopt_form(one.text, form if form and str(one.text.pk) == posted else None))
        for one in screens
    ]
    shown = form if posted in {str(one.text.pk) for one in screens} else None
    context = {"rows": rows, "lost": _lost(request, shown)}
    status = 422 if form is not None else 200
    return render(request, f"{PAGE}/texts.html", context, status=status)


def _lost(request: StaffRequest, form: forms.Form | None) -> bool:
    """Tell whether a form was sent that is none of this page's."""
    return request.method == "POST" and form is None


def _adopt_form(text: ContractText, posted: AdoptForm | None) -> AdoptForm:
    return posted or AdoptForm(initial={"text": text.pk}, auto_id=f"id_{text.pk}_%s")


def _adopt(request: StaffRequest, form: AdoptForm) -> bool:
    data, store = form.cleaned_data, request.membership.store

    def act() -> int:
        return adopt_for_store(store_id=store.pk, text_id=data["text"], actor=request.user).pk

    try:
        once(actor=request.user, scope="adopt", about=store.pk, key=data["key"], act=act)
    except ContractText.DoesNotExist:
        form.add_error(None, _("There is no such text."))
        return False
    return True


def _back(request: StaffRequest, page: str, said: str) -> HttpResponse:
    messages.success(request, said)
    return HttpResponseRedirect(reverse(page), status=303)
