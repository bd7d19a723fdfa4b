"""At every network: what is not fully understood is unreadable, never a mark."""

import ast
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carriers.networks.answer import SYMBOLS, Answer, Failure, Mark, Reason
from carriers.networks.reading import MAX_BYTES, MAX_TAGS
from carriers.networks.registry import NETWORKS
from tests.carriers.pages import (
    CODECS,
    IMEI,
    OTHER,
    RESULTS,
    WIDE,
    document,
    page,
    read,
    read_html,
)

every_network = pytest.mark.parametrize("network", NETWORKS)
ROOT = Path(__file__).resolve().parents[2]
SENTENCES = {
    Mark.CLEAR: [
        "ネットワーク利用制限の対象外です。",
        "利用できます（後日不正契約が認められた場合を除きます）",
    ],
    Mark.AT_RISK: ["利用できますが、代金債務の不履行等により利用制限となる可能性があります。"],
    Mark.RESTRICTED: ["利用制限中です。"],
    Mark.UNLISTED: ["IMEI（製造番号）が確認できません。", "製造番号が確認できません"],
}
PAIRS = [(mark, text) for mark, texts in SENTENCES.items() for text in texts]


def refused(answer: Answer, *reasons: Reason) -> bool:
    return (
        answer.mark is None
        and answer.failure is Failure.UNREADABLE
        and (not reasons or answer.reason in reasons)
    )


@every_network
@pytest.mark.parametrize(("mark", "sentence"), PAIRS)
def test_a_sentence_that_agrees_is_kept(network: str, mark: Mark, sentence: str) -> None:
    answer = read(network, page(network, f"{SYMBOLS[mark]}{sentence}"))
    assert (answer.mark, answer.sentence) == (mark, sentence)


@every_network
@pytest.mark.parametrize(("mark", "sentence"), PAIRS)
def test_a_sentence_that_disagrees_is_unreadable(network: str, mark: Mark, sentence: str) -> None:
    for other in set(Mark) - {mark}:
        answer = read(network, page(network, f"{SYMBOLS[other]}{sentence}"))
        assert refused(answer, Reason.SENTENCE)
        assert answer.raw_symbol == SYMBOLS[other]


@every_network
@pytest.mark.parametrize(
    "cell", ["○ ただし △ の場合があります", "－ 詳しくは × をご覧ください", "〇月〇日まで停止"]
)
def test_another_sign_in_the_sentence_is_unreadable(network: str, cell: str) -> None:
    assert refused(read(network, page(network, cell)), Reason.SENTENCE)


@every_network
@pytest.mark.parametrize(
    "number",
    [
        OTHER,
        OTHER.translate(WIDE),
        "49-015420-323751-8",
        "49 015420 323751 8",
        "４９－０１５４２０－３２３７５１－８",
        OTHER + "01",
        f"<b>{OTHER[:7]}</b><i>{OTHER[7:]}</i>",
        f"{IMEI.digits} {OTHER}",
        f'<input type="hidden" name="imei" value="{OTHER}">',
        f'<span style="display:none">{OTHER}</span>',
    ],
)
def test_another_imei_in_the_result_is_unreadable(network: str, number: str) -> None:
    answer = read(network, page(network, "○", imei=number))
    assert refused(answer, Reason.OTHER_IMEI, Reason.HIDDEN)


@every_network
@pytest.mark.parametrize("number", [IMEI.digits, IMEI.digits.translate(WIDE), IMEI.grouped])
def test_the_imei_asked_may_stand_in_the_result(network: str, number: str) -> None:
    assert read(network, page(network, "△", imei=number)).mark is Mark.AT_RISK


@every_network
def test_two_results_are_unreadable(network: str) -> None:
    result = RESULTS[network]("○", IMEI.digits)
    assert refused(read_html(network, document(result + result)), Reason.MANY_RESULTS)
    other = RESULTS[network]("×", IMEI.digits)
    assert refused(read_html(network, document(result + other)), Reason.MANY_RESULTS)


@every_network
def test_a_legend_alone_is_unreadable(network: str) -> None:
    assert refused(read_html(network, document("")), Reason.NO_RESULT)


