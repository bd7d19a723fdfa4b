"""The short locked write of the ledger: the next line after the head, chained, with its party."""

import secrets

from django.db import transaction

from inventory.ledger.models import LedgerEntry, LedgerHead, LedgerParty
from inventory.ledger.policy import Party, entry_hash, party_digest, purge_day
from inventory.ledger.queries import as_entry
from shop.people.models import Store


def lock_head(store: Store) -> LedgerHead:
    """Return the head of the store's chain, locked until the transaction ends.

    The first line of a store makes the head; where two come at once, the loser of the race reads
    the winner's. Last in the lock order (DESIGN §3).
    """
    LedgerHead.objects.get_or_create(store=store)
    return LedgerHead.objects.select_for_update(no_key=True).get(store=store)


@transaction.atomic
def append_line(
    *, head: LedgerHead, row: LedgerEntry, party: Party, keep_years: int
) -> LedgerEntry:
    """Write `row` as the line after `head`, with its party, and move the head.

    `head` comes from `lock_head` in the same transaction. `keep_years` counts from the day of the
    deal. Raises `ValueError` for fewer years than the law's term.
    """
    salt = secrets.token_hex(32)
    row.store_id, row.seq, row.previous_hash = head.store_id, head.seq + 1, head.entry_hash
    row.party_digest = party_digest(party, salt)
    row.entry_hash = entry_hash(row.previous_hash, as_entry(row))
    row.save(force_insert=True)
    LedgerParty.objects.create(
        entry=row,
        name=party.name,
        address=party.address,
        occupation=party.occupation,
        age=party.age,
        salt=salt,
        purge_on=purge_day(row.dealt_on, keep_years),
    )
    head.seq, head.entry_hash = row.seq, row.entry_hash
    head.save(update_fields=["seq", "entry_hash"])
    return row
