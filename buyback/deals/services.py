"""Open a deal, add and change its devices, cancel it, hold it back.

Every write carries its event. The rules of who may have an IMEI stand in the database: what is
looked up first only makes the sentence; the constraint has the last word.
Lock order: store → seller → deal → items by id (DESIGN §3).
"""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buyback.deals import wording
from buyback.deals.codes import new_code
from buyback.deals.models import Deal, Hold, Item
from buyback.deals.policy import (
    EDITABLE,
    ENDED,
    ITEM_ACTIVE,
    Action,
    DealState,
    EventKind,
    ItemAction,
)
from buyback.deals.queries import ImeiPlaces, where_is
from buyback.deals.transition import (
    add_item_row,
    apply,
    apply_to_item,
    lock_deal,
    lock_items,
    open_deal_row,
    record,
)
from carriers.imei import InvalidImei, parse_imei
from inventory.catalogue.models import Variant
from shop.fingerprint import Json
from shop.guards import broken_constraint
from shop.people.models import Store

CODE_TRIES = 8
"""Three random characters give 29,791 codes per store and day; eight tries always find one."""

UNIQUE_IMEI = "one_active_item_per_imei"


@dataclass(frozen=True, slots=True)
class Device:
    """One device as it was typed in, read and refused or accepted."""

    imei1: str
    imei2: str
    variant: Variant | None
    colour: str
    serial: str


def open_deal(
    *,
    store_id: int,
    imei_text: str,
    variant_id: int | None,
    colour: str,
    actor: User,
    imei2_text: str = "",
    serial: str = "",
) -> Deal:
    """Open a deal for a seller at the counter, with its first device, and give it a queue number.

    Raises `ValidationError`: `imei-empty`, `imei-not-digits`, `imei-length`, `imei-check-digit`,
    `imei-twice`, `unknown-variant`, and `imei-active-here` (param `code`),
    `imei-active-elsewhere`, `imei-in-hand-here` (param `unit`), `imei-in-hand-elsewhere`.
    The param `field` names what was typed wrongly: `imei`, `imei2` or `variant`.
    """
    device = _read_device(imei_text, imei2_text, variant_id, colour, serial)
    store = Store.objects.get(pk=store_id)
    try:
        with transaction.atomic():
            # Queue numbers have no gaps and no doubles: one opening at a time per store.
            Store.objects.select_for_update(of=("self",), no_key=True).get(pk=store_id)
            _refuse_taken(device, store=store)
            deal = _new_deal(store, actor)
            _add(deal, 1, device, actor)
            return deal
    except IntegrityError as error:
        if broken_constraint(error) != UNIQUE_IMEI:
            raise
        raise _taken_after_all(device, store) from error


def add_item(
    *,
    deal_id: int,
    imei_text: str,
    imei2_text: str,
    variant_id: int | None,
    colour: str,
    serial: str,
    actor: User,
) -> Item:
    """Add one more device to a deal that is not signed yet and return it.

    Raises `ValidationError` with the codes of `open_deal`, or `not-now` from `signed` on.
    """
    device = _read_device(imei_text, imei2_text, variant_id, colour, serial)
    store = Store.objects.get(deals=deal_id)
    try:
        with transaction.atomic():
            deal = lock_deal(deal_id)
            _refuse_unless_editable(deal)
            _refuse_taken(device, store=store)
            last = deal.items.aggregate(last=Max("position"))["last"] or 0
            return _add(deal, last + 1, device, actor)
    except IntegrityError as error:
        if broken_constraint(error) != UNIQUE_IMEI:
            raise
        raise _taken_after_all(device, store) from error


