"""Requesting a check: what is asked, what is shared, and what a person may do."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import LazySettings
from django.core.exceptions import ValidationError
from django.utils import timezone

from carriers.checks.models import Check, CheckAnswer, Lookup, NetworkMode
from carriers.checks.policy import Lane, LookupState, Mode, Requirement, Verdict
from carriers.checks.queries import check_report
from carriers.checks.services import answer_lookup, ask_by_hand, network_rules, request_check
from carriers.imei import InvalidImei
from carriers.networks.answer import Failure, Mark
from carriers.networks.registry import NETWORKS
from tests.carriers.lookups import IMEI, IMEI2, ask, set_all, set_mode
from tests.factories import make_membership, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stand_in(settings: LazySettings) -> None:
    """A site that a machine may ask; nothing answers there."""
    settings.STAND_IN_URL = "http://127.0.0.1:9"


def lookups(check: Check) -> list[Lookup]:
    rows = CheckAnswer.objects.filter(check_asked=check).select_related("lookup").order_by("pk")
    return [row.lookup for row in rows]


def answer_all(check: Check, mark: Mark = Mark.CLEAR) -> None:
    for lookup in lookups(check):
        answer_lookup(lookup_id=lookup.pk, mark=mark, actor=make_user())


def test_by_default_every_network_is_put_to_a_person_and_required() -> None:
    rows = CheckAnswer.objects.filter(check_asked=ask(), required=True).select_related("lookup")
    assert [row.network for row in rows.order_by("pk")] == list(NETWORKS)
    assert {row.lookup.state for row in rows} == {LookupState.ASSISTED}


def test_both_imeis_are_asked() -> None:
    check = ask(imei2=IMEI2)
    asked = {(row.imei, row.network) for row in lookups(check)}
    assert asked == {(imei, code) for imei in (IMEI, IMEI2) for code in NETWORKS}


def test_a_network_that_is_off_is_not_asked() -> None:
    set_mode("mineo", Mode.OFF)
    assert "mineo" not in {row.network for row in lookups(ask())}


def test_the_newest_mode_that_has_begun_wins() -> None:
    set_mode("kddi", Mode.WEB)
    set_mode("kddi", Mode.OFF)
    NetworkMode.objects.create(
        network="kddi",
        mode=Mode.WEB,
        requirement=Requirement.ASKED,
        valid_from=timezone.now() + timedelta(hours=1),
        reason="later",
    )
    rule = network_rules(now=timezone.now())["kddi"]
    assert (rule.mode, rule.required) == (Mode.OFF, True)


def test_web_without_a_stand_in_becomes_a_question_to_a_person(settings: LazySettings) -> None:
    settings.STAND_IN_URL = ""
    set_all(Mode.WEB)
    assert {row.state for row in lookups(ask())} == {LookupState.ASSISTED}


def test_web_lookups_are_queued_all_at_once() -> None:
    set_all(Mode.WEB)
    assert [row.state for row in lookups(ask())] == [LookupState.QUEUED] * len(NETWORKS)


def test_a_bad_imei_is_refused() -> None:
    member = make_membership()
    with pytest.raises(InvalidImei):
        request_check(
            store_id=member.store_id,
            imei1="123456789012345",
            imei2="",
            lane=Lane.COUNTER,
            actor=member.user,
        )


def test_a_lookup_that_is_still_going_is_shared() -> None:
    first, second = ask(), ask()
    assert lookups(first) == lookups(second)


def test_a_fresh_answer_is_shared_for_ten_minutes() -> None:
    with time_machine.travel(datetime(2026, 11, 23, 3, 0, tzinfo=UTC), tick=False) as clock:
        first = ask()
        answer_all(first)
        clock.shift(timedelta(minutes=9))
        assert lookups(ask()) == lookups(first)
        clock.shift(timedelta(minutes=2))
        assert not set(lookups(ask())) & set(lookups(first))


def test_an_answer_of_yesterday_is_not_shared_even_minutes_later() -> None:
    before_midnight = datetime(2026, 11, 23, 14, 58, tzinfo=UTC)  # 23:58 in Japan
    with time_machine.travel(before_midnight, tick=False) as clock:
        first = ask()
        answer_all(first)
        clock.shift(timedelta(minutes=4))
        assert not set(lookups(ask())) & set(lookups(first))


def test_asked_again_nothing_answered_is_shared() -> None:
    first = ask()
    answer_all(first)
    assert not set(lookups(ask(again=True))) & set(lookups(first))


def test_a_failure_is_never_shared() -> None:
    first = ask()
    unclear = lookups(first)[0]
    answer_lookup(lookup_id=unclear.pk, mark=None, actor=make_user())
    unclear.refresh_from_db()
    assert (unclear.state, unclear.failure) == (LookupState.FAILED, Failure.UNREADABLE)
    assert unclear not in lookups(ask())


def test_a_question_is_answered_once() -> None:
    lookup = lookups(ask())[0]
    answer_lookup(lookup_id=lookup.pk, mark=Mark.CLEAR, actor=make_user())
    with pytest.raises(ValidationError) as refused:
        answer_lookup(lookup_id=lookup.pk, mark=Mark.RESTRICTED, actor=make_user())
    assert refused.value.code == "already-answered"


def test_a_queued_lookup_becomes_a_persons_in_place() -> None:
    set_all(Mode.WEB)
    check = ask()
    lookup = lookups(check)[0]
    taken = ask_by_hand(lookup_id=lookup.pk, check_id=check.pk, actor=make_user())
    assert (taken.pk, taken.state) == (lookup.pk, LookupState.ASSISTED)


def test_a_failed_lookup_gets_a_new_one_and_stays() -> None:
    check, actor = ask(), make_user()
    lookup = lookups(check)[0]
    answer_lookup(lookup_id=lookup.pk, mark=None, actor=actor)
    fresh = ask_by_hand(lookup_id=lookup.pk, check_id=check.pk, actor=actor)
    assert fresh.pk != lookup.pk
    answer_lookup(lookup_id=fresh.pk, mark=Mark.CLEAR, actor=actor)
    asked = check_report(check, now=timezone.now()).lookups
    assert len(asked) == len(NETWORKS)
    assert asked[0].mark is Mark.CLEAR
    assert Lookup.objects.get(pk=lookup.pk).state == LookupState.FAILED


def test_a_wrong_press_is_corrected_with_a_reason_and_both_are_kept() -> None:
    check, actor = ask(), make_user()
    lookup = lookups(check)[0]
    answer_lookup(lookup_id=lookup.pk, mark=Mark.RESTRICTED, actor=actor)
    assert check_report(check, now=timezone.now()).report.verdict is Verdict.RED
    with pytest.raises(ValidationError) as refused:
        ask_by_hand(lookup_id=lookup.pk, check_id=check.pk, actor=actor)
    assert refused.value.code == "reason-required"
    fresh = ask_by_hand(
        lookup_id=lookup.pk, check_id=check.pk, actor=actor, reason="pressed the wrong key"
    )
    assert check_report(check, now=timezone.now()).report.verdict is Verdict.UNRESOLVED
    answer_lookup(lookup_id=fresh.pk, mark=Mark.CLEAR, actor=actor)
    assert check_report(check, now=timezone.now()).lookups[0].mark is Mark.CLEAR
    assert Lookup.objects.get(pk=lookup.pk).mark == "restricted"
    assert fresh.attempts.filter(sentence="pressed the wrong key", by=actor).exists()


def test_a_person_never_overrides_what_a_site_said() -> None:
    set_all(Mode.WEB)
    check = ask()
    lookup = lookups(check)[0]
    Lookup.objects.filter(pk=lookup.pk).update(
        state=LookupState.ANSWERED, mark=Mark.RESTRICTED, answered_at=timezone.now()
    )
    with pytest.raises(ValidationError) as refused:
        ask_by_hand(lookup_id=lookup.pk, check_id=check.pk, actor=make_user(), reason="no")
    assert refused.value.code == "answered-by-machine"


def test_a_lookup_of_another_check_is_not_touched() -> None:
    check = ask()
    with pytest.raises(ValidationError) as refused:
        ask_by_hand(lookup_id=lookups(check)[0].pk, check_id=check.pk + 1, actor=make_user())
    assert refused.value.code == "not-in-check"
