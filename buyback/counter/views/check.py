"""The check page of a deal: one panel per device, its polling fragment, answers and evidence.

Decided here: how often a panel asks for news. What may be asked and answered is for
`buyback.deals.checking`; what a panel shows is put together in `carriers.checks.queries`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from buyback.counter.forms.check import AnswerForm, AskForm, ByHandForm
from buyback.counter.frame import SeeOther, Stage, deal_or_404, item_or_404, render_stage
from buyback.deals.checking import (
    answer_by_person,
    ask_carriers,
    find_lookup,
    item_of_check,
    take_by_hand,
)
from buyback.deals.models import Deal, Item
from buyback.deals.policy import CHECKABLE, ITEM_ACTIVE
from carriers.checks.evidence import evidence_of
from carriers.checks.models import Lookup
from carriers.checks.queries import CheckPanel, check_panel, check_panels
from shop.idempotency import once
from shop.people.access import StaffRequest, access
from shop.people.policy import Permission

FAST_POLLS = 20
SLOW_POLLS = 25
MAX_POLLS = FAST_POLLS + SLOW_POLLS
"""Every 0.5 s for 10 s, then every 2 s up to 60 s, then a button (DESIGN §7)."""

CONFLICTS = frozenset({"already-answered", "not-now"})
"""Somebody else was faster: 409, not the person's mistake."""


@dataclass(frozen=True, slots=True)
class Poll:
    """When a panel asks for news next. `trigger` is empty once it has stopped on its own."""

    trigger: str
    count: int


@dataclass(frozen=True, slots=True)
class ItemCheck:
    """One device's panel with what this person may do in it."""

    item: Item
    panel: CheckPanel
    poll: Poll | None
    key: UUID
    may_ask: bool
    may_answer: bool
    may_change: bool
    error: str = ""


@require_safe
@access(Permission.SEE_COUNTER)
def check(request: StaffRequest, code: str) -> HttpResponse:
    """Show the check of every device of the deal."""
    return _page(request, deal_or_404(request, code))


@require_safe
@access(Permission.SEE_COUNTER)
def panel(request: StaffRequest, code: str, position: int) -> HttpResponse:
    """Return news of one device's check for a page that is waiting.

    `n` counts the questions so far; the panel itself comes along only when it looks different from
    `seen`, so that nothing moves under a person's hand.
    """
    deal = deal_or_404(request, code)
    item = item_or_404(deal, position)
    shown = check_panel(item.check_asked, now=timezone.now())
    asked = _count(request.GET.get("n", ""))
    context = {
        "deal": deal,
        "one": _item_check(request, deal, item, shown, count=asked + 1),
        "changed": shown.state != request.GET.get("seen", ""),
    }
    response = render(request, "buyback/counter/_check_poll.html", context)
    if "done" in request.GET and not shown.polling:
        # Gates, stages and the next step around the panel follow the verdict.
        response["HX-Refresh"] = "true"
    return response


@require_POST
@access(Permission.TAKE_DEALS)
def ask(request: StaffRequest, code: str, position: int) -> HttpResponse:
    """Ask the carriers about one device."""
    deal = deal_or_404(request, code)
    item = item_or_404(deal, position)
    form = AskForm(request.POST)
    if not form.is_valid():
        return _page(request, deal, errors={position: _first(form)}, status=422)
    again, key = form.cleaned_data["again"], form.submission_key

    def act() -> int:
        return ask_carriers(item_id=item.pk, actor=request.user, again=again).pk

    try:
        once(actor=request.user, scope="ask-carriers", about=item.pk, key=key, act=act)
    except ValidationError as error:
        return _refused(request, deal, position, error)
    return _to_item(deal, position)


@require_POST
@access(Permission.ANSWER_LOOKUPS)
def answer(request: StaffRequest, code: str, lookup_id: int) -> HttpResponse:
    """Take the mark that a person read on the carrier's page."""
    deal = deal_or_404(request, code)
    position = _position(deal, lookup_id)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, deal, errors={position: _first(form)}, status=422)
    try:
        answer_by_person(
            deal_id=deal.pk,
            lookup_id=lookup_id,
            mark=form.read_mark,
            note=form.cleaned_data["note"],
            actor=request.user,
        )
    except ValidationError as error:
        return _refused(request, deal, position, error)
    return _to_item(deal, position)