@transaction.atomic
def change_item(
    *,
    item_id: int,
    version: int,
    imei2_text: str,
    variant_id: int | None,
    colour: str,
    serial: str,
    actor: User,
) -> Item:
    """Change what is noted of a device and return it with its next version.

    `version` is the one the person saw. Another IMEI2 lets go of the carrier check, because it
    was asked about other numbers. Raises `ValidationError`: `stale` where somebody saved in
    between, `not-now` from `signed` on or once the device is done with, and the codes of
    `open_deal` for `imei2` and `variant`.
    """
    deal = lock_deal(Item.objects.values_list("deal_id", flat=True).get(pk=item_id))
    item = next(one for one in lock_items(deal) if one.pk == item_id)
    _refuse_unless_editable(deal)
    if item.state not in ITEM_ACTIVE:
        raise wording.refusal("not-now")
    if item.version != version:
        raise wording.refusal("stale")
    device = _read_device(item.imei1, imei2_text, variant_id, colour, serial)
    changes = _changes(item, device)
    if not changes:
        return item
    if "imei2" in changes:
        _refuse_taken(device, store=deal.store, besides=item)
        item.check_asked = None
    for name in changes:
        setattr(item, name, getattr(device, name))
    item.version += 1
    _save_changed(item, [*changes, "check_asked", "version"], device, deal.store)
    details: dict[str, Json] = {"changes": changes}
    record(deal=deal, item=item, kind=EventKind.ITEM_CHANGED, actor=actor, details=details)
    return item


def _save_changed(item: Item, fields: list[str], device: Device, store: Store) -> None:
    try:
        with transaction.atomic():
            item.save(update_fields=fields)
    except IntegrityError as error:
        if broken_constraint(error) != UNIQUE_IMEI:
            raise
        raise _taken_after_all(device, store, besides=item) from error


def _changes(item: Item, device: Device) -> dict[str, dict[str, str]]:
    """Return what differs on the item, by field, as `{"from": …, "to": …}` in plain words."""
    return {
        name: {"from": str(getattr(item, name) or ""), "to": str(getattr(device, name) or "")}
        for name in ("variant", "colour", "imei2", "serial")
        if getattr(item, name) != getattr(device, name)
    }


@transaction.atomic
def return_item(*, item_id: int, reason: str, actor: User) -> Item:
    """Give one device back before it is bought; the deal goes on with the others.

    Raises `ValidationError`: `reason-missing`, or `not-now` from `signed` on or once the device
    is done with.
    """
    why = _reason(reason)
    deal = lock_deal(Item.objects.values_list("deal_id", flat=True).get(pk=item_id))
    item = next(one for one in lock_items(deal) if one.pk == item_id)
    _refuse_unless_editable(deal)
    return apply_to_item(item=item, action=ItemAction.RETURN, actor=actor, details={"reason": why})


@transaction.atomic
def cancel_deal(*, deal_id: int, reason: str, actor: User) -> Deal:
    """End a deal before its contract is concluded; every device goes back to the seller.

    Raises `ValidationError`: `reason-missing`, or `not-now` from `concluded` on.
    """
    why = _reason(reason)
    deal = apply(deal_id=deal_id, action=Action.CANCEL, actor=actor, details={"reason": why})
    for item in lock_items(deal):
        if item.state in ITEM_ACTIVE:
            apply_to_item(item=item, action=ItemAction.RETURN, actor=actor)
    return deal


@transaction.atomic
def place_hold(*, deal_id: int, reason: str, actor: User) -> Hold:
    """Hold a running deal back (保留) until somebody lifts the hold.

    Raises `ValidationError`: `reason-missing`, `already-held`, or `not-now` for an ended deal.
    """
    why = _reason(reason)
    deal = lock_deal(deal_id)
    if DealState(deal.state) in ENDED:
        raise wording.refusal("not-now")
    if deal.holds.filter(lifted_at=None).exists():
        raise wording.refusal("already-held")
    hold = Hold.objects.create(deal=deal, reason=why, placed_at=timezone.now(), placed_by=actor)
    record(deal=deal, kind=EventKind.HOLD_PLACED, actor=actor, details={"reason": why})
    return hold


