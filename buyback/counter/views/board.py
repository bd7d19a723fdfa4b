"""The board of today's deals and the one search box."""

from uuid import UUID, uuid4

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from buyback.counter.board import board_of
from buyback.counter.forms.board import SearchForm
from buyback.counter.frame import SeeOther, to_deal
from buyback.counter.search import Kind, Query, deal_code_of, find
from shop.people.access import StaffRequest, access
from shop.people.policy import Permission

SESSION_KEY = "counter_searches"
KEPT = 10
"""Searches a session remembers, so that going back still shows the list."""


@require_safe
@access(Permission.SEE_COUNTER)
def board(request: StaffRequest) -> HttpResponse:
    """Show today's deals of the store."""
    context = {"board": board_of(request.membership.store, now=timezone.now())}
    return render(request, "buyback/counter/board.html", context)


@require_safe
@access(Permission.SEE_COUNTER)
def panel(request: StaffRequest) -> HttpResponse:
    """Show the board without the page around it, for the page that refreshes itself."""
    context = {"board": board_of(request.membership.store, now=timezone.now())}
    return render(request, "buyback/counter/_board.html", context)


@require_POST
@access(Permission.SEE_COUNTER)
def search(request: StaffRequest) -> HttpResponse:
    """Keep what was typed in the session and go to what it finds; a deal code goes to its deal."""
    form = SearchForm(request.POST)
    if not form.is_valid():
        return render(request, "buyback/counter/found.html", {"form": form}, status=422)
    query = form.query
    if code := deal_code_of(query, store=request.membership.store):
        return to_deal(code)
    kept: dict[str, list[str]] = request.session.get(SESSION_KEY, {})
    key = str(uuid4())
    newest = list(kept.items())[1 - KEPT :]
    request.session[SESSION_KEY] = {**dict(newest), key: [query.kind.value, query.text]}
    return SeeOther(reverse("counter:found", args=[key]))


@require_safe
@access(Permission.SEE_COUNTER)
def found(request: StaffRequest, key: UUID) -> HttpResponse:
    """Show what a search finds; a search the session no longer holds has to be typed again."""
    kept: dict[str, list[str]] = request.session.get(SESSION_KEY, {})
    asked = kept.get(str(key))
    if asked is None:
        return render(request, "buyback/counter/found.html", {"is_gone": True}, status=404)
    query = Query(Kind(asked[0]), asked[1])
    result = find(query, store=request.membership.store, now=timezone.now())
    return render(request, "buyback/counter/found.html", {"query": query, "found": result})
