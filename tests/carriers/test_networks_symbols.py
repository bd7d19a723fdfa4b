"""Every code point of the table, wherever a mark may stand, at every network."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carriers.networks.answer import Failure, Mark, Reason
from carriers.networks.registry import NETWORKS
from carriers.networks.symbols import CODE_POINTS, leading_symbol
from tests.carriers.pages import page, read

SEEN = {
    Mark.CLEAR: "25CB 25EF 3007 26AA",
    Mark.AT_RISK: "25B3 25B2",
    Mark.RESTRICTED: "00D7 2715 2613",
    Mark.UNLISTED: "FF0D 002D 30FC 2212 2013",
}
ALL = [(chr(int(code, 16)), mark) for mark, codes in SEEN.items() for code in codes.split()]
SELECTORS = ["", "\ufe0e", "\ufe0f"]


def test_the_table_holds_the_seen_code_points_and_no_other() -> None:
    assert dict(CODE_POINTS) == dict(ALL)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("selector", SELECTORS)
@pytest.mark.parametrize(("char", "mark"), ALL)
def test_each_code_point_is_its_mark(network: str, char: str, mark: Mark, selector: str) -> None:
    text = char + selector
    written = "\uff0d" + selector if network == "docomo" and char == "\u2212" else text
    answer = read(network, page(network, text))
    assert (answer.mark, answer.failure, answer.raw_symbol) == (mark, None, written)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize(("char", "mark"), ALL)
def test_space_around_and_tags_inside_do_not_matter(network: str, char: str, mark: Mark) -> None:
    cell = char if network == "softbank" else f"\n\u3000 <b><span>{char}</span></b>\t\n"
    assert read(network, page(network, cell)).mark is mark


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize(
    "cell",
    [
        *(
            "",
            "O",
            "0",
            "o",
            "x",
            "X",
            "A",
            "●",
            "□",
            "☆",
            "＋",
            "?",
            "？",
            "=",
            "・",
            "゜",
            "&nbsp;",
        ),
        *("—", "‐", "─", "＿", "*", "ゼロ", "利用できます", "判定不能", "…", "２", "1", "�"),
    ],
)
def test_an_unknown_sign_is_unreadable(network: str, cell: str) -> None:
    answer = read(network, page(network, cell))
    assert (answer.mark, answer.failure) == (None, Failure.UNREADABLE)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize(
    "cell", ["○△×－", "－－－", "-1", "○×", "○ ×", "×○", "- -", "△▲", "－○", "○1", "-２"]
)
def test_more_than_one_sign_is_unreadable(network: str, cell: str) -> None:
    answer = read(network, page(network, cell))
    assert answer.failure is Failure.UNREADABLE
    assert answer.reason in {Reason.SYMBOL, Reason.SENTENCE}


def test_bytes_81_7c_are_a_dash_under_every_name_of_shift_jis() -> None:
    body = page("docomo", "?!").replace(b"?!", b"\x81\x7c")
    for name in ("Shift_JIS", "shift-jis", "SJIS", "x-sjis", "Windows-31J", "cp932"):
        answer = read("docomo", body, f"text/html; charset={name}")
        assert (answer.mark, answer.raw_symbol) == (Mark.UNLISTED, "\uff0d")


@given(st.text(max_size=20))
def test_only_a_text_that_begins_with_a_symbol_has_one(text: str) -> None:
    symbol = leading_symbol(text)
    if symbol is not None:
        assert text.strip()[0] in CODE_POINTS
        assert symbol.mark is CODE_POINTS[text.strip()[0]]
        assert not symbol.rest or symbol.rest[0] not in CODE_POINTS
