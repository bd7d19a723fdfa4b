"""The managers' first page: what needs attention, from facts that are cheap to read.

Each fact answers with one line. What a fact costs a deal is decided by its gate, not here; the
ledger's chain is not walked here (`manage.py verify_ledger` does that).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from buyback.contracts.queries import text_for
from buyback.desk.manage.automatic import queue_screens
from buyback.desk.manage.queries import settings_screen
from buyback.pricing.queries import book_on
from carriers.checks.client import site_to_ask
from carriers.checks.policy import Mode
from carriers.checks.queries import breaker_notices
from carriers.checks.services import network_rules
from carriers.checks.wording import network_names
from inventory.catalogue.models import Variant
from inventory.ledger.models import LedgerHead
from shop.people.models import Store
from shop.people.queries import members_of


@dataclass(frozen=True, slots=True)
class Line:
    """One fact. `look` is ok, wait (soon), no (stops deals) or note; `page` a URL name."""

    look: str
    text: str
    page: str


def attention(store: Store, *, now: datetime) -> tuple[Line, ...]:
    """Return a line for each fact, in a fixed order. At most nine queries."""
    return (
        *_networks(now),
        *_automatic(now),
        _prices(now),
        *_catalogue(),
        _text(store),
        *_people(store),
        *_settings(store, now),
        _ledger(store),
    )


def _networks(now: datetime) -> Iterator[Line]:
    rules, page = network_rules(now=now), "manage:networks"
    off = [code for code, rule in rules.items() if rule.told is Mode.OFF]
    if len(off) == len(rules):
        yield Line("no", _("No carrier is asked: nothing can be bought."), page)
        return
    if off:
        yield Line("wait", _("Not asked: %(names)s") % {"names": network_names(off)}, page)
    if loose := [code for code, rule in rules.items() if code not in off and not rule.required]:
        text = _("The verdict does not wait for: %(names)s")
        yield Line("wait", text % {"names": network_names(loose)}, page)
    if web := [code for code, rule in rules.items() if rule.told is Mode.WEB]:
        text = (
            _("Asked automatically, at stand-in sites only: %(names)s")
            if site_to_ask()
            else _("Set to automatic, answered by hand: %(names)s")
        )
        yield Line("note", text % {"names": network_names(web)}, page)
    if hand := [code for code, rule in rules.items() if rule.told is Mode.ASSISTED]:
        text = _("Asked by hand: %(names)s")
        yield Line("ok", text % {"names": network_names(hand)}, page)
    yield Line("note", _("No adapter has been verified at a carrier's own site yet."), page)


def _automatic(now: datetime) -> Iterator[Line]:
    page = "manage:automatic"
    for notice in breaker_notices(now=now):
        yield Line("wait", f"{notice.name}: {notice.text}", page)
    for queue in queue_screens(now=now):
        if queue.deaf:
            yield Line("wait", queue.text, page)


def _prices(now: datetime) -> Line:
    book, page = book_on(timezone.localdate(now)), "manage:prices"
    if book is None:
        return Line("no", _("No price book is in force: no offer can be made."), page)
    facts = {"name": book.name, "day": book.valid_from.isoformat()}
    if book.is_sample:
        text = _("The price book in force is a sample (見本): %(name)s, since %(day)s")
        return Line("wait", text % facts, page)
    return Line("ok", _("Price book: %(name)s, since %(day)s") % facts, page)


def _catalogue() -> Iterator[Line]:
    unverified = Variant.objects.filter(verified_on=None).count()
    if unverified:
        text = ngettext(
            "%(count)s variant of the catalogue is a sample (見本) that nobody has verified.",
            "%(count)s variants of the catalogue are samples (見本) that nobody has verified.",
            unverified,
        )
        yield Line("wait", text % {"count": unverified}, "manage:prices")


def _text(store: Store) -> Line:
    chosen, page = text_for(store), "manage:texts"
    if chosen is None or not chosen.adopted:
        return Line("no", _("This store has adopted no contract text: nobody can sign."), page)
    facts = {"version": chosen.text.version}
    if chosen.text.is_sample:
        text = _("The contract text in use is a sample (見本): %(version)s. Have a lawyer read it.")
        return Line("wait", text % facts, page)
    return Line("ok", _("Contract text in use: %(version)s") % facts, page)


def _people(store: Store) -> Iterator[Line]:
    members, page = members_of(store), "manage:people"
    open_doors = [one.name for one in members if one.lacks_second_factor]
    if open_doors:
        text = _("Managers and owners without a second factor: %(names)s")
        yield Line("wait", text % {"names": _(", ").join(open_doors)}, page)
    else:
        yield Line("ok", _("Every manager and owner signs in with a second factor."), page)
    if waiting := [one.name for one in members if not one.has_password]:
        text = _("Have not chosen a password yet: %(names)s")
        yield Line("note", text % {"names": _(", ").join(waiting)}, page)


def _settings(store: Store, now: datetime) -> Iterator[Line]:
    for setting in settings_screen(store, today=timezone.localdate(now)):
        for row in setting.upcoming:
            text = _("From %(day)s: %(setting)s, %(value)s")
            facts = {"day": row.since, "setting": setting.definition.label, "value": row.what}
            yield Line("note", text % facts, "manage:settings")


def _ledger(store: Store) -> Line:
    head = LedgerHead.objects.filter(store=store).first()
    count = head.seq if head else 0
    text = ngettext(
        "The ledger has %(count)s line. Verify its chain with: manage.py verify_ledger",
        "The ledger has %(count)s lines. Verify its chain with: manage.py verify_ledger",
        count,
    )
    return Line("note", text % {"count": count}, "stock:ledger")
