"""What was found on a device and what follows from it today.

Nothing of this is stored: grade and decision are computed from the answers, the carriers' verdict
and the store's terms each time they are asked for (DESIGN §3).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone

from buyback.deals.models import Deal, Item
from buyback.inspection.gate import Gate
from buyback.inspection.models import Inspection
from buyback.inspection.policy import Decision, Facts, Remedy, decide, facts_from
from buyback.inspection.questions import Answers, parse_answers
from buyback.inspection.terms import Terms
from carriers.checks.queries import CheckReport, check_report, check_reports
from inventory.units.policy import Disposition, Grade
from shop.problems import Blocker, Problem
from shop.settings_book import Value, read_settings


@dataclass(frozen=True, slots=True)
class InspectionState:
    """Where the inspection of one item stands.

    `given` are the answers saved so far; `answers`, `facts`, `grade` and `decision` exist once they
    are complete. A decision may still have no disposition (the carriers have not all answered).
    `problems` say what keeps this item from being offered, the check's own gate left out.
    """

    item: Item
    given: Mapping[str, str]
    version: int
    report: CheckReport
    answers: Answers | None
    facts: Facts | None
    decision: Decision | None
    problems: tuple[Problem, ...]

    @property
    def complete(self) -> bool:
        """Tell whether every question has an answer and none contradicts another."""
        return self.answers is not None

    @property
    def grade(self) -> Grade | None:
        """The grade by rule, or None while the answers are incomplete."""
        return self.facts.grade if self.facts else None

    @property
    def remedies(self) -> tuple[Remedy, ...]:
        """What the seller could still do."""
        return self.decision.remedies if self.decision else ()


ITEMS = Prefetch(
    "items",
    queryset=Item.objects.select_related(
        "variant__model__maker", "inspection", "check_asked"
    ).order_by("position"),
)
T = TypeVar("T")


def remembered(deal: Deal, what: str, read: Callable[[], T]) -> T:
    """Return what `read` returns, reading once per deal object, as prefetched rows are kept.

    A page asks the same gates from several places; a service that has just locked a deal holds a
    new object, so nothing from before the lock is ever remembered there.
    """
    kept: dict[str, T] = deal.__dict__.setdefault("_remembered", {})
    if what not in kept:
        kept[what] = read()
    return kept[what]


def items_of(deal: Deal) -> list[Item]:
    """Return the items of `deal` by position, with variant, check and inspection.

    One query; none where this deal object has them already.
    """
    prefetch_related_objects([deal], ITEMS)
    return sorted(deal.items.all(), key=lambda item: item.position)


def terms_on(deal: Deal, *, now: datetime) -> Terms:
    """Return the terms of the deal's store on the business day of `now`. One query."""
    day = timezone.localdate(now)
    return remembered(
        deal,
        f"terms {day}",
        lambda: Terms.from_settings(settings_on(deal, day)),
    )


def settings_on(deal: Deal, day: date) -> dict[str, Value]:
    """Return every setting of the deal's store as it holds on `day`. One query per deal object."""
    return remembered(deal, f"settings {day}", lambda: read_settings(store=deal.store, on=day))


def reports_of(deal: Deal, *, now: datetime) -> dict[int, CheckReport]:
    """Return what the carriers say of each item, by item id. One query for all items."""
    items = items_of(deal)
    asked = {item.check_asked_id: item.check_asked for item in items if item.check_asked}
    found = remembered(
        deal, "reports", lambda: check_reports(tuple(asked.values()), now=now) if asked else {}
    )
    nobody_asked = check_report(None, now=now)
    return {item.pk: found.get(item.check_asked_id or 0, nobody_asked) for item in items}


def inspection_state(item: Item, *, now: datetime, terms: Terms | None = None) -> InspectionState:
    """Return what was found on `item` and what we would do with it at `now`.

    `terms` are the store's of today unless given.
    """
    chosen = terms or terms_on(item.deal, now=now)
    report = reports_of(item.deal, now=now)[item.pk]
    found: Inspection | None = getattr(item, "inspection", None)
    given: Mapping[str, str] = found.answers if found else {}
    version = found.version if found else 0
    answers = parse_answers(given)
    if not isinstance(answers, Answers):
        missing = (Blocker(Gate.INCOMPLETE),)
        return InspectionState(item, given, version, report, None, None, None, missing)
    facts = facts_from(answers, verdict=report.report.verdict, store=chosen.rules)
    decision = decide(facts)
    problems = decision_problems(decision)
    return InspectionState(item, given, version, report, answers, facts, decision, problems)


def decision_problems(decision: Decision) -> tuple[Problem, ...]:
    """Return the blockers that a decision brings: every reason of a refusal or of no decision."""
    if decision.disposition is None:
        return tuple(Blocker(code) for code in decision.codes)
    if decision.disposition is Disposition.REJECT:
        return (Blocker(Gate.REFUSED), *(Blocker(code) for code in decision.codes))
    return ()
