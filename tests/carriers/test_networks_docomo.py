"""docomo's own: three panels, the first of which is the IMEI, in cp932."""

import pytest

from carriers.networks.answer import Failure, Mark, Reason
from carriers.networks.docomo import parse
from tests.carriers.pages import IMEI, OTHER, WIDE, document, page, read, read_html

GOOD = IMEI.digits


def panels(*texts: str) -> str:
    return document("".join(f'<div class="result-panel">{text}</div>' for text in texts))


@pytest.mark.parametrize(
    "number",
    [GOOD, GOOD.translate(WIDE), IMEI.grouped, f"IMEI（製造番号）：{GOOD}", f"\n <b>{GOOD}</b> "],
)
def test_the_first_panel_may_write_the_imei_in_any_form(number: str) -> None:
    assert read_html("docomo", panels(number, "◯", "2026/11/23")).mark is Mark.CLEAR


@pytest.mark.parametrize(
    "number", ["", "不明", OTHER, OTHER.translate(WIDE), GOOD[:-1], GOOD + "0", f"1. {GOOD}"]
)
def test_a_first_panel_that_is_not_the_imei_is_unreadable(number: str) -> None:
    answer = read_html("docomo", panels(number, "◯", "2026/11/23"))
    assert (answer.mark, answer.reason) == (None, Reason.OTHER_IMEI)


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        ((), Reason.NO_RESULT),
        ((GOOD,), Reason.NO_RESULT),
        ((GOOD, "◯"), Reason.NO_RESULT),
        ((GOOD, "◯", "2026/11/23", "×"), Reason.MANY_RESULTS),
        ((GOOD, '<div class="result-panel">◯</div>'), Reason.MANY_RESULTS),
        (("◯", GOOD, "2026/11/23"), Reason.OTHER_IMEI),
        ((GOOD, "2026/11/23", "◯"), Reason.SYMBOL),
        ((GOOD, "◯", OTHER), Reason.OTHER_IMEI),
        ((GOOD, "◯", OTHER.translate(WIDE)), Reason.OTHER_IMEI),
        ((GOOD, "◯ 問題ありません", "2026/11/23"), Reason.SENTENCE),
        ((GOOD, "- まだ", "2026/11/23"), Reason.SENTENCE),
    ],
)
def test_other_panels_are_unreadable(texts: tuple[str, ...], reason: Reason) -> None:
    answer = read_html("docomo", panels(*texts))
    assert (answer.failure, answer.reason) == (Failure.UNREADABLE, reason)


def test_a_page_in_utf_8_is_unreadable() -> None:
    body = page("docomo", "-").replace(b"<head>", b'<head><meta charset="utf-8">')
    assert read("docomo", body).reason is Reason.CHARSET
    assert read("docomo", page("docomo", "-"), "text/html; charset=UTF-8").reason is Reason.CHARSET


def test_the_public_seam_is_a_plain_function() -> None:
    answer = parse(page("docomo", "▲"), content_type="text/html", imei=IMEI)
    assert (answer.mark, answer.raw_symbol, answer.parser_version) == (
        Mark.AT_RISK,
        "▲",
        "docomo/1",
    )
