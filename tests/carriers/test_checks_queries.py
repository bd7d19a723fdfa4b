"""The report and the panel of a check: newest answers, every state's look, one query for many."""

import datetime

import pytest
from django.conf import LazySettings
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from carriers.checks.models import CheckAnswer, Lookup
from carriers.checks.policy import LEASE_S, LookupState, Mode, Verdict
from carriers.checks.queries import (
    LATE,
    MarkCell,
    check_panel,
    check_panels,
    check_report,
    check_reports,
)
from carriers.checks.services import answer_lookup
from carriers.networks.answer import Failure, Mark
from carriers.networks.registry import NETWORKS
from tests.carriers.lookups import IMEI2, ask, leased, set_all
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stand_in(settings: LazySettings) -> None:
    settings.STAND_IN_URL = "http://127.0.0.1:9"


def test_without_a_check_nothing_is_decided() -> None:
    now = timezone.now()
    assert check_report(None, now=now).report.verdict is Verdict.UNRESOLVED
    panel = check_panel(None, now=now)
    assert (panel.check_id, panel.polling, panel.imeis) == (None, False, ())


def test_a_check_answered_by_hand_has_a_verdict() -> None:
    check = ask()
    for lookup in Lookup.objects.all():
        answer_lookup(lookup_id=lookup.pk, mark=Mark.UNLISTED, actor=make_user())
    report = check_report(check, now=timezone.now())
    assert report.report.verdict is Verdict.UNLISTED
    assert (report.report.answered, report.report.asked) == (5, 5)


def test_many_checks_take_as_many_queries_as_one(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    checks = [ask(imei2=IMEI2) for _ in range(3)]
    with django_assert_num_queries(2):  # the answers, the breakers
        panels = check_panels(checks, now=timezone.now())
    with django_assert_num_queries(1):
        reports = check_reports(checks, now=timezone.now())
    assert panels.keys() == reports.keys() == {check.pk for check in checks}


def cell(state: LookupState, *, age: datetime.timedelta = LATE * 0, **fields: object) -> MarkCell:
    set_all(Mode.WEB)
    check = ask()
    answered = state in {LookupState.ANSWERED, LookupState.FAILED}
    now = timezone.now()
    claim = leased() if state is LookupState.RUNNING else {}
    Lookup.objects.filter(network="docomo").update(
        answered_at=now if answered else None,
        asked_at=now - age,
        next_try_at=now - age,
        **({"state": state} | claim | fields),
    )
    return check_panel(check, now=now).imeis[0].cells[0]


@pytest.mark.parametrize(
    ("mark", "css", "symbol"),
    [
        (Mark.CLEAR, "m-clear", "○"),
        (Mark.AT_RISK, "m-at_risk", "△"),
        (Mark.RESTRICTED, "m-restricted", "×"),
        (Mark.UNLISTED, "m-unlisted", "－"),
    ],
)
def test_every_mark_has_shape_word_and_colour(mark: Mark, css: str, symbol: str) -> None:
    shown = cell(LookupState.ANSWERED, mark=mark)
    assert (shown.css, shown.symbol) == (css, symbol)
    assert shown.word
    assert not shown.may_take_over
    assert not shown.may_correct


def test_a_failure_has_its_sentence_and_a_way_on() -> None:
    shown = cell(LookupState.FAILED, failure=Failure.UNREADABLE)
    assert (shown.css, shown.symbol) == ("m-failed", "!")
    assert shown.may_take_over
    with translation.override("en"):
        assert "not understood" in cell(LookupState.FAILED, failure=Failure.UNREADABLE).detail


@pytest.mark.parametrize("state", [LookupState.QUEUED, LookupState.RUNNING])
def test_a_lookup_on_its_way_is_open_and_not_yet_a_persons(state: LookupState) -> None:
    shown = cell(state)
    assert (shown.css, shown.symbol) == ("m-open", "…")
    assert not shown.may_take_over


def test_a_lookup_that_nobody_took_offers_a_person() -> None:
    shown = cell(LookupState.QUEUED, age=LATE * 2)
    assert shown.may_take_over
    assert shown.detail


def test_a_network_that_stays_silent_is_offered_to_a_person() -> None:
    lease_until = timezone.now() + datetime.timedelta(seconds=LEASE_S) - LATE * 2
    shown = cell(LookupState.RUNNING, lease_until=lease_until)
    assert shown.may_take_over
    assert shown.detail


def test_a_retry_says_when_and_offers_a_person() -> None:
    shown = cell(LookupState.RETRY, failure=Failure.UNAVAILABLE)
    assert shown.may_take_over
    assert ":" in shown.detail


def test_a_retry_that_nobody_took_names_no_time_gone_by() -> None:
    shown = cell(LookupState.RETRY, age=LATE * 2, failure=Failure.UNAVAILABLE)
    assert shown.may_take_over
    assert ":" not in shown.detail


def test_the_panel_polls_only_while_a_machine_asks() -> None:
    check = ask()
    now = timezone.now()
    assert not check_panel(check, now=now).polling
    assert len(check_panel(check, now=now).by_hand) == len(NETWORKS)
    Lookup.objects.filter(network="kddi").update(**leased(), mode=Mode.WEB)
    assert check_panel(check, now=now).polling


def test_the_state_of_a_panel_changes_with_what_is_seen() -> None:
    check, now = ask(), timezone.now()
    before = check_panel(check, now=now).state
    assert check_panel(check, now=now + datetime.timedelta(seconds=1)).state == before
    answer_lookup(lookup_id=Lookup.objects.earliest("pk").pk, mark=Mark.CLEAR, actor=make_user())
    assert check_panel(check, now=now).state != before


def test_superseded_answers_are_kept_apart() -> None:
    check = ask()
    first = CheckAnswer.objects.filter(check_asked=check).earliest("pk")
    answer_lookup(lookup_id=first.lookup_id, mark=None, actor=make_user())
    second = ask()
    new = CheckAnswer.objects.filter(check_asked=second, network=first.network).get()
    CheckAnswer.objects.create(
        check_asked=check,
        lookup=new.lookup,
        network=first.network,
        imei_slot=1,
        required=True,
        at=timezone.now(),
    )
    panel = check_panel(check, now=timezone.now())
    assert [one.lookup_id for one in panel.superseded] == [first.lookup_id]
    assert panel.imeis[0].cells[0].lookup_id == new.lookup_id
