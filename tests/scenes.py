"""A shop with one deal in any state, and the address of every page for it.

For the tests that walk over all pages: who may open them, what their headers say, what they answer
to hostile input. `addresses()` finds the pages in the URLconf, so a new one cannot be forgotten.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from buyback.counter.views.board import SESSION_KEY
from buyback.deals.models import Deal
from buyback.deals.policy import EventKind
from buyback.deals.services import cancel_deal, place_hold
from buyback.deals.transition import record
from buyback.pricing.services import offer
from buyback.sellers.models import Seller
from carriers.checks.models import Lookup
from inventory.units.models import Unit
from shop.people.models import Membership
from shop.people.policy import Role
from tests.buyback.contracted import (
    accepted_deal,
    checked_deal,
    concluded_deal,
    pay,
    prepared,
    signed_deal,
)
from tests.factories import login_as, make_deal, make_membership, make_seller, make_store

SEARCH = UUID("00000000-0000-4000-8000-000000000001")
THIRD_PARTY = ("accounts/", "admin/")
"""Addresses of allauth and of Django's admin, which keep their own door."""


@cache
def addresses() -> dict[str, tuple[str, ...]]:
    """Return every page of ours: qualified name → names of the parts of its address."""
    found = {}
    for name, route, pattern in _patterns(get_resolver().url_patterns):
        if not route.startswith(THIRD_PARTY):
            found[name] = tuple(pattern.pattern.converters)
    return found


def _patterns(
    entries: list[URLPattern | URLResolver], prefix: str = "", space: str = ""
) -> Iterator[tuple[str, str, URLPattern]]:
    for entry in entries:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _patterns(entry.url_patterns, route, inner)
        else:
            yield f"{space}{entry.name}", route, entry


@dataclass
class Scene:
    """A deal of a store, with what belongs to it."""

    deal: Deal
    owner: Membership

    def url(self, name: str) -> str:
        """Return the address of the page `name` for this deal."""
        kwargs = {part: self._part(name, part) for part in addresses()[name]}
        return reverse(name, kwargs=kwargs)

    def _part(self, name: str, part: str) -> object:
        if part == "code" and name.startswith("stock:"):
            unit = Unit.objects.filter(store=self.deal.store).first()
            return unit.code if unit else "none"
        if part == "lookup_id":
            item = self.deal.items.order_by("position")[0]
            found = Lookup.objects.filter(imei=item.imei1).first()
            return found.pk if found else 1
        if part == "member_id":
            found_member = Membership.objects.filter(store=self.deal.store, role=Role.STAFF).first()
            return (found_member or make_membership(store=self.deal.store)).pk
        known: Mapping[str, object] = {
            "code": self.deal.code,
            "position": 1,
            "version": 1,
            "key": SEARCH,
        }
        return known[part]

    def client(self, role: Role) -> Client:
        """Return a browser of a person with `role` in the store, who has searched once."""
        return signed_in(make_membership(store=self.deal.store, role=role))


def signed_in(membership: Membership, *, enforce_csrf_checks: bool = False) -> Client:
    """Return a browser in which the member has signed in and has searched once."""
    client = login_as(Client(enforce_csrf_checks=enforce_csrf_checks), membership=membership)
    session = client.session
    session[SESSION_KEY] = {str(SEARCH): ["last_4", "1013"]}
    session.save()
    return client


def _offered(member: Membership, seller: Seller) -> Deal:
    deal = checked_deal(membership=member, seller=seller)
    offer(deal_id=deal.pk, actor=member.user)
    return deal


def _held(member: Membership, seller: Seller) -> Deal:
    deal = accepted_deal(membership=member, seller=seller)
    prepared(deal)
    place_hold(deal_id=deal.pk, reason="確認中", actor=member.user)
    return deal


def _prepared(member: Membership, seller: Seller) -> Deal:
    deal = accepted_deal(membership=member, seller=seller)
    prepared(deal)
    return deal


def _cancelled(member: Membership, seller: Seller) -> Deal:
    deal = checked_deal(membership=member, seller=seller)
    return cancel_deal(deal_id=deal.pk, reason="お客様の都合", actor=member.user)


def _paid(member: Membership, _seller: Seller) -> Deal:
    deal = concluded_deal(membership=member)
    pay(deal)
    return deal


STATES: Mapping[str, Callable[[Membership, Seller], Deal]] = {
    "open": lambda member, seller: make_deal(membership=member, seller=seller),
    "checked": lambda member, seller: checked_deal(membership=member, seller=seller),
    "offered": _offered,
    "accepted": lambda member, seller: accepted_deal(membership=member, seller=seller),
    "prepared": _prepared,
    "held": _held,
    "signed": lambda member, _seller: signed_deal(membership=member),
    "concluded": lambda member, _seller: concluded_deal(membership=member),
    "paid": _paid,
    "cancelled": _cancelled,
}
"""How a deal is brought to each state of its life, by the services."""


def make_scene(state: str = "concluded") -> Scene:
    """Return a store with an owner and one deal in `state`."""
    owner = make_membership(store=make_store(), role=Role.OWNER)
    deal = STATES[state](owner, make_seller())
    for item in deal.items.exclude(check_asked=None):
        # Written by the service where the carriers are asked, which needs no carriers here.
        asked = {"check": item.check_asked_id, "again": False}
        kind = EventKind.CHECK_REQUESTED
        record(deal=deal, item=item, kind=kind, actor=owner.user, details=asked)
    return Scene(Deal.objects.select_related("store", "seller").get(pk=deal.pk), owner)
