"""The measuring half of `bench.lists`; runs where Django is set up on the throw-away database."""

import gc
import json
import os
import random
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from string import Template
from typing import Any

import psycopg
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from buyback.counter.board import board_of
from buyback.counter.search import Kind, Query, find
from buyback.deals.models import Deal
from buyback.deals.queries import where_is
from inventory.ledger.export import csv_chunks
from inventory.ledger.models import LedgerEntry
from inventory.ledger.policy import FORM_COLUMNS
from inventory.ledger.queries import page_of_receipts, receipts, stream_rows
from inventory.units.models import Unit
from inventory.units.policy import UnitState
from inventory.units.queries import stock_page, unit_screen
from shop.people.models import Store
from tests.factories import make_store, make_user, make_variant

TARGET_P95_MS = 50
TARGET_LINES_S = 50_000
MUCH = 10_000
"""Rows of one table that a page should never need to read."""
KANA = ("ヤ", "アイ", "アイダ", "アイダタロウ", "カキダ", "ワリ")


def main() -> None:
    """Fill, ask, print."""
    rows, times = int(os.environ["BENCH_ROWS"]), int(os.environ["BENCH_TIMES"])
    store = _fill(rows)
    gc.freeze()  # as config.wsgi does once everything is loaded
    print(f"{rows:,} deals, devices, units and ledger lines; each question asked {times} times")
    print(f"target p95 {TARGET_P95_MS} ms\n")
    print(f"{'question':34} {'p50 ms':>8} {'p95 ms':>8} {'queries':>8}  rows read where many")
    for name, ask in _questions(store).items():
        _report(name, ask, times)
    _export(store)


def _fill(rows: int) -> Store:
    began = time.monotonic()
    mine, other = make_store(), make_store()
    values = {
        "rows": rows,
        "mine": mine.pk,
        "other": other.pk,
        "user": make_user().pk,
        "variant": make_variant().pk,
        "today": timezone.localdate().isoformat(),
    }
    script = Template((Path(__file__).parent / "lists.sql").read_text(encoding="utf-8"))
    with psycopg.connect(os.environ["BENCH_SUPERUSER_URL"], autocommit=True) as admin:
        admin.execute(script.substitute(values).encode())
        admin.execute("VACUUM ANALYZE")
    print(f"filled in {time.monotonic() - began:.0f} s")
    return mine


def _questions(store: Store) -> dict[str, Callable[[], object]]:
    now, chance = timezone.now(), random.Random(1)
    units = list(Unit.objects.filter(store=store).values_list("acquired_at", "pk", "imei1", "code"))
    codes = list(Deal.objects.filter(store=store).values_list("code", flat=True)[:5000])
    lines = list(LedgerEntry.objects.filter(store=store).values_list("dealt_on", "seq"))
    first, last = lines[0][0] - timedelta(days=9999), lines[-1][0] + timedelta(days=9999)

    def cursor() -> str:
        at, pk, _imei, _code = chance.choice(units)
        return f"{at.isoformat()}_{pk}"

    def search(kind: Kind, text: str) -> object:
        return find(Query(kind, text), store=store, now=now)

    def ledger_page() -> object:
        day, seq = chance.choice(lines)
        found = receipts(store, first=first, last=last)
        return page_of_receipts(found, size=100, after=f"{day.isoformat()}_{seq}")

    def one_unit() -> object:
        code = chance.choice(units)[3]
        return unit_screen(Unit.objects.get(code=code), with_ledger=True)

    return {
        "board": lambda: board_of(store, now=now),
        "stock, first page": lambda: stock_page(store, state=None),
        "stock, any depth": lambda: stock_page(store, state=None, before=cursor()),
        "stock, newer from any depth": lambda: stock_page(store, state=None, after=cursor()),
        "stock of a rare state": lambda: stock_page(store, state=UnitState.LISTED),
        "stock of a state, any depth": lambda: stock_page(
            store, state=UnitState.SOLD, before=cursor()
        ),
        "stock of an empty state": lambda: stock_page(store, state=UnitState.SCRAPPED),
        "one unit with its ledger line": one_unit,
        "search by IMEI": lambda: search(Kind.IMEI, chance.choice(units)[2]),
        "search by last 4": lambda: search(Kind.LAST_4, f"{chance.randrange(10_000):04}"),
        "search by kana": lambda: search(Kind.KANA, chance.choice(KANA)),
        "search by kana nobody has": lambda: search(Kind.KANA, "ンンン"),
        "search by deal code": lambda: search(Kind.CODE, chance.choice(codes)),
        "where an IMEI is known": lambda: where_is(chance.choice(units)[2], store=store),
        "ledger page, any depth": ledger_page,
    }


def _report(name: str, ask: Callable[[], object], times: int) -> None:
    ask()
    took = []
    for _turn in range(times):
        began = time.perf_counter()
        ask()
        took.append((time.perf_counter() - began) * 1000)
    with CaptureQueriesContext(connection) as captured:
        ask()
    much = sorted({table for query in captured for table in _much_read(query["sql"])})
    took.sort()
    p95 = took[min(len(took) - 1, round(len(took) * 0.95))]
    mark = " " if p95 <= TARGET_P95_MS else "!"
    print(
        f"{name:34} {statistics.median(took):8.1f} {p95:8.1f}{mark}{len(captured):7}"
        f"  {', '.join(much) or '–'}"
    )


def _much_read(sql: str) -> Iterator[str]:
    """Yield the tables of which PostgreSQL really read more than `MUCH` rows, with how many."""
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + sql.replace("%", "%%"))
        found = cursor.fetchone()[0]
    plan = json.loads(found) if isinstance(found, str) else found
    yield from _walk(plan[0]["Plan"])


def _walk(node: dict[str, Any]) -> Iterator[str]:
    read = node["Actual Loops"] * (node["Actual Rows"] + node.get("Rows Removed by Filter", 0))
    if "Relation Name" in node and read > MUCH:
        yield f"{node['Relation Name']} {read:,.0f}"
    for below in node.get("Plans", []):
        yield from _walk(below)


def _export(store: Store) -> None:
    today = timezone.localdate()
    found = receipts(store, first=today - timedelta(days=9999), last=today)
    before, began, size, lines = _memory_mb(), time.monotonic(), 0, 0
    worked = time.process_time()
    for chunk in csv_chunks(
        stream_rows(found), headings=[*FORM_COLUMNS, "struck"], applies="適用", struck="訂正"
    ):
        size += len(chunk)
        lines += chunk.count(b"\r\n")
    took, worked = time.monotonic() - began, time.process_time() - worked
    print(
        f"\nledger CSV: {lines:,} lines, {size / 1e6:.0f} MB in {took:.1f} s ="
        f" {lines / took:,.0f} lines/s (target {TARGET_LINES_S:,}),"
        f" {lines / worked:,.0f} by its own processor time;"
        f" memory {before:.0f} → {_memory_mb():.0f} MB"
    )


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
