"""The one place where the state of a unit is written: row and event in one transaction."""

from collections.abc import Mapping
from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from inventory.units.models import Unit, UnitEvent
from inventory.units.policy import UNIT_TRANSITIONS, UnitAction
from inventory.units.wording import REFUSAL
from shop.fingerprint import Json
from shop.guards import broken_constraint
from shop.people.models import Store
from shop.people.names import person_name

UNIQUE_IMEI = "one_unit_in_hand_per_imei"
NUMBERING = 5001
"""The space of our advisory locks that stands for giving out unit codes."""


def lock_numbering(store: Store) -> None:
    """Let one transaction at a time give out unit codes of `store`, until it ends.

    An advisory lock of its own and not the store's row: a deal is opened under that row and may
    wait for the very transaction that calls this.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [NUMBERING, store.pk])


def next_code(store: Store, at: datetime) -> str:
    """Return the next free code of the store on the business day of `at`: `U-S261123-7`.

    The caller holds `lock_numbering`.
    """
    prefix = f"U-{store.letter}{timezone.localdate(at):%y%m%d}-"
    taken = Unit.objects.filter(store=store, code__startswith=prefix).values_list("code", flat=True)
    return f"{prefix}{max((int(code.removeprefix(prefix)) for code in taken), default=0) + 1}"


@transaction.atomic
def write_new_unit(*, unit: Unit, actor: User, details: Mapping[str, Json]) -> Unit:
    """Write a new unit in its first state together with the event that explains it.

    Raises `ValidationError` (code `imei-in-hand`) where a unit with either IMEI is ours already.
    """
    unit.state = UNIT_TRANSITIONS[None, UnitAction.RECEIVE]
    try:
        with transaction.atomic():
            unit.save(force_insert=True)
    except IntegrityError as error:
        if broken_constraint(error) != UNIQUE_IMEI:
            raise
        raise ValidationError(REFUSAL["imei-in-hand"], code="imei-in-hand") from None
    UnitEvent.objects.create(
        unit=unit,
        action=UnitAction.RECEIVE,
        from_state="",
        to_state=unit.state,
        at=unit.acquired_at,
        actor=actor,
        actor_name=person_name(actor),
        details=dict(details),
    )
    return unit
