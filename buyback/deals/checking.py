"""The carrier check of a deal's device: asked, answered and corrected until the deal is concluded.

Joins the deal (its lock, its history) with `carriers.checks`, which knows no deals. What a check
means for the deal is for the gates of the stages above.
"""

from django.contrib.auth.models import User
from django.db import transaction

from buyback.deals import wording
from buyback.deals.models import Deal, DealEvent, Item
from buyback.deals.policy import CHECKABLE, ITEM_ACTIVE, EventKind
from buyback.deals.transition import lock_deal, lock_items, record
from carriers.checks.models import Check, CheckAnswer, Lookup
from carriers.checks.policy import Lane
from carriers.checks.services import answer_lookup, ask_by_hand, request_check
from carriers.networks.answer import Mark


@transaction.atomic
def ask_carriers(*, item_id: int, actor: User, again: bool = False) -> Check:
    """Ask all networks about a device's IMEIs and return the new check, which now counts.

    Answers of the last minutes are shared with earlier checks, unless `again`
    (`carriers.checks.services.request_check`). Raises `ValidationError` with code `not-now` from
    `concluded` on, or once the device is done with.
    """
    deal = lock_deal(Item.objects.values_list("deal_id", flat=True).get(pk=item_id))
    item = next(one for one in lock_items(deal) if one.pk == item_id)
    if deal.state not in CHECKABLE or item.state not in ITEM_ACTIVE:
        raise wording.refusal("not-now")
    check = request_check(
        store_id=deal.store_id,
        imei1=item.imei1,
        imei2=item.imei2,
        lane=Lane.COUNTER,
        actor=actor,
        again=again,
    )
    item.check_asked = check
    item.save(update_fields=["check_asked"])
    record(
        deal=deal,
        item=item,
        kind=EventKind.CHECK_REQUESTED,
        actor=actor,
        details={"check": check.pk, "again": again},
    )
    return check


@transaction.atomic
def answer_by_person(
    *, deal_id: int, lookup_id: int, mark: Mark | None, note: str, actor: User
) -> Lookup:
    """Write the mark that a person read for a device of this deal; None is “could not tell”.

    Allowed in every state of the deal: more knowledge never harms, and a lookup may be shared.
    Raises `Lookup.DoesNotExist` for a lookup of another deal, `ValidationError` with code
    `already-answered`.
    """
    lock_deal(deal_id)
    lookup, _check_id = find_lookup(deal_id=deal_id, lookup_id=lookup_id)
    return answer_lookup(lookup_id=lookup.pk, mark=mark, note=note, actor=actor)


@transaction.atomic
def take_by_hand(*, deal_id: int, lookup_id: int, reason: str, actor: User) -> Lookup:
    """Put a question of this deal's check to a person, or correct a person's answer.

    Raises `Lookup.DoesNotExist` for a lookup of another deal; `ValidationError` with code `not-now`
    from `concluded` on, and the codes of `carriers.checks.services.ask_by_hand`.
    """
    deal = lock_deal(deal_id)
    lookup, check_id = find_lookup(deal_id=deal_id, lookup_id=lookup_id)
    if deal.state not in CHECKABLE:
        raise wording.refusal("not-now")
    return ask_by_hand(lookup_id=lookup.pk, check_id=check_id, actor=actor, reason=reason)


def find_lookup(*, deal_id: int, lookup_id: int) -> tuple[Lookup, int]:
    """Return the lookup and the newest check of this deal that it belongs to.

    The deal's history names every check ever asked for its devices. Raises `Lookup.DoesNotExist`.
    """
    asked = DealEvent.objects.filter(deal_id=deal_id, kind=EventKind.CHECK_REQUESTED)
    checks = [details["check"] for details in asked.values_list("details", flat=True)]
    row = (
        CheckAnswer.objects.filter(check_asked__in=checks, lookup_id=lookup_id)
        .select_related("lookup")
        .order_by("-check_asked_id")
        .first()
    )
    if row is None:
        raise Lookup.DoesNotExist
    return row.lookup, row.check_asked_id


def item_of_check(deal: Deal, check_id: int) -> Item | None:
    """Return the device that this check was asked for."""
    event = (
        DealEvent.objects.filter(deal=deal, kind=EventKind.CHECK_REQUESTED, details__check=check_id)
        .select_related("item")
        .first()
    )
    return event.item if event else None
