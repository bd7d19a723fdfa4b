"""A lookup's turn: it waits in its row, goes to a person, or is asked; what a breaker does."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.conf import LazySettings
from django.core.exceptions import ValidationError
from django.db import Error, transaction
from django.utils import timezone

from carriers.checks import tasks, turns
from carriers.checks.evidence import evidence_of
from carriers.checks.models import Lookup
from carriers.checks.policy import Lane, LookupState, Mode
from carriers.checks.queries import check_panel
from carriers.checks.records import due_lookups
from carriers.checks.services import close_breaker, open_breaker, request_check
from carriers.checks.turns import ByHand, note_outcome, turn_of
from carriers.imei import demo_imei
from carriers.networks.answer import Failure
from carriers.networks.registry import NETWORKS
from carriers.pace import records as breakers
from carriers.pace.breaker import FIRST_OPEN, IN_A_ROW, Cause, State
from carriers.pace.models import BreakerEvent, NetworkPace
from carriers.pace.policy import GO, PERSON_WAITS_S, STAND_IN, Turn, Why
from carriers.pace.queries import breaker_history, pace_of
from carriers.pace.queries import breakers as shown_breakers
from carriers.pace.services import set_pace
from carriers.pace.slots import site_of, slow_down
from carriers.sandbox.script import Fault, Reply, Sign
from carriers.sandbox.server import RETRY_AFTER_S, StandIn
from tests.carriers.lookups import IMEI, ask, make_lookup, set_all
from tests.factories import make_membership, make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
NEVER = time(0)
SITE = site_of("docomo", stand_in=True)


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Wake nobody; note after how many seconds somebody would have been woken."""
    countdowns: list[float] = []

    def noted(
        task: object, *pks: int, countdown_s: float = 0, expires_s: int | None = None
    ) -> None:
        countdowns.append(countdown_s)

    monkeypatch.setattr(tasks, "wake", noted)
    return countdowns


@pytest.fixture
def site(settings: LazySettings, slots: str) -> Iterator[StandIn]:
    with StandIn(lambda digits, name: Reply(Sign.CIRCLE)) as stand_in:
        settings.STAND_IN_URL = stand_in.url
        yield stand_in


def pace(
    interval_ms: int = 3_000, *, budget: int | None = None, quiet: tuple[int, int] = (0, 0)
) -> None:
    set_pace(
        network="docomo",
        stand_in=True,
        interval_ms=interval_ms,
        daily_budget=budget,
        quiet_from=time(quiet[0]),
        quiet_until=time(quiet[1]),
        valid_from=timezone.now() - timedelta(minutes=1),
        reason="test",
        actor=make_user(),
    )


def phone(number: int) -> str:
    return demo_imei(910_000 + number).digits


def in_lane(lane: Lane, number: int, *, network: str = "docomo") -> Lookup:
    lookup = make_lookup(imei=phone(number), network=network)
    Lookup.objects.filter(pk=lookup.pk).update(lane=lane)
    lookup.refresh_from_db()
    return lookup


def fail_until_open(network: str = "docomo") -> None:
    for number in range(IN_A_ROW):
        lookup = in_lane(Lane.COUNTER, 500 + number, network=network)
        Lookup.objects.filter(pk=lookup.pk).update(
            state=LookupState.FAILED, failure="unavailable", answered_at=timezone.now()
        )
        note_outcome(lookup, Failure.UNAVAILABLE, now=timezone.now())


# --- waiting ------------------------------------------------------------------------------------


def test_what_is_not_its_turn_waits_without_using_up_a_try(
    site: StandIn, no_broker: list[float]
) -> None:
    pace(25_000)
    first, second = in_lane(Lane.COUNTER, 1), in_lane(Lane.COUNTER, 2)
    tasks.ask_once(first.pk)
    began = timezone.now()
    tasks.ask_once(second.pk)
    second.refresh_from_db()
    assert (second.state, second.tries, second.claim) == (LookupState.QUEUED, 0, None)
    assert not second.attempts.exists()
    # The slot is 25 s after the first one's; a slow machine has used up some of that by now.
    assert timedelta(seconds=10) < second.next_try_at - began <= timedelta(seconds=25.5)
    assert 10 < no_broker[-1] <= 25
    asked = len(site.requests)
    tasks.ask_once(second.pk)  # delivered too early: nothing happens
    assert len(site.requests) == asked


