"""A deal made ready for a price: answered check, complete inspection, a price book.

Rows are written as the services leave them; the carriers' answers stand for whatever network.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from buyback.deals.models import Deal, Item
from buyback.inspection.questions import QUESTIONS, Part
from buyback.inspection.services import record_inspection
from buyback.pricing.books import BookFigures, load_book
from buyback.pricing.models import PriceBook
from carriers.checks.models import Check, CheckAnswer, Lookup
from carriers.checks.policy import Lane, LookupState, Mode
from carriers.networks.answer import Failure, Mark
from carriers.networks.registry import NETWORKS
from inventory.units.policy import Grade
from tests.factories import make_variant

GOOD: Mapping[str, str] = {
    **{question.code: question.options[0].code for question in QUESTIONS},
    "exterior": "normal",
    "battery": "90",
}
"""A faultless phone with normal signs of use: grade B."""

FIGURES = BookFigures(
    at_risk_percent=15,
    overseas_percent=80,
    wifi_only_percent=45,
    parts_percent=60,
    rounding_yen=100,
    floor_yen=100,
    deductions=dict.fromkeys(Part, 10),
)
PRICES = {Grade.S: 66_000, Grade.A: 61_000, Grade.B: 58_000, Grade.C: 47_000, Grade.J: 14_000}


def make_book(*, valid_from: date | None = None, base: int = 58_000) -> PriceBook:
    """Return a book with one variant (iPhone 14 128GB), grade B at `base` yen."""
    variant = make_variant()
    scale = {grade: yen * base // PRICES[Grade.B] for grade, yen in PRICES.items()}
    return load_book(
        name="test",
        valid_from=valid_from or date(2026, 1, 1),
        is_sample=False,
        figures=FIGURES,
        prices={variant.code: scale},
        actor=None,
    )


def check_item(
    item: Item,
    *,
    marks: Mapping[str, Mark | Failure | None] | None = None,
    at: datetime | None = None,
) -> Check:
    """Ask the carriers about `item` at `at` and let each network say its mark (all ○ if left out).

    A `Failure` is an outage, `None` a question that is still open for a person.
    """
    when = at or timezone.now()
    check = Check.objects.create(
        store=item.deal.store,
        imei1=item.imei1,
        imei2=item.imei2,
        lane=Lane.COUNTER,
        requested_by=item.deal.opened_by,
        requested_at=when,
    )
    answers = dict.fromkeys(NETWORKS, Mark.CLEAR) | dict(marks or {})
    for network, answer in answers.items():
        lookup = _lookup(item.imei1, network, answer, when)
        CheckAnswer.objects.create(
            check_asked=check, lookup=lookup, network=network, imei_slot=1, required=True, at=when
        )
    item.check_asked = check
    item.save(update_fields=["check_asked"])
    return check


def _lookup(imei: str, network: str, answer: Mark | Failure | None, when: datetime) -> Lookup:
    if answer is None:
        Lookup.objects.filter(imei=imei, network=network, state=LookupState.ASSISTED).delete()
    states = {Mark: LookupState.ANSWERED, Failure: LookupState.FAILED}
    return Lookup.objects.create(
        imei=imei,
        network=network,
        mode=Mode.ASSISTED,
        lane=Lane.COUNTER,
        state=states[type(answer)] if answer is not None else LookupState.ASSISTED,
        mark=answer if isinstance(answer, Mark) else "",
        failure=answer if isinstance(answer, Failure) else "",
        asked_at=when,
        next_try_at=when,
        answered_at=when if answer is not None else None,
    )


def inspect(item: Item, *, actor: User, **changes: str) -> None:
    """Record a complete inspection: a faultless phone but for `changes`."""
    found = getattr(Item.objects.select_related("inspection").get(pk=item.pk), "inspection", None)
    record_inspection(
        item_id=item.pk,
        answers={**GOOD, **changes},
        version=found.version if found else 0,
        actor=actor,
    )


def make_ready(deal: Deal, **changes: str) -> list[Item]:
    """Check and inspect every item of `deal` (all ○, faultless but for `changes`)."""
    items = list(deal.items.select_related("deal__store", "deal__opened_by").order_by("position"))
    for item in items:
        check_item(item)
        inspect(item, actor=deal.opened_by, **changes)
    return items


def in_days(days: float) -> datetime:
    """Return the moment so many days from now."""
    return timezone.now() + timedelta(days=days)
