"""Where the other four networks write their symbol, and what is too little or too much of it."""

import pytest

from carriers.networks.answer import Failure, Mark, Reason
from carriers.networks.kddi import parse as parse_kddi
from carriers.networks.mineo import parse as parse_mineo
from carriers.networks.rakuten import parse as parse_rakuten
from carriers.networks.softbank import parse as parse_softbank
from tests.carriers.pages import IMEI, OTHER, RESULTS, document, page, read_html

GOOD = IMEI.digits
FONT = '<font size="8" color="#666666">{}</font>'


def changed(network: str, old: str, new: str) -> str:
    result = RESULTS[network]("○", GOOD)
    assert old in result
    return document(result.replace(old, new))


@pytest.mark.parametrize(
    ("network", "old", "new", "reason"),
    [
        ("kddi", "list_heading", "heading", Reason.NO_RESULT),
        ("kddi", "利用制限の状態", "利用制限の結果", Reason.NO_RESULT),
        ("kddi", ">IMEI<", ">IMEIの状態<", Reason.MANY_RESULTS),
        ("kddi", 'list_details">○', 'details">○', Reason.NO_RESULT),
        ("kddi", ">○</p>", '>○</p><p class="list_details">×</p>', Reason.MANY_RESULTS),
        ("kddi", ">○</p>", ">判定 ○</p>", Reason.SYMBOL),
        ("softbank", 'size="8"', 'size="7"', Reason.NO_RESULT),
        ("softbank", FONT.format("○"), FONT.format("○") * 2, Reason.MANY_RESULTS),
        ("softbank", FONT.format("○"), FONT.format("○利用できます"), Reason.SYMBOL),
        ("softbank", FONT.format("○"), FONT.format(""), Reason.SYMBOL),
        ("softbank", FONT.format("○"), "×" + FONT.format("○"), Reason.SYMBOL),
        ("softbank", FONT.format("○"), FONT.format("○") + "×", Reason.SYMBOL),
        ("rakuten", "search-result", "result", Reason.NO_RESULT),
        ("rakuten", "<dd>○</dd>", "", Reason.NO_RESULT),
        ("rakuten", "<dd>○</dd>", "<dd>○</dd><dd>×</dd>", Reason.MANY_RESULTS),
        ("rakuten", "<dd>○</dd>", "<dd>利用可能</dd>", Reason.SYMBOL),
        ("rakuten", "<dd>○</dd>", "<dd>○ 確認中</dd>", Reason.SENTENCE),
        ("rakuten", "<dd>○</dd>", "<dd>○ 代金債務不履行等</dd>", Reason.SENTENCE),
        ("mineo", "table_basic01", "table_basic02", Reason.NO_RESULT),
        ("mineo", "端末の状態", "端末", Reason.NO_RESULT),
        ("mineo", ">IMEI<", ">IMEIの状態<", Reason.MANY_RESULTS),
        ("mineo", "<td>○</td>", "<td>○</td><td>×</td>", Reason.MANY_RESULTS),
        ("mineo", "<td>○</td>", "", Reason.NO_RESULT),
    ],
)
def test_changed_markup_is_unreadable(network: str, old: str, new: str, reason: Reason) -> None:
    answer = read_html(network, changed(network, old, new))
    assert (answer.mark, answer.failure) == (None, Failure.UNREADABLE)
    assert answer.reason is reason


def test_a_font_outside_a_table_is_unreadable() -> None:
    assert read_html("softbank", document(FONT.format("○"))).reason is Reason.NO_RESULT


@pytest.mark.parametrize("mark", ["△", "×"])
def test_rakutens_debt_sentence_may_stand_with_either_bad_mark(mark: str) -> None:
    answer = read_html("rakuten", document(RESULTS["rakuten"](f"{mark} 代金債務不履行等", GOOD)))
    assert answer.mark in {Mark.AT_RISK, Mark.RESTRICTED}


def test_an_unknown_sentence_at_kddi_is_kept_as_it_is() -> None:
    answer = read_html("kddi", document(RESULTS["kddi"]("〇<br>\n ご利用に\nなれます。", GOOD)))
    assert (answer.mark, answer.raw_symbol) == (Mark.CLEAR, "〇")
    assert answer.sentence == "ご利用に なれます。"


def test_a_number_outside_the_result_does_not_matter() -> None:
    for network in RESULTS:
        html = document(RESULTS[network]("○", GOOD), before=f"<p>例 {OTHER}</p>")
        assert read_html(network, html).mark is Mark.CLEAR


def test_each_network_has_its_public_seam() -> None:
    for name, parse in {
        "kddi": parse_kddi,
        "softbank": parse_softbank,
        "rakuten": parse_rakuten,
        "mineo": parse_mineo,
    }.items():
        answer = parse(page(name, "×"), content_type="text/html", imei=IMEI)
        assert (answer.mark, answer.parser_version) == (Mark.RESTRICTED, f"{name}/1")