def test_a_long_wait_is_left_to_the_sweeper(site: StandIn, no_broker: list[float]) -> None:
    slow_down(SITE, silent=timedelta(seconds=50))
    lookup = in_lane(Lane.COUNTER, 1)
    tasks.ask_once(lookup.pk)
    lookup.refresh_from_db()
    assert lookup.state == LookupState.QUEUED
    assert no_broker == []
    assert lookup.pk not in due_lookups(now=timezone.now(), limit=9)
    assert lookup.pk in due_lookups(now=timezone.now() + timedelta(seconds=51), limit=9)


def test_a_person_answers_rather_than_wait_for_long(site: StandIn) -> None:
    slow_down(SITE, silent=timedelta(seconds=PERSON_WAITS_S + 5))
    counter, recheck = in_lane(Lane.COUNTER, 1), in_lane(Lane.RECHECK, 2)
    for lookup in (counter, recheck):
        tasks.ask_once(lookup.pk)
        lookup.refresh_from_db()
    assert (counter.state, recheck.state) == (LookupState.ASSISTED, LookupState.QUEUED)
    attempt = counter.attempts.get()
    assert (attempt.kind, attempt.reason) == ("handed", Why.PAUSED)
    assert (
        "ずっとあと" in evidence_of(counter).attempts[0].reason
        or evidence_of(counter).attempts[0].reason
    )


def test_a_used_up_day_goes_to_a_person_and_re_checks_wait(site: StandIn) -> None:
    pace(1, budget=1)
    tasks.ask_once(in_lane(Lane.COUNTER, 1).pk)
    counter, recheck = in_lane(Lane.COUNTER, 2), in_lane(Lane.RECHECK, 3)
    by_hand = turn_of(counter, stand_in=True, now=timezone.now())
    # In the last minute before midnight the next day's budget is worth waiting for.
    assert by_hand == ByHand(Why.BUDGET) or (
        isinstance(by_hand, Turn) and by_hand.wait <= timedelta(seconds=PERSON_WAITS_S)
    )
    waits = turn_of(recheck, stand_in=True, now=timezone.now())
    assert isinstance(waits, Turn)
    assert waits.why is Why.BUDGET


def test_quiet_hours_are_for_what_asks_by_itself(site: StandIn) -> None:
    with time_machine.travel(datetime(2026, 11, 23, 15, 0, tzinfo=UTC), tick=False):  # midnight
        pace(1, quiet=(22, 8))
        now = timezone.now()
        counter = turn_of(in_lane(Lane.COUNTER, 1), stand_in=True, now=now)
        recheck = turn_of(in_lane(Lane.RECHECK, 2), stand_in=True, now=now)
    assert counter == GO
    assert recheck == Turn(8 * 3600 * 1000, Why.QUIET)


def test_without_redis_it_waits_and_the_counter_is_told(
    site: StandIn, settings: LazySettings
) -> None:
    set_all(Mode.WEB)
    check = ask()
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    for answer in check.answers.all():
        tasks.ask_once(answer.lookup_id)
    assert list(site.requests) == []
    states = set(Lookup.objects.values_list("state", "tries"))
    assert states == {(LookupState.QUEUED, 0)}
    cells = check_panel(check, now=timezone.now() + timedelta(seconds=8)).imeis[0].cells
    assert all(cell.may_take_over for cell in cells)
    assert all(cell.detail for cell in cells)


def test_retry_after_is_heeded_by_its_lookup_and_by_all_others(site: StandIn) -> None:
    site.script = lambda digits, name: Reply(fault=Fault.TOO_MANY)
    lookup = in_lane(Lane.COUNTER, 1)
    tasks.ask_once(lookup.pk)
    lookup.refresh_from_db()
    wait = lookup.next_try_at - timezone.now()
    assert timedelta(seconds=RETRY_AFTER_S - 1) < wait <= timedelta(seconds=RETRY_AFTER_S)
    other = turn_of(in_lane(Lane.COUNTER, 2), stand_in=True, now=timezone.now())
    assert isinstance(other, Turn)
    assert other.why is Why.PAUSED
    assert (
        turn_of(in_lane(Lane.COUNTER, 3, network="kddi"), stand_in=True, now=timezone.now()) == GO
    )


# --- lanes --------------------------------------------------------------------------------------


def test_the_sweeper_wakes_for_the_counter_past_any_number_of_re_checks() -> None:
    for number in range(5):
        in_lane(Lane.RECHECK, number)
    counter = in_lane(Lane.COUNTER, 9)
    assert due_lookups(now=timezone.now(), limit=3)[0] == counter.pk


