"""Two counters conclude at the same moment: one chain, no line lost, no code given twice."""

from threading import Barrier

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from inventory.ledger.models import EntryKind, LedgerEntry, LedgerHead
from inventory.ledger.policy import BOUGHT
from inventory.ledger.queries import verify
from inventory.ledger.records import append_line
from inventory.units.models import Unit
from shop.people.models import Store
from tests.cluster import Database
from tests.factories import make_store, make_user
from tests.inventory.owned import PARTY, make_line, make_unit
from tests.together import together

pytestmark = pytest.mark.concurrency


def _without_the_lock(store: Store, clerk: User, code: str, read: Barrier) -> LedgerEntry:
    """Append as the service does, but read the head without locking it."""
    with transaction.atomic():
        head = LedgerHead.objects.get(store=store)
        read.wait(timeout=10)
        row = LedgerEntry(
            kind=EntryKind.RECEIVE,
            dealt_on=timezone.localdate(),
            written_at=timezone.now(),
            manner=BOUGHT,
            item_kind="携帯電話",
            feature="iPhone",
            method="1号",
            price_yen=1,
            kobutsu_special=True,
            unit_code=code,
            reference="S-1",
            written_by=clerk,
            writer_name="次郎",
        )
        return append_line(head=head, row=row, party=PARTY, keep_years=7)


def test_without_the_heads_lock_the_second_writer_is_refused(fresh_db: Database) -> None:
    store, clerk, read = make_store(), make_user(), Barrier(2)
    make_line(store, clerk)
    results = together(
        lambda: _without_the_lock(store, clerk, "U-1", read),
        lambda: _without_the_lock(store, clerk, "U-2", read),
    )
    assert [isinstance(result, IntegrityError) for result in results].count(True) == 1
    assert verify(store, today=timezone.localdate()).lines == 2


def test_two_writers_at_once_keep_the_chain(fresh_db: Database) -> None:
    store, clerk = make_store(), make_user()
    codes = [make_unit(store, clerk).code for _ in range(6)]
    results = together(
        *[lambda code=code: make_line(store, clerk, unit_code=code) for code in codes]
    )
    assert all(isinstance(result, LedgerEntry) for result in results)
    report = verify(store, today=timezone.localdate())
    assert (report.lines, report.broken) == (6, None)


def test_two_units_at_once_get_two_codes(fresh_db: Database) -> None:
    store, clerk = make_store(), make_user()
    make_unit(store, clerk)
    results = together(*[lambda: make_unit(store, clerk) for _ in range(4)])
    assert all(isinstance(result, Unit) for result in results)
    numbers = {int(unit.code.rpartition("-")[2]) for unit in Unit.objects.all()}
    assert numbers == {1, 2, 3, 4, 5}
