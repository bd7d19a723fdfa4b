"""The ledger on screen, as PDF and as CSV."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inventory.ledger import views
from inventory.ledger.export import safe_cell
from inventory.ledger.models import EntryKind, LedgerEntry
from inventory.ledger.paper import printable
from inventory.ledger.policy import Party
from inventory.ledger.records import append_line, lock_head
from shop.people.models import Membership
from shop.people.policy import Role
from tests.factories import login_as, make_membership, make_store
from tests.inventory.owned import PARTY, make_line

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)
RANGE = {"first": "2026-11-01", "last": "2026-11-30"}


@pytest.fixture
def manager() -> Membership:
    return make_membership(role=Role.MANAGER)


@pytest.fixture
def signed_in(client: Client, manager: Membership) -> Client:
    return login_as(client, membership=manager)


def hand_over(member: Membership, receipt: LedgerEntry) -> LedgerEntry:
    """The 払出し of a later sale; the selling room writes them one day."""
    row = LedgerEntry(
        kind=EntryKind.HAND_OVER,
        dealt_on=date(2026, 12, 1),
        written_at=receipt.written_at,
        manner="売却",
        item_kind=receipt.item_kind,
        feature=receipt.feature,
        price_yen=50000,
        kobutsu_special=False,
        unit_code=receipt.unit_code,
        reference="X-1",
        written_by=member.user,
        writer_name="次郎",
    )
    buyer = Party("見本 買子", "大阪府大阪市2-2", "会社員", 40)
    return append_line(head=lock_head(member.store), row=row, party=buyer, keep_years=7)


def strike_out(member: Membership, struck: LedgerEntry) -> LedgerEntry:
    row = LedgerEntry(
        kind=EntryKind.STRIKE_OUT,
        dealt_on=DAY,
        written_at=struck.written_at,
        manner="訂正",
        item_kind=struck.item_kind,
        feature=struck.feature,
        price_yen=0,
        kobutsu_special=False,
        unit_code=struck.unit_code,
        reference="S-1",
        written_by=member.user,
        writer_name="次郎",
        strikes_out=struck,
    )
    return append_line(head=lock_head(member.store), row=row, party=PARTY, keep_years=7)


def csv_of(client: Client, **asked: str) -> list[list[str]]:
    answer = client.get(reverse("stock:ledger-csv"), {**RANGE, **asked})
    body: bytes = answer.getvalue()
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def test_the_page_shows_the_period_in_the_columns_of_the_form(
    signed_in: Client, manager: Membership
) -> None:
    make_line(manager.store, manager.user, dealt_on=DAY)
    make_line(manager.store, manager.user, dealt_on=date(2026, 10, 1), feature="前の月")
    answer = signed_in.get(reverse("stock:ledger"), RANGE)
    page = answer.content.decode()
    for text in ("見本 太郎", "東京都渋谷区1-1", "会社員", "1号 運転免許証の提示", "買受け"):
        assert text in page
    assert "前の月" not in page
    assert "no-store" in answer.headers["Cache-Control"]


@time_machine.travel(datetime(2026, 11, 23, 3, 0, tzinfo=UTC))
def test_without_dates_it_shows_this_month(signed_in: Client) -> None:
    answer = signed_in.get(reverse("stock:ledger"))
    assert answer.context["first"] == date(2026, 11, 1)
    assert answer.context["last"] == date(2026, 11, 23)


@pytest.mark.parametrize(
    "asked", [{"first": "2026-11-30", "last": "2026-11-01"}, {"first": "十一月"}, {"last": "x"}]
)
@pytest.mark.parametrize("name", ["stock:ledger", "stock:ledger-print", "stock:ledger-csv"])
def test_a_wrong_period_is_said_beside_its_field(
    signed_in: Client, name: str, asked: dict[str, str]
) -> None:
    answer = signed_in.get(reverse(name), asked)
    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()


def test_pages_go_on_by_key(
    signed_in: Client, manager: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PAGE_LINES", 2)
    for day in (20, 19, 20, 21, 19):
        make_line(manager.store, manager.user, dealt_on=date(2026, 11, day))
    seen, after = [], ""
    for _ in range(3):
        with CaptureQueriesContext(connection) as queries:
            page = signed_in.get(reverse("stock:ledger"), {**RANGE, "after": after}).context["page"]
        assert len(queries) <= 12
        seen += [(row.received_on.day, row.entry_number) for row in page.rows]
        after = page.following or ""
    assert seen == [(19, 2), (19, 5), (20, 1), (20, 3), (21, 4)]
    assert after == ""
    broken = signed_in.get(reverse("stock:ledger"), {**RANGE, "after": "2026-13-01_x"})
    assert len(broken.context["page"].rows) == 2


def test_receipt_and_hand_over_are_joined_and_a_struck_line_stays_legible(
    signed_in: Client, manager: Membership
) -> None:
    first, second = (make_line(manager.store, manager.user, dealt_on=DAY) for _ in range(2))
    hand_over(manager, first)
    strike_out(manager, second)
    rows = csv_of(signed_in)
    assert rows[1][10:14] == ["2026-12-01", "売却", "大阪府大阪市2-2", "見本 買子"]
    assert rows[2][10:14] == ["", "", "", ""]
    assert (rows[1][-1], rows[2][-1]) == ("", "抹消")
    assert len(rows) == 3


def test_the_csv_has_the_forms_columns(signed_in: Client, manager: Membership) -> None:
    line = make_line(manager.store, manager.user, dealt_on=DAY)
    headings, row = csv_of(signed_in)
    assert headings[:5] == ["受入れ年月日", "受入れ区別", "品目", "特徴", "数量"]
    assert len(set(headings)) == len(headings)
    assert row[:10] == [
        "2026-11-20",
        "買受け",
        "携帯電話",
        line.feature,
        "1",
        "1号 運転免許証の提示",
        "東京都渋谷区1-1",
        "見本 太郎",
        "会社員",
        "34",
    ]
    assert row[14:] == ["30000", "該当", "1", ""]


def test_a_spreadsheet_runs_nothing_of_it(signed_in: Client, manager: Membership) -> None:
    evil = Party("=cmd|'/c calc'!A1", "＝HYPERLINK(1)", "+1", 30)
    make_line(manager.store, manager.user, dealt_on=DAY, party=evil, feature="-2+3\n次")
    row = csv_of(signed_in)[1]
    assert (row[7], row[6], row[8]) == ("'=cmd|'/c calc'!A1", "'＝HYPERLINK(1)", "'+1")
    assert row[3] == "'-2+3 次"


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＠"])
def test_dangerous_beginnings_are_made_text(begin: str) -> None:
    assert safe_cell(f"{begin}1").startswith("'")
    assert safe_cell(f"1{begin}") == f"1{begin}".replace("\r", " ").replace("\n", " ")


def test_the_files_have_names_that_say_nothing(signed_in: Client) -> None:
    names = [
        signed_in.get(reverse(name), RANGE).headers["Content-Disposition"]
        for name in ("stock:ledger-csv", "stock:ledger-print")
    ]
    assert names == ['attachment; filename="ledger.csv"', 'inline; filename="ledger.pdf"']


@pytest.mark.parametrize("language", ["", "/en"])
def test_it_prints_as_pdf_even_with_a_character_no_font_has(
    signed_in: Client, manager: Membership, language: str
) -> None:
    strange = Party("𠮷田 \U000323af\u0007", "東京都", "会社員", 30)
    strike_out(manager, make_line(manager.store, manager.user, dealt_on=DAY, party=strange))
    answer = signed_in.get(f"{language}/stock/ledger/print/", RANGE)
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-")
    assert "no-store" in answer.headers["Cache-Control"]
    assert printable("𠮷\U000323af") == "𠮷〓"


def test_a_print_that_would_never_end_is_refused(
    signed_in: Client, manager: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PDF_LINES", 1)
    for _ in range(2):
        make_line(manager.store, manager.user, dealt_on=DAY)
    answer = signed_in.get(reverse("stock:ledger-print"), RANGE)
    assert answer.status_code == 422
    assert "1行を超える" in answer.content.decode()


def test_another_stores_lines_are_not_shown(signed_in: Client, manager: Membership) -> None:
    other = make_store(letter="U")
    make_line(other, manager.user, dealt_on=DAY)
    assert len(csv_of(signed_in)) == 1


@pytest.mark.parametrize("role", [Role.STAFF, Role.INSPECTOR])
@pytest.mark.parametrize("name", ["stock:ledger", "stock:ledger-print", "stock:ledger-csv"])
def test_the_ledger_is_closed_to_roles_without_it(client: Client, role: Role, name: str) -> None:
    login_as(client, membership=make_membership(role=role))
    assert client.get(reverse(name)).status_code == 403
