"""A carrier that never answers, or byte by byte: the others are not kept waiting, and it ends."""

import pytest

from carriers.checks.policy import DEADLINE_S, RETRY_DELAYS
from carriers.networks.registry import NETWORKS
from tests.faults.conftest import Quiet, Silent

pytestmark = pytest.mark.faults

TRIES = len(RETRY_DELAYS) + 1
LONGEST_S = TRIES * DEADLINE_S + sum(RETRY_DELAYS) + 30
"""All tries at their deadline, the waits between them, and the sweeper's rounds."""


@pytest.mark.parametrize("which", ["hanging", "dripping"])
def test_the_others_answer_meanwhile(quiet: Quiet, which: str) -> None:
    silent: Silent = getattr(quiet, which)
    shown = {name: cell.symbol for name, cell in silent.early.cells.items()}
    expected = dict.fromkeys(NETWORKS, "－") | {"softbank": "○", silent.network: "…"}
    assert shown == expected
    assert silent.early.verdict == "unresolved"


@pytest.mark.timeout(LONGEST_S + 100)
@pytest.mark.parametrize("which", ["hanging", "dripping"])
def test_it_ends_without_an_answer_and_a_person_gives_it(quiet: Quiet, which: str) -> None:
    silent: Silent = getattr(quiet, which)
    shop, clerk = quiet.shop, quiet.clerk
    shop.wait_for(silent.imei, seconds=LONGEST_S)

    lookup = shop.lookups(silent.imei)[silent.network]
    assert (lookup["state"], lookup["mark"], lookup["failure"]) == ("failed", "", "unavailable")
    assert lookup["tries"] == TRIES == shop.questions(silent.imei, silent.network)
    tries = [row for row in shop.attempts(lookup["id"]) if row[0] == "failed"]
    assert len(tries) == TRIES
    for _kind, _worker, _mark, _failure, reason, latency_ms in tries:
        assert reason == "timeout"
        assert latency_ms <= DEADLINE_S * 1000 + 500  # hard, however slowly the bytes drip

    page = clerk.check_page(silent.deal)
    assert page.verdict == "unresolved"
    assert page.cells[silent.network].symbol == "!"
    assert "did not answer" in clerk.check_page(silent.deal, "en").cells[silent.network].detail

    clerk.take_by_hand(silent.deal, silent.network)
    clerk.press(silent.deal, shop.lookups(silent.imei)[silent.network]["id"], "unlisted")
    assert clerk.check_page(silent.deal).verdict == "white"
    shop.must_be_sound(silent.imei)