@every_network
@pytest.mark.parametrize(
    "error",
    [
        "ただいま混み合っています",
        "システムエラー ×",
        "メンテナンス中です － ○",
        "IMEIが正しくありません",
    ],
)
def test_an_error_page_with_200_is_unreadable(network: str, error: str) -> None:
    assert refused(read_html(network, document(f"<h1>{error}</h1>")), Reason.NO_RESULT)


@every_network
def test_a_page_cut_anywhere_is_unreadable(network: str) -> None:
    whole = page(network, "－製造番号が確認できません").rstrip()
    assert read(network, whole).mark is Mark.UNLISTED
    for end in range(len(whole)):
        assert refused(read(network, whole[:end]))


@every_network
def test_comments_may_follow_the_document(network: str) -> None:
    whole = page(network, "○")
    assert read(network, whole + b"<!-- web01 -->\n <!-- <x> -->").mark is Mark.CLEAR
    assert refused(read(network, whole + b"<p>more"), Reason.CUT)


@every_network
@pytest.mark.parametrize(
    "body", [b"", b" \r\n", b"\xff\xfe\x00", b"{}", b"\x1f\x8b\x08\x00", b"</html>"]
)
def test_bytes_that_are_no_page_are_unreadable(network: str, body: bytes) -> None:
    assert refused(read(network, body))


@every_network
@pytest.mark.parametrize("filler", [" " * MAX_BYTES, "<div>" * MAX_TAGS])
def test_a_page_above_the_limit_is_unreadable(network: str, filler: str) -> None:
    assert refused(read(network, page(network, "○", before=filler)), Reason.TOO_LARGE)


@every_network
@pytest.mark.parametrize(
    "kind", ["", "application/json", "text/plain; charset=utf-8", "image/png", "text", ";"]
)
def test_what_is_not_html_is_unreadable(network: str, kind: str) -> None:
    assert refused(read(network, page(network, "○"), kind), Reason.CONTENT_TYPE)


@every_network
@pytest.mark.parametrize(
    "charset",
    ["iso-8859-1", "utf-7", "utf-16", "windows-1252", "none", "utf-8; charset=Shift_JIS"],
)
def test_an_unknown_or_double_charset_is_unreadable(network: str, charset: str) -> None:
    answer = read(network, page(network, "×"), f"text/html; charset={charset}")
    assert refused(answer, Reason.CHARSET)


@every_network
def test_header_and_meta_must_name_one_charset(network: str) -> None:
    wrong = '<meta charset="euc-jp">'
    assert refused(read(network, page(network, "○", before=wrong)), Reason.CHARSET)


@every_network
@pytest.mark.parametrize("wide", [True, False])
def test_the_right_charset_is_read_however_it_is_written(network: str, wide: bool) -> None:
    name = "Shift_JIS" if network in CODECS else "utf-8"
    kind = f'Text/HTML ;  Charset="{name.upper()}"' if wide else "text/html"
    assert read(network, page(network, "○"), kind).mark is Mark.CLEAR


@every_network
def test_the_wrong_bytes_for_the_charset_are_unreadable(network: str) -> None:
    html = document(RESULTS[network]("○利用できます", IMEI.digits), after="")
    wrong = html.encode("utf-8" if network in CODECS else "cp932")
    assert refused(read(network, wrong))


@every_network
@pytest.mark.parametrize(
    "cell",
    [
        "○<script>x()</script>",
        '○<img src="x.png">',
        "<s>○</s>",
        "<del>○</del>",
        '<span hidden="">○</span>',
        '<span style="display: NONE">○</span>',
        '<span aria-hidden="true">○</span>',
        "<template>○</template>",
        "<noscript>○</noscript>",
        "<!-- ○ -->",
        '<input value="○">',
    ],
)
def test_a_sign_that_is_not_plain_visible_text_is_unreadable(network: str, cell: str) -> None:
    if network == "softbank":
        html = document(RESULTS[network]("?", IMEI.digits).replace("?", cell))
    else:
        html = document(RESULTS[network](cell, IMEI.digits))
    assert refused(read_html(network, html))