def test_a_seller_at_the_counter_takes_a_waiting_re_check_along(settings: LazySettings) -> None:
    settings.STAND_IN_URL = "http://127.0.0.1:9"
    set_all(Mode.WEB)
    recheck = make_lookup(imei=IMEI)
    later = timezone.now() + timedelta(minutes=10)
    Lookup.objects.filter(pk=recheck.pk).update(lane=Lane.RECHECK, next_try_at=later)
    ask()
    recheck.refresh_from_db()
    assert recheck.lane == Lane.COUNTER
    assert recheck.next_try_at <= timezone.now()
    member = make_membership()
    request_check(
        store_id=member.store_id, imei1=IMEI, imei2="", lane=Lane.PUBLIC, actor=member.user
    )
    recheck.refresh_from_db()
    assert recheck.lane == Lane.COUNTER  # and nobody is put back


# --- the breaker --------------------------------------------------------------------------------


def test_repeated_failures_open_it_and_people_answer_what_waits(site: StandIn) -> None:
    """Through the whole task: real pages, five phones, none of which is understood."""
    site.script = lambda digits, name: Reply(Sign.CIRCLE, Fault.CHANGED)
    pace(1)
    waiting = {lane: in_lane(lane, 50 + lane.rank) for lane in Lane}
    elsewhere = in_lane(Lane.COUNTER, 70, network="kddi")
    asked = [in_lane(Lane.COUNTER, number) for number in range(IN_A_ROW)]
    for lookup in asked:
        tasks.ask_once(lookup.pk)
    event = BreakerEvent.objects.get()
    assert (event.network, event.was, event.became) == ("docomo", State.CLOSED, State.OPEN)
    assert (event.cause, event.by) == (Cause.IN_A_ROW, None)
    for lane, lookup in waiting.items():
        lookup.refresh_from_db()
        by_hand = lane in turns.ATTENDED
        assert lookup.state == (LookupState.ASSISTED if by_hand else LookupState.QUEUED), lane
    elsewhere.refresh_from_db()
    assert elsewhere.state == LookupState.QUEUED
    attempt = waiting[Lane.COUNTER].attempts.get()
    assert (attempt.kind, attempt.reason) == ("handed", "breaker")


def test_an_open_one_turns_new_questions_to_people_at_once(settings: LazySettings) -> None:
    settings.STAND_IN_URL = "http://127.0.0.1:9"
    set_all(Mode.WEB)
    fail_until_open()
    check = ask()
    rows = {row.lookup.network: row.lookup.state for row in check.answers.select_related("lookup")}
    assert rows == dict.fromkeys(NETWORKS, LookupState.QUEUED) | {"docomo": LookupState.ASSISTED}
    panel = check_panel(check, now=timezone.now())
    assert [notice.network for notice in panel.breakers] == ["docomo"]
    assert panel.breakers[0].is_open


def test_a_question_that_slipped_in_goes_to_a_person_when_woken(site: StandIn) -> None:
    fail_until_open()
    lookup = in_lane(Lane.COUNTER, 1)
    tasks.ask_once(lookup.pk)
    lookup.refresh_from_db()
    assert lookup.state == LookupState.ASSISTED
    assert list(site.requests) == []


def test_re_checks_wait_for_an_open_one(site: StandIn) -> None:
    fail_until_open()
    lookup = in_lane(Lane.RECHECK, 1)
    tasks.ask_once(lookup.pk)
    lookup.refresh_from_db()
    assert lookup.state == LookupState.QUEUED
    wait = lookup.next_try_at - timezone.now()
    assert FIRST_OPEN - timedelta(seconds=5) < wait <= FIRST_OPEN


def test_it_tries_with_one_question_and_an_answer_closes_it(site: StandIn) -> None:
    pace(1)
    with time_machine.travel(NOW, tick=False) as clock:
        fail_until_open()
        clock.shift(FIRST_OPEN)
        breakers.settle_all(now=timezone.now())
        assert shown_breakers(["docomo"])[0].state is State.HALF_OPEN
        first, second = in_lane(Lane.COUNTER, 1), in_lane(Lane.COUNTER, 2)
        # The one question is under way …
        assert breakers.take_probe(
            "docomo", lookup=first.pk, until=NOW + timedelta(hours=1), now=timezone.now()
        )
        refused = turn_of(second, stand_in=True, now=timezone.now())
        assert isinstance(refused, Turn)
        assert refused.why is Why.BREAKER
        tasks.ask_once(first.pk)  # … and answered.
        first.refresh_from_db()
        assert first.mark == "clear"
        assert shown_breakers(["docomo"])[0].state is State.CLOSED
        assert turn_of(second, stand_in=True, now=timezone.now()).granted  # type: ignore[union-attr]  # nobody's turn by hand
    causes = [event.cause for event in breaker_history("docomo")]
    assert causes == [Cause.PROBE_ANSWERED, Cause.WAITED, Cause.IN_A_ROW]


