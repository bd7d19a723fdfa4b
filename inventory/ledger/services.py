"""Writing the police ledger. Lines are added, never changed (古物営業法16条)."""

from datetime import date

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from inventory.ledger.models import EntryKind, LedgerEntry
from inventory.ledger.policy import BOUGHT, Party
from inventory.ledger.records import append_line, lock_head
from shop.people.models import Store
from shop.people.names import person_name


@transaction.atomic
def write_receipt(
    *,
    store: Store,
    unit_code: str,
    dealt_on: date,
    item_kind: str,
    feature: str,
    method: str,
    price_yen: int,
    kobutsu_special: bool,
    reference: str,
    party: Party,
    keep_years: int,
    actor: User,
) -> LedgerEntry:
    """Write the 受入れ line of one bought device: one line per device, quantity 1.

    `item_kind` (品目, ≤ 40 characters), `feature` (特徴, ≤ 300: `policy.feature_text`) and `method`
    (column 6, such as 「1号 運転免許証の提示」) stand as they will be printed; `reference` is the
    deal's code, `unit_code` the unit's own (the ledger stands below the units and knows no other).
    The party may be deleted `keep_years` after `dealt_on`. Takes the lock of the ledger's head, the
    last in the lock order, and holds it until the caller's transaction ends. Raises
    `IntegrityError` where the unit has a receipt already, `ValueError` for fewer than 3 years.
    """
    head = lock_head(store)
    row = LedgerEntry(
        kind=EntryKind.RECEIVE,
        dealt_on=dealt_on,
        written_at=timezone.now(),
        manner=BOUGHT,
        item_kind=item_kind,
        feature=feature,
        quantity=1,
        method=method,
        price_yen=price_yen,
        kobutsu_special=kobutsu_special,
        unit_code=unit_code,
        reference=reference,
        written_by=actor,
        writer_name=person_name(actor),
    )
    return append_line(head=head, row=row, party=party, keep_years=keep_years)
