"""Price books by day, figures of a variant, the standing offer, and the replay to the yen."""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from buyback.deals.models import Deal
from buyback.inspection.policy import Remedy
from buyback.inspection.questions import Part
from buyback.pricing import jobs
from buyback.pricing.books import SAMPLE_FIGURES, SAMPLE_PRICES, load_sample_book, read_prices
from buyback.pricing.models import BasePrice, PartDeduction, PriceBook, Quote
from buyback.pricing.policy import Percent, figures_problems
from buyback.pricing.queries import (
    accept_problems,
    book_on,
    current_offer,
    figures_for,
    figures_on,
    offer_problems,
    replay,
    valuations,
)
from buyback.pricing.services import offer
from carriers.networks.answer import Mark
from inventory.catalogue.models import Variant
from inventory.catalogue.services import load_sample_catalogue
from inventory.units.policy import Channel, Grade
from tests.buyback.priced import check_item, inspect, make_book, make_ready
from tests.factories import make_deal, make_item, make_variant

pytestmark = pytest.mark.django_db


def test_the_newest_book_that_has_begun_holds() -> None:
    old = make_book(valid_from=date(2026, 4, 1))
    new = make_book(valid_from=date(2026, 5, 1))
    assert book_on(date(2026, 3, 31)) is None
    assert book_on(date(2026, 4, 30)) == old
    assert book_on(date(2026, 5, 1)) == new


def test_figures_come_from_one_book_and_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    book = make_book()
    variant = make_variant()
    with django_assert_num_queries(1):
        figures = figures_for(book, variant)
    assert figures is not None
    assert figures.base_yen[Grade.B] == 58_000
    assert figures.parts[Part.SCREEN] == Percent(10)
    assert figures.channel_percent[Channel.OVERSEAS] == 80
    assert figures.parts_yen == 8_400
    assert figures.floor_yen == 8_400
    assert figures_problems(figures) == ()
    assert figures_for(book, make_variant(model="Pixel 8")) is None


def test_a_book_spoilt_afterwards_gives_no_price() -> None:
    make_book()
    variant = make_variant()
    PartDeduction.objects.filter(part=Part.SCREEN).delete()
    assert figures_on(timezone.localdate(), [variant.pk]) == {}


def test_the_sample_book_prices_every_sample_variant_by_the_rules() -> None:
    variants = load_sample_catalogue()
    book = load_sample_book(valid_from=date(2026, 1, 1), actor=None)
    assert book.is_sample
    assert load_sample_book(valid_from=date(2026, 1, 1), actor=None) == book
    figures = figures_on(date(2026, 1, 1), [variant.pk for variant in variants])
    assert set(figures) == {variant.pk for variant in variants}
    assert len(figures) == 30


def test_the_command_loads_a_book_of_ones_own(tmp_path: Path) -> None:
    make_variant()
    file = tmp_path / "november.csv"
    file.write_text("variant_code,S,A,B,C,J\niphone-14-128,5,4,3,2,100\n", encoding="utf-8")
    load = ["load_price_book", str(file)]
    with pytest.raises(CommandError, match="--figures"):
        call_command(*load)
    with pytest.raises(CommandError, match="base-order"):
        call_command(*load, "--figures", str(SAMPLE_FIGURES))
    file.write_text("variant_code,S,A,B,C,J\niphone-14-128,500,400,300,200,100\n", encoding="utf-8")
    said = StringIO()
    call_command(*load, "--figures", str(SAMPLE_FIGURES), "--valid-from", "2026-02-03", stdout=said)
    assert "1 variants from 2026-02-03" in said.getvalue()
    assert BasePrice.objects.count() == 5
    with pytest.raises(CommandError):
        call_command(*load, "--figures", str(SAMPLE_FIGURES), "--valid-from", "2026-02-03")


def test_a_book_for_phones_nobody_knows_is_refused() -> None:
    with pytest.raises(ValidationError) as refused:
        load_sample_book(valid_from=date(2026, 1, 1), actor=None)
    assert refused.value.code == "unknown-variant"
    assert not PriceBook.objects.exists()


def test_a_file_with_a_hole_is_refused_by_line(tmp_path: Path) -> None:
    file = tmp_path / "holes.csv"
    file.write_text("variant_code,S,A,B,C,J\na,5,4,3,2,1\nb,5,4,,2,1\n", encoding="utf-8")
    with pytest.raises(ValidationError, match="line 3"):
        read_prices(file)


def test_the_sample_catalogue_and_the_sample_book_hold_the_same_phones() -> None:
    load_sample_catalogue()
    assert set(read_prices(SAMPLE_PRICES)) == set(Variant.objects.values_list("code", flat=True))


def test_an_offer_replays_to_the_yen_after_the_book_is_gone() -> None:
    make_book()
    deal = make_deal()
    item = deal.items.get()
    inspect(item, actor=deal.opened_by, glass="cracked", sim_lock="locked", battery="71")
    check_item(item, marks={"docomo": Mark.AT_RISK})
    offer(deal_id=deal.pk, actor=deal.opened_by)
    quote = Quote.objects.get()
    BasePrice.objects.all().delete()
    assert replay(quote) == quote.total_yen == sum(line["yen"] for line in quote.lines)


def test_remedies_carry_what_they_would_add() -> None:
    make_book()
    deal = make_deal()
    item = deal.items.get()
    inspect(item, actor=deal.opened_by, sim_lock="locked")
    check_item(item, marks={"docomo": Mark.AT_RISK})
    value = valuations(Deal.objects.get(pk=deal.pk), now=timezone.now())[0]
    assert dict(value.remedies) == {Remedy.PAY_OFF: 8_700, Remedy.UNLOCK_SIM: 5_800}


def test_problems_name_the_device() -> None:
    make_book()
    deal = make_deal()
    make_ready(deal)
    make_item(deal=deal)
    found = offer_problems(Deal.objects.get(pk=deal.pk), now=timezone.now())
    assert [(problem.code, problem.params["position"]) for problem in found] == [
        ("check-unresolved", 2),
        ("inspection-incomplete", 2),
    ]


def test_the_gates_take_few_queries_however_many_devices(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    make_book()
    deal = make_deal()
    for _ in range(3):
        make_item(deal=deal)
    make_ready(deal)
    offer(deal_id=deal.pk, actor=deal.opened_by)
    fresh = Deal.objects.select_related("store").get(pk=deal.pk)
    with django_assert_max_num_queries(3):
        assert accept_problems(fresh, now=timezone.now()) == ()
        assert current_offer(fresh) is not None
    with django_assert_max_num_queries(2):
        assert offer_problems(fresh, now=timezone.now()) == ()
    with django_assert_max_num_queries(0):
        offer_problems(fresh, now=timezone.now())
        accept_problems(fresh, now=timezone.now())


def test_the_job_may_run_at_any_time() -> None:
    assert jobs.expire() == 0
