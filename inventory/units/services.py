"""What may be done with a unit. A unit is born when a contract is concluded, in quarantine."""

from collections.abc import Iterable, Mapping

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from inventory.catalogue.models import Variant
from inventory.units.models import Unit
from inventory.units.policy import Channel, Disposition, Grade
from inventory.units.records import lock_numbering, next_code, write_new_unit
from inventory.units.wording import REFUSAL
from shop.fingerprint import Json
from shop.people.models import Store


@transaction.atomic
def receive_unit(
    *,
    store: Store,
    variant: Variant,
    colour: str,
    imei1: str,
    imei2: str,
    serial: str,
    grade: Grade,
    disposition: Disposition,
    channels: Iterable[Channel],
    under_restriction: bool,
    cost_yen: int,
    actor: User,
    details: Mapping[str, Json],
) -> Unit:
    """Take a bought device into stock: the unit and its first event, or neither.

    `imei1`, `imei2`: 15 digits, `imei2` may be empty; `cost_yen` is what was paid; `details` go on
    the event (such as the deal's code). Raises `ValidationError` with code `rejected-device`,
    `no-channel`, `restricted-domestic` or `imei-in-hand`.
    """
    chosen = tuple(sorted(set(channels)))
    if disposition is Disposition.REJECT:
        raise ValidationError(REFUSAL["rejected-device"], code="rejected-device")
    if not chosen:
        raise ValidationError(REFUSAL["no-channel"], code="no-channel")
    if under_restriction and Channel.DOMESTIC in chosen:
        raise ValidationError(REFUSAL["restricted-domestic"], code="restricted-domestic")
    lock_numbering(store)
    now = timezone.now()
    unit = Unit(
        code=next_code(store, now),
        store=store,
        variant=variant,
        colour=colour,
        imei1=imei1,
        imei2=imei2,
        serial=serial,
        grade=grade,
        disposition=disposition,
        channels=[channel.value for channel in chosen],
        under_restriction=under_restriction,
        cost_yen=cost_yen,
        acquired_at=now,
    )
    return write_new_unit(unit=unit, actor=actor, details=details)
