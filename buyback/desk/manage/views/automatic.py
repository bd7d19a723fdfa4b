"""The managers' page of the automatic questions: switch a carrier off and on, and how gently."""

from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from buyback.desk.manage.automatic import (
    AutomaticScreen,
    automatic_screen,
    change_pace,
    queue_screens,
    switch_network,
)
from buyback.desk.manage.forms import KeyedForm, NumberField
from shop.idempotency import once
from shop.people.access import StaffRequest, access
from shop.people.policy import Permission

ON, OFF, PACE = "on", "off", "pace"


class SwitchForm(KeyedForm):
    """On or off, and why."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, widget=forms.TextInput({"autocomplete": "off"})
    )


class ClockInput(forms.TimeInput):
    """The browser's own time picker."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class PaceForm(KeyedForm):
    """How gently a network is asked from now on."""

    interval_ms = NumberField(label=_("Milliseconds between two questions"))
    daily_budget = NumberField(
        label=_("Questions a day"), required=False, help_text=_("Empty: no limit.")
    )
    quiet_from = forms.TimeField(label=_("Quiet from"), widget=ClockInput())
    quiet_until = forms.TimeField(
        label=_("Quiet until"),
        widget=ClockInput(),
        help_text=_("The same time twice: no quiet hours. The counter may always ask."),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=200, widget=forms.TextInput({"autocomplete": "off"})
    )


@require_http_methods(["GET", "HEAD", "POST"])
@access(Permission.MANAGE)
def automatic(request: StaffRequest) -> HttpResponse:
    """Show every carrier's automatic questions; a POST switches one, or sets its pace."""
    now = timezone.now()
    screens = automatic_screen(now=now)
    codes = {one.code for one in screens}
    chosen, what = request.POST.get("network", ""), request.POST.get("what", "")
    posted: KeyedForm | None = None
    if chosen in codes and what in {ON, OFF, PACE}:
        kind = PaceForm if what == PACE else SwitchForm
        posted = kind(request.POST, prefix=_prefix(what, chosen))
        if posted.is_valid() and _act(request, chosen, what, posted):
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(f"{reverse('manage:automatic')}#{chosen}", status=303)
    rows = [
        (
            one,
            posted if one.code == chosen and what in {ON, OFF} and posted else _switch(one),
            posted if one.code == chosen and what == PACE and posted else _pace(one),
        )
        for one in screens
    ]
    context = {
        "rows": rows,
        "queues": queue_screens(now=now),
        "open": chosen if what == PACE else "",
        "may_write": request.membership.may(Permission.MANAGE_COMPANY),
        "lost": request.method == "POST" and posted is None,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "buyback/desk/manage/automatic.html", context, status=status)


def _act(request: StaffRequest, network: str, what: str, form: KeyedForm) -> bool:
    data, store = form.cleaned_data, request.membership.store

    def act() -> int:
        if what == PACE:
            return change_pace(
                store_id=store.pk,
                network=network,
                interval_ms=data["interval_ms"],
                daily_budget=data["daily_budget"],
                quiet_from=data["quiet_from"],
                quiet_until=data["quiet_until"],
                reason=data["reason"],
                actor=request.user,
            )
        switch_network(
            store_id=store.pk,
            network=network,
            on=what == ON,
            reason=data["reason"],
            actor=request.user,
        )
        return 0

    try:
        scope = f"auto-{network}"
        once(actor=request.user, scope=scope, about=store.pk, key=data["key"], act=act)
    except ValidationError as error:
        form.refused(error, {"pace-out-of-range": "interval_ms"}, "reason")
        return False
    return True


def _prefix(what: str, network: str) -> str:
    return f"{'pace' if what == PACE else 'switch'}-{network}"


def _switch(one: AutomaticScreen) -> SwitchForm:
    return SwitchForm(prefix=_prefix(ON, one.code), initial={"key": uuid4()})


def _pace(one: AutomaticScreen) -> PaceForm:
    first = {
        "interval_ms": one.pace.interval_ms,
        "daily_budget": one.pace.daily_budget,
        "quiet_from": one.pace.quiet_from,
        "quiet_until": one.pace.quiet_until,
        "key": uuid4(),
    }
    return PaceForm(prefix=_prefix(PACE, one.code), initial=first)