@transaction.atomic
def lift_hold(*, deal_id: int, actor: User) -> Hold:
    """Lift the hold of a deal and return it. Raises `ValidationError` (`not-held`)."""
    deal = lock_deal(deal_id)
    hold = deal.holds.select_for_update(no_key=True).filter(lifted_at=None).first()
    if hold is None:
        raise wording.refusal("not-held")
    hold.lifted_at, hold.lifted_by = timezone.now(), actor
    hold.save(update_fields=["lifted_at", "lifted_by"])
    record(deal=deal, kind=EventKind.HOLD_LIFTED, actor=actor, details={"reason": hold.reason})
    return hold


# --- inside ----------------------------------------------------------------------------------
def _reason(text: str) -> str:
    reason = " ".join(text.split())[:200]
    if not reason:
        raise wording.refusal("reason-missing")
    return reason


def _read_device(
    imei_text: str, imei2_text: str, variant_id: int | None, colour: str, serial: str
) -> Device:
    imei1 = _read_imei(imei_text, "imei")
    imei2 = _read_imei(imei2_text, "imei2") if imei2_text.strip() else ""
    if imei1 == imei2:
        raise wording.refusal("imei-twice", field="imei2")
    variant = None
    if variant_id is not None:
        variant = Variant.objects.filter(pk=variant_id).first()
        if variant is None:
            raise wording.refusal("unknown-variant", field="variant")
    return Device(imei1, imei2, variant, " ".join(colour.split())[:40], serial.strip()[:40])


def _read_imei(text: str, field: str) -> str:
    try:
        return parse_imei(text).digits
    except InvalidImei as error:
        raise wording.imei_refusal(error, field=field) from error


def _refuse_unless_editable(deal: Deal) -> None:
    if DealState(deal.state) not in EDITABLE:
        raise wording.refusal("not-now")


def _refuse_taken(device: Device, *, store: Store, besides: Item | None = None) -> None:
    besides_id = besides.pk if besides else 0
    for field, imei in (("imei", device.imei1), ("imei2", device.imei2)):
        places = where_is(imei, store=store, besides_item=besides_id) if imei else ImeiPlaces()
        refusal = taken(places, field=field)
        if refusal is not None:
            raise refusal


def taken(places: ImeiPlaces, *, field: str) -> ValidationError | None:
    """Return why a device that is known at `places` cannot be taken in, or None where it can."""
    if places.active_here:
        code = places.active_here.deal.code
        return wording.refusal("imei-active-here", field=field, code=code)
    if places.unit_here:
        return wording.refusal("imei-in-hand-here", field=field, unit=places.unit_here.code)
    if places.active_elsewhere:
        return wording.refusal("imei-active-elsewhere", field=field)
    if places.unit_elsewhere:
        return wording.refusal("imei-in-hand-elsewhere", field=field)
    return None


def _taken_after_all(
    device: Device, store: Store, *, besides: Item | None = None
) -> ValidationError:
    """Return the sentence for an IMEI, in either slot, that somebody took at the same moment."""
    try:
        _refuse_taken(device, store=store, besides=besides)
    except ValidationError as refused:
        return refused
    # Gone again in the meantime: the person may simply try once more.
    return wording.refusal("imei-active-elsewhere", field="imei")


def _new_deal(store: Store, actor: User) -> Deal:
    now = timezone.now()
    day = timezone.localdate(now)
    # Both lookups are safe from a race: the caller holds the store's row.
    today = Deal.objects.filter(store=store, business_date=day)
    last = today.aggregate(last=Max("queue_number"))["last"] or 0
    for _try in range(CODE_TRIES):
        code = new_code(letter=store.letter, day=day)
        if Deal.objects.filter(code=code).exists():
            continue
        return open_deal_row(
            deal=Deal(
                code=code,
                store=store,
                business_date=day,
                queue_number=last + 1,
                opened_at=now,
                opened_by=actor,
            ),
            actor=actor,
        )
    raise ValidationError(_("No free deal code was found. Please try again."), code="no-code")


def _add(deal: Deal, position: int, device: Device, actor: User) -> Item:
    return add_item_row(
        item=Item(
            deal=deal,
            position=position,
            variant=device.variant,
            colour=device.colour,
            imei1=device.imei1,
            imei2=device.imei2,
            serial=device.serial,
        ),
        actor=actor,
    )