@require_POST
@access(Permission.ANSWER_LOOKUPS)
def by_hand(request: StaffRequest, code: str, lookup_id: int) -> HttpResponse:
    """Put a question to a person: instead of a machine, or to correct a wrong press."""
    deal = deal_or_404(request, code)
    position = _position(deal, lookup_id)
    form = ByHandForm(request.POST)
    if not form.is_valid():
        return _page(request, deal, errors={position: _first(form)}, status=422)
    try:
        take_by_hand(
            deal_id=deal.pk,
            lookup_id=lookup_id,
            reason=form.cleaned_data["reason"],
            actor=request.user,
        )
    except ValidationError as error:
        return _refused(request, deal, position, error)
    return _to_item(deal, position)


@require_safe
@access(Permission.SEE_COUNTER)
def evidence(request: StaffRequest, code: str, lookup_id: int) -> HttpResponse:
    """Show every try of one lookup, with the page as it was received."""
    deal = deal_or_404(request, code)
    position = _position(deal, lookup_id)
    found = evidence_of(Lookup.objects.select_related("answered_by").get(pk=lookup_id))
    may_correct = (
        found.lookup.answered_by_id is not None
        and deal.state in CHECKABLE
        and request.membership.may(Permission.ANSWER_LOOKUPS)
    )
    context: dict[str, object] = {
        "evidence": found,
        "position": position,
        "may_correct": may_correct,
    }
    return render_stage(request, deal, Stage.CHECK, "buyback/counter/evidence.html", context)


def poll_after(count: int) -> Poll:
    """Return when to ask for the `count`-th time (0 is the first), which the server decides."""
    if count < FAST_POLLS:
        return Poll("load delay:500ms", count)
    if count < MAX_POLLS:
        return Poll("load delay:2s", count)
    return Poll("", MAX_POLLS)


def _count(text: str) -> int:
    return min(int(text), MAX_POLLS) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _page(
    request: StaffRequest,
    deal: Deal,
    *,
    errors: Mapping[int, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    items = list(deal.items.all())
    panels = check_panels([item.check_asked for item in items if item.check_asked], now=now)
    nothing = check_panel(None, now=now)
    checks = [
        _item_check(
            request,
            deal,
            item,
            panels.get(item.check_asked_id or 0, nothing),
            error=(errors or {}).get(item.position, ""),
        )
        for item in items
    ]
    context: dict[str, object] = {"checks": checks}
    return render_stage(
        request, deal, Stage.CHECK, "buyback/counter/check.html", context, status=status
    )


def _item_check(
    request: StaffRequest,
    deal: Deal,
    item: Item,
    shown: CheckPanel,
    *,
    count: int = 0,
    error: str = "",
) -> ItemCheck:
    changeable = deal.state in CHECKABLE and item.state in ITEM_ACTIVE
    may_answer = request.membership.may(Permission.ANSWER_LOOKUPS)
    return ItemCheck(
        item=item,
        panel=shown,
        poll=poll_after(count) if shown.polling else None,
        key=uuid4(),
        may_ask=changeable and request.membership.may(Permission.TAKE_DEALS),
        may_answer=may_answer,
        may_change=changeable and may_answer,
        error=error,
    )


def _position(deal: Deal, lookup_id: int) -> int:
    """Return which device of the deal a lookup was made for; 404 for any other lookup."""
    try:
        _lookup, check_id = find_lookup(deal_id=deal.pk, lookup_id=lookup_id)
    except Lookup.DoesNotExist:
        raise Http404 from None
    item = item_of_check(deal, check_id)
    if item is None:
        raise Http404
    return item.position


def _refused(
    request: StaffRequest, deal: Deal, position: int, error: ValidationError
) -> HttpResponse:
    fresh = deal_or_404(request, deal.code)
    status = 409 if error.code in CONFLICTS else 422
    return _page(request, fresh, errors={position: error.messages[0]}, status=status)


def _to_item(deal: Deal, position: int) -> HttpResponse:
    return SeeOther(f"{reverse('counter:check', args=[deal.code])}#item-{position}")


def _first(form: Form) -> str:
    return next(str(sentences[0]) for sentences in form.errors.values())
