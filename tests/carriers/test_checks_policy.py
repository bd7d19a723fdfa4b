"""The verdict over every pool of answers, freshness at its edges, and the retry table."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carriers.checks import policy
from carriers.checks.policy import AskedLookup, Code, Verdict, verdict_of
from carriers.networks.answer import Failure, Mark
from shop.problems import Blocker, Warning

NOW = datetime(2026, 11, 23, 5, 2, tzinfo=UTC)
NETWORKS = ("docomo", "kddi", "softbank", "rakuten", "mineo")
OUTCOMES: tuple[Mark | Failure | None, ...] = (*Mark, *Failure, None)


def look(
    outcome: Mark | Failure | None,
    network: str = "docomo",
    *,
    slot: int = 1,
    required: bool = True,
    stand_in: bool = False,
    at: datetime = NOW,
) -> AskedLookup:
    mark = outcome if isinstance(outcome, Mark) else None
    failure = outcome if isinstance(outcome, Failure) else None
    answered_at = at if mark else None
    return AskedLookup(
        network, slot, required, mark, failure, outcome is not None, stand_in, answered_at
    )


def test_it_gives_the_designed_verdict_for_every_pool_of_five() -> None:
    counts: Counter[Verdict] = Counter()
    for outcomes in product((*Mark, None), repeat=5):
        verdict = verdict_of(map(look, outcomes, NETWORKS)).verdict
        counts[verdict] += 1
        if Mark.RESTRICTED in outcomes:
            assert verdict is Verdict.RED
        elif None in outcomes:
            assert verdict is Verdict.UNRESOLVED
        elif Mark.AT_RISK in outcomes:
            assert verdict is Verdict.AT_RISK
        elif Mark.CLEAR in outcomes:
            assert verdict is Verdict.WHITE
        else:
            assert verdict is Verdict.UNLISTED
    assert counts == {
        Verdict.RED: 5**5 - 4**5,
        Verdict.UNRESOLVED: 4**5 - 3**5,
        Verdict.AT_RISK: 3**5 - 2**5,
        Verdict.WHITE: 2**5 - 1,
        Verdict.UNLISTED: 1,
    }


@pytest.mark.parametrize("failure", Failure)
@pytest.mark.parametrize("others", list(product((Mark.CLEAR, Mark.UNLISTED), repeat=2)))
def test_it_never_takes_a_failure_for_an_answer(
    failure: Failure, others: tuple[Mark, Mark]
) -> None:
    pool = [look(failure), look(others[0], "kddi"), look(others[1], "softbank")]
    assert verdict_of(pool).verdict is Verdict.UNRESOLVED


@given(st.permutations([look(o, n) for o, n in zip((*Mark, None), NETWORKS, strict=True)]))
def test_it_does_not_depend_on_the_order_of_lookups(pool: list[AskedLookup]) -> None:
    assert verdict_of(pool).verdict is Verdict.RED


def test_it_pools_both_imeis() -> None:
    pool = [look(Mark.CLEAR), look(Mark.UNLISTED, slot=2)]
    report = verdict_of(pool)
    assert (report.verdict, report.answered, report.asked) == (Verdict.WHITE, 1, 1)
    assert verdict_of([look(Mark.CLEAR), look(Mark.RESTRICTED, slot=2)]).verdict is Verdict.RED


def test_it_counts_a_network_as_answered_only_when_both_imeis_are() -> None:
    report = verdict_of([look(Mark.CLEAR), look(None, slot=2), look(Mark.UNLISTED, "kddi")])
    assert (report.answered, report.asked, report.waiting) == (1, 2, ("docomo",))
    assert report.verdict is Verdict.UNRESOLVED
    assert (report.so_far, report.deciding) == (Mark.CLEAR, (("docomo", Mark.CLEAR),))


def test_it_does_not_wait_for_a_network_that_is_only_asked() -> None:
    pool = [look(Mark.CLEAR), look(Failure.UNAVAILABLE, "mineo", required=False)]
    assert verdict_of(pool).verdict is Verdict.WHITE
    pool[1] = look(Mark.RESTRICTED, "mineo", required=False)
    assert verdict_of(pool).verdict is Verdict.RED


@pytest.mark.parametrize(
    "pool", [[], [look(None, required=False)], [look(Failure.UNREADABLE, required=False)]]
)
def test_no_answer_at_all_is_unresolved(pool: list[AskedLookup]) -> None:
    assert verdict_of(pool).verdict is Verdict.UNRESOLVED


def test_a_device_without_modem_needs_no_check_unless_a_network_was_asked() -> None:
    assert verdict_of([], has_modem=False).verdict is Verdict.NOT_APPLICABLE
    assert verdict_of([look(Mark.RESTRICTED)], has_modem=False).verdict is Verdict.RED
    assert verdict_of([look(None)], has_modem=False).verdict is Verdict.UNRESOLVED


def test_a_resolved_network_counts_as_at_risk_and_never_over_a_cross() -> None:
    pool = [look(Mark.CLEAR), look(Failure.UNAVAILABLE, "kddi")]
    report = verdict_of(pool, resolved=frozenset({"kddi"}))
    assert (report.verdict, report.resolved) == (Verdict.AT_RISK, ("kddi",))
    assert report.waiting == ("kddi",)
    assert verdict_of([look(None)], resolved=frozenset({"docomo"})).verdict is Verdict.AT_RISK
    pool.append(look(Mark.RESTRICTED, "mineo"))
    assert verdict_of(pool, resolved=frozenset({"kddi"})).verdict is Verdict.RED


def test_a_resolve_that_is_not_needed_changes_nothing() -> None:
    report = verdict_of([look(Mark.CLEAR)], resolved=frozenset({"docomo"}))
    assert (report.verdict, report.resolved) == (Verdict.WHITE, ())


def test_two_resolved_networks_count_for_nothing() -> None:
    pool = [look(Mark.CLEAR), look(None, "kddi"), look(None, "mineo")]
    assert verdict_of(pool, resolved=frozenset({"kddi"})).verdict is Verdict.UNRESOLVED
    assert verdict_of(pool, resolved=frozenset({"kddi", "mineo"})).verdict is Verdict.UNRESOLVED


def test_it_says_why_a_manager_may_not_resolve() -> None:
    pool = [look(Mark.CLEAR), look(None, "kddi"), look(None, "mineo")]
    assert policy.resolve_problems(pool, network="kddi") == ()
    assert [p.code for p in policy.resolve_problems(pool, network="docomo")] == [
        Code.RESOLVE_ANSWERED
    ]
    second = policy.resolve_problems(pool, network="kddi", resolved=frozenset({"mineo"}))
    assert [p.code for p in second] == [Code.RESOLVE_LIMIT]
    red = policy.resolve_problems([*pool, look(Mark.RESTRICTED, "rakuten")], network="kddi")
    assert [p.code for p in red] == [Code.RESOLVE_OVER_RESTRICTED]


def test_it_warns_when_the_named_network_does_not_know_the_phone() -> None:
    pool = [look(Mark.UNLISTED), look(Mark.CLEAR, "kddi")]
    warning = Warning(Code.NAMED_UNLISTED, {"network": "docomo"})
    assert verdict_of(pool, named_network="docomo").warnings == (warning,)
    assert verdict_of(pool, named_network="kddi").warnings == ()
    assert verdict_of(pool, named_network="rakuten").warnings == ()
    pool.append(look(Mark.CLEAR, slot=2))
    assert verdict_of(pool, named_network="docomo").warnings == ()


def test_freshness_at_its_edges() -> None:
    two_days = timedelta(days=2)
    assert policy.is_fresh(NOW - two_days, now=NOW, limit_days=2)
    late = timedelta(microseconds=1)
    assert not policy.is_fresh(NOW - two_days - late, now=NOW, limit_days=2)
    assert policy.is_fresh(NOW + policy.CLOCK_SKEW, now=NOW, limit_days=2)
    assert not policy.is_fresh(NOW + policy.CLOCK_SKEW + late, now=NOW, limit_days=2)
    assert not policy.is_fresh(None, now=NOW, limit_days=2)


def test_the_day_is_japans() -> None:
    midnight = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
    assert policy.same_day(midnight, now=NOW)
    assert not policy.same_day(midnight - timedelta(seconds=1), now=NOW)
    assert not policy.same_day(None, now=NOW)


def test_a_good_check_has_no_problems() -> None:
    pool = [look(Mark.CLEAR)]
    for today_only in (False, True):
        report = verdict_of(pool)
        assert policy.check_problems(report, pool, now=NOW, today_only=today_only) == ()


def test_an_unresolved_check_says_how_many_answered() -> None:
    pool = [look(Mark.CLEAR), look(None, "kddi"), look(None, "mineo")]
    assert policy.check_problems(verdict_of(pool), pool, now=NOW) == (
        Blocker(Code.UNRESOLVED, {"answered": 1, "asked": 3, "networks": "kddi,mineo"}),
    )


def test_an_old_check_is_good_for_neither_quote_nor_contract() -> None:
    pool = [look(Mark.CLEAR, at=NOW - timedelta(days=3)), look(Mark.CLEAR, "kddi"), look(None, "x")]
    report = verdict_of([pool[0], pool[1]])
    quote = policy.check_problems(report, pool, now=NOW)
    assert quote == (Blocker(Code.STALE, {"networks": "docomo", "days": 2}),)
    contract = policy.check_problems(report, pool, now=NOW, today_only=True)
    assert contract == (Blocker(Code.NOT_TODAY, {"networks": "docomo"}),)


def test_yesterdays_check_is_good_for_a_quote_only() -> None:
    pool = [look(Mark.CLEAR, at=NOW - timedelta(days=1))]
    assert policy.check_problems(verdict_of(pool), pool, now=NOW) == ()
    assert policy.check_problems(verdict_of(pool), pool, now=NOW, today_only=True)


def test_a_stand_in_satisfies_no_gate_outside_the_demo() -> None:
    pool = [look(Mark.CLEAR, stand_in=True), look(None, "kddi", stand_in=True, required=False)]
    report = verdict_of(pool)
    blocker = Blocker(Code.STAND_IN, {"networks": "docomo"})
    assert policy.check_problems(report, pool, now=NOW) == (blocker,)
    assert policy.check_problems(report, pool, now=NOW, demo=True) == ()


def test_warnings_travel_with_the_gate() -> None:
    pool = [look(Mark.UNLISTED)]
    report = verdict_of(pool, named_network="docomo")
    assert policy.check_problems(report, pool, now=NOW) == report.warnings


def test_only_an_outage_is_tried_again() -> None:
    delays = [policy.classify_failure(Failure.UNAVAILABLE, tries=n) for n in range(1, 5)]
    assert delays == [
        *map(policy.Retry, policy.RETRY_DELAYS),
        policy.GiveUp(Failure.UNAVAILABLE),
    ]
    for failure in (Failure.UNREADABLE, Failure.REJECTED_INPUT):
        assert policy.classify_failure(failure, tries=1) == policy.GiveUp(failure)
    with pytest.raises(ValueError, match="at least one"):
        policy.classify_failure(Failure.UNAVAILABLE, tries=0)


def test_states_and_lanes() -> None:
    assert frozenset(policy.LookupState) == policy.LIVE | policy.FINAL
    assert not policy.LIVE & policy.FINAL
    assert sorted(policy.Lane, key=lambda lane: lane.rank) == list(policy.Lane)
    assert policy.Lane.COUNTER.rank == 0
