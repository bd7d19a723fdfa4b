"""What the managers' pages show: settings, networks, contract texts, and what needs attention.

Each page's screen in a bounded number of queries. Nothing here decides what holds: the settings
book, `network_rules` and `text_for` do, and are asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from buyback.contracts.models import ContractText, ContractTextAdoption
from buyback.contracts.queries import text_for
from buyback.desk.manage.wording import NETWORK_NOTES, NetworkNote
from carriers.checks.client import site_to_ask
from carriers.checks.models import NetworkMode
from carriers.checks.policy import Mode, Requirement
from carriers.checks.services import NetworkRule, network_rules
from carriers.checks.wording import MODES, REQUIREMENTS, network_name
from carriers.networks.registry import NETWORKS
from shop.people.models import Store
from shop.people.names import person_name
from shop.settings_book import DEFINITIONS, Definition, Setting, Value, rows_for

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

MODES_READ = 200
TEXTS_READ = 20


@dataclass(frozen=True, slots=True)
class Dated:
    """One dated row as a line of a history; `standing` is now, later or past."""

    what: str
    where: str
    since: date | datetime
    standing: str
    by: str
    reason: str


# --- settings --------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class SettingScreen:
    """One setting with its words, its value today and its rows, newest first."""

    key: str
    definition: Definition
    value: Value
    said: str
    default: str
    rows: tuple[Dated, ...]

    @property
    def upcoming(self) -> tuple[Dated, ...]:
        """The rows that have not begun, the next first."""
        return tuple(reversed([row for row in self.rows if row.standing == "later"]))


def settings_screen(store: Store, *, today: date) -> tuple[SettingScreen, ...]:
    """Return every setting of the book as it stands for `store`. One query."""
    found: dict[str, list[Setting]] = {key: [] for key in DEFINITIONS}
    for row in rows_for(store).select_related("set_by", "store"):
        if row.key in found:
            found[row.key].append(row)
    return tuple(_setting(key, rows, today=today) for key, rows in found.items())


def _setting(key: str, rows: list[Setting], *, today: date) -> SettingScreen:
    definition = DEFINITIONS[key]
    begun = [row for row in rows if row.valid_from <= today]
    value: Value = begun[-1].value if begun else definition.default
    newest = sorted(rows, key=lambda row: (row.valid_from, row.pk), reverse=True)
    return SettingScreen(
        key=key,
        definition=definition,
        value=value,
        said=said_value(value, definition),
        default=said_value(definition.default, definition),
        rows=tuple(
            Dated(
                what=said_value(row.value, definition),
                where=row.store.name if row.store else _("All stores"),
                since=row.valid_from,
                standing=_standing(row is begun[-1] if begun else False, row.valid_from > today),
                by=person_name(row.set_by),
                reason=row.reason,
            )
            for row in newest
        ),
    )


def said_value(value: Value, definition: Definition) -> str:
    """Return a setting's value as people say it: `3 days`, `Yes`."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return f"{value} {definition.unit}"


def _standing(now: bool, later: bool) -> str:
    if later:
        return "later"
    return "now" if now else "past"


# --- networks --------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class NetworkScreen:
    """One network: how it was told to be asked, how it is asked in fact, and its rows."""

    code: str
    name: str
    mode: Mode
    rule: NetworkRule
    mode_said: "Lazy"
    requirement_said: "Lazy"
    page_url: str
    notes: tuple["Lazy", ...]
    rows: tuple[Dated, ...]


def networks_screen(*, now: datetime) -> tuple[NetworkScreen, ...]:
    """Return every network in the registry's order. Two queries."""
    rules = network_rules(now=now)
    rows = NetworkMode.objects.select_related("set_by").order_by("-valid_from", "-pk")[:MODES_READ]
    by_network: dict[str, list[NetworkMode]] = {code: [] for code in NETWORKS}
    for row in rows:
        by_network.setdefault(row.network, []).append(row)
    return tuple(_network(code, rules[code], by_network[code], now=now) for code in NETWORKS)


def _network(
    code: str, rule: NetworkRule, rows: list[NetworkMode], *, now: datetime
) -> NetworkScreen:
    standing = next((row for row in rows if row.valid_from <= now), None)
    mode = Mode(standing.mode) if standing else rule.mode
    requirement = Requirement.REQUIRED if rule.required else Requirement.ASKED
    return NetworkScreen(
        code=code,
        name=network_name(code),
        mode=mode,
        rule=rule,
        mode_said=MODES[rule.mode],
        requirement_said=REQUIREMENTS[requirement],
        page_url=NETWORKS[code].page_url,
        notes=tuple(NETWORK_NOTES[note] for note in network_notes(mode, rule)),
        rows=tuple(
            Dated(
                what=_mode_line(row),
                where="",
                since=row.valid_from,
                standing=_standing(row is standing, row.valid_from > now),
                by=person_name(row.set_by) if row.set_by else "",
                reason=row.reason,
            )
            for row in rows
        ),
    )


def _mode_line(row: NetworkMode) -> str:
    if row.mode == Mode.OFF:
        return str(MODES[Mode.OFF])
    return f"{MODES[Mode(row.mode)]} · {REQUIREMENTS[Requirement(row.requirement)]}"


def network_notes(mode: Mode, rule: NetworkRule) -> Iterable[NetworkNote]:
    """Yield what has to be known beside how a network is asked."""
    if mode is Mode.OFF:
        yield NetworkNote.OFF
        return
    if not rule.required:
        yield NetworkNote.NOT_WAITED_FOR
    if mode is Mode.WEB:
        yield NetworkNote.STAND_IN if site_to_ask() else NetworkNote.NO_SITE
    if mode is Mode.GATEWAY:
        yield NetworkNote.NO_GATEWAY


# --- contract texts --------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class TextScreen:
    """One version of the contract text; `in_use` by the store, adopted by whom and when."""

    text: ContractText
    in_use: bool
    adoption: ContractTextAdoption | None


def texts_screen(store: Store) -> tuple[TextScreen, ...]:
    """Return the contract texts, the newest first. Three queries."""
    chosen = text_for(store)
    adoptions = {
        adoption.text_id: adoption
        for adoption in ContractTextAdoption.objects.filter(store=store)
        .select_related("adopted_by")
        .order_by("pk")
    }
    return tuple(
        TextScreen(
            text=text,
            in_use=chosen is not None and chosen.adopted and chosen.text.pk == text.pk,
            adoption=adoptions.get(text.pk),
        )
        for text in ContractText.objects.order_by("-pk")[:TEXTS_READ]
    )