def test_a_try_that_fails_keeps_it_open_for_longer_and_goes_to_a_person(site: StandIn) -> None:
    site.script = lambda digits, name: Reply(fault=Fault.SERVER_ERROR)
    pace(1)
    with time_machine.travel(NOW, tick=False) as clock:
        fail_until_open()
        clock.shift(FIRST_OPEN)
        lookup = in_lane(Lane.COUNTER, 1)
        tasks.ask_once(lookup.pk)
        lookup.refresh_from_db()
        assert lookup.state == LookupState.ASSISTED
        assert shown_breakers(["docomo"])[0].until == timezone.now() + 2 * FIRST_OPEN


def test_answers_without_failures_never_touch_the_breaker(site: StandIn) -> None:
    tasks.ask_once(in_lane(Lane.COUNTER, 1).pk)
    assert shown_breakers(["docomo"])[0].since is None


def test_a_refused_imei_is_no_failure_of_the_network() -> None:
    for number in range(IN_A_ROW * 3):
        note_outcome(in_lane(Lane.COUNTER, number), Failure.REJECTED_INPUT, now=timezone.now())
    assert shown_breakers(["docomo"])[0].state is State.CLOSED


def test_a_manager_opens_and_closes_it_with_a_reason(settings: LazySettings) -> None:
    settings.STAND_IN_URL = "http://127.0.0.1:9"
    set_all(Mode.WEB)
    manager = make_user()
    check = ask()
    open_breaker(network="docomo", reason="保守のお知らせ", actor=manager)
    states = {row.network: row.state for row in Lookup.objects.all()}
    assert states == dict.fromkeys(NETWORKS, LookupState.QUEUED) | {"docomo": LookupState.ASSISTED}
    notice = check_panel(check, now=timezone.now()).breakers[0]
    assert "保守のお知らせ" in notice.text
    later = timezone.now() + timedelta(days=3)
    assert breakers.settle("docomo", now=later).state is State.OPEN  # no time opens it
    with pytest.raises(ValidationError) as twice:
        open_breaker(network="docomo", reason="x", actor=manager)
    assert twice.value.code == "breaker-as-it-was"
    close_breaker(network="docomo", reason="終わった", actor=manager)
    assert check_panel(check, now=timezone.now()).breakers == ()
    assert [(event.cause, event.by) for event in breaker_history("docomo")] == [
        (Cause.CLOSED_BY_HAND, manager),
        (Cause.OPENED_BY_HAND, manager),
    ]


@pytest.mark.parametrize("act", [open_breaker, close_breaker])
@pytest.mark.parametrize(
    ("network", "reason", "code"),
    [("docomo", "  ", "reason-required"), ("vodafone", "x", "unknown-network")],
)
def test_a_switch_says_which_and_why(act: object, network: str, reason: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        act(network=network, reason=reason, actor=make_user())  # type: ignore[operator]  # either service
    assert refused.value.code == code


def test_what_a_breaker_did_is_never_changed() -> None:
    fail_until_open()
    for statement in ({"cause": Cause.WAITED}, {"at": timezone.now()}):
        with pytest.raises(Error), transaction.atomic():
            BreakerEvent.objects.update(**statement)
    with pytest.raises(Error), transaction.atomic():
        NetworkPace.objects.all()._raw_delete("default")
        BreakerEvent.objects.all()._raw_delete("default")


# --- paces as dated rows ------------------------------------------------------------------------


def test_the_newest_pace_that_has_begun_holds() -> None:
    assert pace_of("docomo", stand_in=True, now=timezone.now()) == STAND_IN
    pace(700)
    pace(900)
    now = timezone.now()
    assert pace_of("docomo", stand_in=True, now=now).interval_ms == 900
    assert pace_of("docomo", stand_in=True, now=now - timedelta(hours=1)) == STAND_IN
    assert pace_of("kddi", stand_in=True, now=now) == STAND_IN


@pytest.mark.parametrize(("interval", "stand_in"), [(0, True), (499, False), (3_600_001, False)])
def test_no_network_is_asked_faster_than_gently(interval: int, stand_in: bool) -> None:
    with pytest.raises(ValidationError) as refused:
        set_pace(
            network="docomo",
            stand_in=stand_in,
            interval_ms=interval,
            daily_budget=None,
            quiet_from=NEVER,
            quiet_until=NEVER,
            valid_from=timezone.now(),
            reason="x",
            actor=make_user(),
        )
    assert refused.value.code == "pace-out-of-range"