@every_network
@pytest.mark.parametrize(
    "around",
    [
        '<div style="display:none">{}</div>',
        "<div hidden>{}</div>",
        "<del>{}</del>",
        "<dialog>{}</dialog>",
        "<template>{}</template>",
        "<noscript>{}</noscript>",
        "<script>{}</script>",
        "<textarea>{}</textarea>",
        "<!--{}-->",
    ],
)
def test_a_hidden_result_is_unreadable(network: str, around: str) -> None:
    html = document(around.format(RESULTS[network]("○", IMEI.digits)))
    assert refused(read_html(network, html))


@every_network
def test_a_captcha_is_left_to_a_person(network: str) -> None:
    captcha = '<img src="gifcat/call.php"><input name="attestationkey">'
    assert refused(read(network, page(network, "○", before=captcha)), Reason.CAPTCHA)


@every_network
def test_the_answer_names_its_parser(network: str) -> None:
    for body in (page(network, "○"), b""):
        assert read(network, body).parser_version == NETWORKS[network].parser_version
    assert NETWORKS[network].parser_version.startswith(f"{network}/")


NOT_ROUND_TRIP = "¢£¬‖−〜"
NOISE = st.text(
    st.characters(codec="cp932", exclude_characters="\x00" + NOT_ROUND_TRIP), max_size=80
)
TAGS = ("p", "div", "table", "td", "ul", "li", "font", "s", "dd", "form", "/p", "/table", "/html")
PIECES = [*(f"<{tag}>" for tag in TAGS), *"○×▲－", "<!--", "-->", "利用制限中です"]
MARKUP = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


@given(
    network=st.sampled_from(list(NETWORKS)),
    mark=st.sampled_from(Mark),
    before=NOISE | MARKUP,
    after=NOISE | MARKUP,
)
def test_a_change_outside_the_result_never_makes_another_mark(
    network: str, mark: Mark, before: str, after: str
) -> None:
    answer = read(network, page(network, SYMBOLS[mark], before=before, after=after))
    assert answer.mark is mark or refused(answer)


@given(network=st.sampled_from(list(NETWORKS)), body=st.binary(max_size=300))
def test_no_bytes_raise_or_give_a_mark(network: str, body: bytes) -> None:
    assert refused(read(network, body))


@given(
    network=st.sampled_from(list(NETWORKS)),
    mark=st.sampled_from(Mark),
    place=st.floats(0, 1, exclude_max=True),
    cut=st.integers(1, 40),
)
def test_a_missing_piece_never_makes_another_mark(
    network: str, mark: Mark, place: float, cut: int
) -> None:
    whole = page(network, SYMBOLS[mark])
    start = int(place * len(whole))
    answer = read(network, whole[:start] + whole[start + cut :])
    assert answer.mark is mark or refused(answer)


def imports_of(folder: Path) -> set[str]:
    found: set[str] = set()
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add(node.module or "")
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def outside_standard_library(names: set[str]) -> set[str]:
    return {name for name in names if name.partition(".")[0] not in sys.stdlib_module_names}


def test_networks_import_only_the_standard_library_selectolax_and_imei() -> None:
    allowed = ("selectolax", "carriers.imei", "carriers.networks")
    names = outside_standard_library(imports_of(ROOT / "carriers" / "networks"))
    assert {name for name in names if not name.startswith(allowed)} == set()


@pytest.mark.parametrize("module", ["http", "socket", "urllib.request", "requests", "django"])
def test_networks_open_no_connection(module: str) -> None:
    names = imports_of(ROOT / "carriers" / "networks")
    assert not any(name == module or name.startswith(f"{module}.") for name in names)


def test_the_sandbox_imports_nothing_from_networks() -> None:
    names = outside_standard_library(imports_of(ROOT / "carriers" / "sandbox"))
    allowed = ("carriers.imei", "carriers.sandbox")
    assert {name for name in names if not name.startswith(allowed)} == set()


def test_the_registry_has_five_networks_in_order() -> None:
    assert list(NETWORKS) == ["docomo", "kddi", "softbank", "rakuten", "mineo"]
    assert all(code == network.code for code, network in NETWORKS.items())
    assert [c for c, network in NETWORKS.items() if network.needs_verification] == ["rakuten"]
