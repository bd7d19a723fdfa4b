"""The carrier check speaks both languages to staff and sellers, and never with a hole in it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from django.utils import translation

from carriers.checks import wording
from carriers.checks.policy import Code, LookupState, Mode, Requirement, Verdict, VerdictReport
from carriers.networks.answer import Failure, Mark
from carriers.networks.registry import NETWORKS
from carriers.wording import imei_sentence
from shop.problems import Blocker
from shop.wording import Audience

LANGUAGES = ["ja", "en"]
OPEN = VerdictReport(
    verdict=Verdict.UNRESOLVED,
    answered=3,
    asked=5,
    waiting=("softbank", "mineo"),
    deciding=(("docomo", Mark.AT_RISK),),
    so_far=Mark.AT_RISK,
    warnings=(),
)
PARAMS: dict[str, str | int] = {
    "answered": 3,
    "asked": 5,
    "days": 2,
    "limit": 1,
    "network": "docomo",
    "networks": "softbank,mineo",
}


def is_whole(text: str, language: str) -> bool:
    japanese = any("\u3040" <= sign <= "\u9fff" for sign in text)
    return bool(text) and "%(" not in text and japanese is (language == "ja")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("code", Code)
def test_every_problem_is_said(code: Code, audience: Audience, language: str) -> None:
    with translation.override(language):
        assert is_whole(wording.sentence(Blocker(code, PARAMS), audience), language)


def test_the_table_holds_the_codes_and_nothing_else() -> None:
    assert set(wording.TABLE) == set(Code)
    with pytest.raises(KeyError):
        wording.sentence(Blocker("no-such-code"), Audience.STAFF)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_is_said(verdict: Verdict, audience: Audience, language: str) -> None:
    report = replace(OPEN, verdict=verdict)
    with translation.override(language):
        assert is_whole(wording.verdict_title(report), language)
        assert is_whole(wording.verdict_sentence(report, audience), language)


def test_an_open_verdict_says_how_many_answered_and_what_is_known() -> None:
    with translation.override("ja"):
        assert wording.verdict_title(OPEN) == "まだ判定できません（5社中3社）"
        assert wording.verdict_sentence(OPEN, Audience.STAFF) == (
            "いまのところ ドコモで△：支払残の可能性。 ソフトバンク、mineoの回答を待っています。"
        )
    with translation.override("en"):
        assert wording.verdict_title(OPEN) == "No verdict yet (3 of 5 carriers)"
        silent = replace(OPEN, so_far=None, deciding=())
        assert wording.verdict_sentence(silent, Audience.SELLER) == (
            "Waiting for the answer of SoftBank, mineo."
        )
        nobody = replace(silent, waiting=(), asked=0, answered=0)
        assert wording.verdict_sentence(nobody, Audience.STAFF) == "No carrier was asked yet."


def test_a_resolved_network_is_named() -> None:
    report = replace(OPEN, verdict=Verdict.AT_RISK, resolved=("mineo",))
    with translation.override("en"):
        said = wording.verdict_sentence(report, Audience.STAFF)
    assert said == "A manager stands in for mineo, which did not answer: the △ price applies."


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_is_in_both_languages(language: str) -> None:
    tables: list[tuple[Mapping[Any, object], Iterable[str]]] = [
        (wording.NETWORKS, NETWORKS),
        (wording.MARKS, Mark),
        (wording.STATES, LookupState),
        (wording.MODES, Mode),
        (wording.REQUIREMENTS, Requirement),
        (wording.TITLES, Verdict),
    ]
    with translation.override(language):
        for table, codes in tables:
            assert set(table) == set(codes)
            said = [
                str(text).replace("%(asked)s", "").replace("%(answered)s", "")
                for text in table.values()
            ]
            wrong = {text for text in said if not is_whole(text, language)}
            assert wrong <= {"mineo", "au・UQ"}
        for failure, audience in product(Failure, Audience):
            assert is_whole(wording.failure_sentence(failure, audience), language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("code", "length"),
    [
        ("empty", 0),
        ("not-digits", 15),
        ("check-digit", 15),
        ("length", 13),
        ("length", 14),
        ("length", 16),
        ("length", 32),
    ],
)
def test_a_refused_imei_is_explained(code: str, length: int, language: str) -> None:
    with translation.override(language):
        text = imei_sentence(code, length)
    assert is_whole(text, language)
    assert code != "length" or str(length) in text or length == 32
