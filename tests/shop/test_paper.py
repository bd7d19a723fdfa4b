"""Documents: values in, PDF/A out; nothing a person types becomes layout or code."""

import copy
import io
import json
import math
from datetime import UTC, datetime
from typing import cast

import pytest
from pypdf import PdfReader

from shop.paper.compiler import PaperError, render_pdf
from shop.paper.documents import LEDGER_COLUMNS, ContractData, LedgerData, Row
from shop.paper.glyphs import missing_glyphs
from shop.paper.signature import InvalidStrokes, parse_strokes, strokes_svg

AT = datetime(2026, 11, 23, 5, 31, tzinfo=UTC)
PEN = json.dumps(
    [[{"x": 40 + i * 5, "y": 60 + 30 * math.sin(i / 3), "t": i * 12} for i in range(40)]]
)


def row(label: str, value: str) -> Row:
    return {"label": label, "value": value}


CONTRACT: ContractData = {
    "lang": "ja",
    "title": "買取承諾書",
    "sample": "見本",
    "intro": "売主は、下記の品を下記の代金で売り渡すことを承諾します。",
    "meta": [row("契約番号", "S-1123-7KF-3"), row("契約日時", "2026年11月23日 14:31")],
    "company": {"title": "買主", "rows": [row("許可番号", "第305521234567号")]},
    "seller": {"title": "売主", "rows": [row("氏名", "𠮷田 髙﨑"), row("職業", "")]},
    "items": {
        "title": "買取品",
        "items": [
            {
                "heading": "1. Apple iPhone 14 128GB",
                "facts": [row("IMEI", "35 417803 685978 9")],
                "lines": [{"text": "利用制限 △", "yen": "−3,500円"}],
                "total_label": "小計",
                "total": "40,500円",
            }
        ],
        "total_label": "買取代金合計",
        "total": "40,500円",
    },
    "identity": {"title": "本人確認", "rows": [row("方法", "1号 運転免許証の提示")]},
    "statements": {"title": "申告", "items": [{"text": "私の所有物です。", "ticked": True}]},
    "clauses": {"title": "条項", "blocks": [{"title": "所有権", "body": ["移転します。"]}]},
    "signature": {
        "title": "署名",
        "text": "承諾しました。",
        "svg": strokes_svg(parse_strokes(PEN)),
        "alt": "売主の署名",
        "rows": [row("担当者", "佐藤")],
    },
    "footer": {"left": "S-1123-7KF-3 v1", "fingerprint": "a1b2c3d4"},
}


def contract(**changes: object) -> ContractData:
    return cast("ContractData", {**copy.deepcopy(CONTRACT), **changes})


def text_of(pdf: bytes) -> str:
    reader = PdfReader(io.BytesIO(pdf))
    return "\n".join(page.extract_text() for page in reader.pages)


def ledger(rows: int) -> LedgerData:
    return {
        "lang": "ja",
        "title": "古物台帳",
        "sample": "",
        "meta": [row("営業所", "渋谷店")],
        "groups": {
            "received": "受入れ",
            "issued": "払出し",
            "goods": "取引した古物",
            "party": "取引の相手方",
            "extra": "記録",
        },
        "headings": [f"列{n}" for n in range(len(LEDGER_COLUMNS))],
        "rows": [
            {"cells": [f"r{n}c{c}" for c in range(len(LEDGER_COLUMNS))], "struck": n == 2}
            for n in range(rows)
        ],
        "empty": "記載はありません。",
        "notes": ["末尾のハッシュ"],
        "footer": {"left": "渋谷店", "fingerprint": "a1b2"},
    }


def test_it_renders_a_contract_that_a_reader_opens_and_reads() -> None:
    text = text_of(render_pdf("contract", CONTRACT, at=AT))
    for part in ("買取承諾書", "35 417803 685978 9", "40,500円", "1号 運転免許証の提示", "見本"):
        assert part in text
    assert "1 / 1" in text


def test_it_marks_the_file_as_pdf_a_and_embeds_every_font() -> None:
    pdf = render_pdf("contract", CONTRACT, at=AT)
    reader = PdfReader(io.BytesIO(pdf))
    assert reader.xmp_metadata is not None
    marker = reader.xmp_metadata.stream.get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in marker
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in marker
    names = {font["/BaseFont"] for font in _fonts(reader)}
    assert any("BIZUDPGothic" in name for name in names)
    assert all(name[7:8] == "+" for name in names)  # a subset, hence inside the file


def _fonts(reader: PdfReader) -> list[dict[str, str]]:
    return [
        font.get_object()
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()  # type: ignore[index]  # pypdf types pages loosely
    ]


def test_rare_kanji_of_names_print() -> None:
    assert missing_glyphs("𠮷田 髙﨑 德永 濵邊 邉 彅 ○△×－ ①㈱～ 葛\U000e0100城 Văn Ẩn") == ()
    assert "𠮷田 髙﨑" in text_of(render_pdf("contract", CONTRACT, at=AT))


def test_it_names_what_cannot_print_once_and_in_order() -> None:
    assert missing_glyphs("山😀\x07田😀\t") == ("😀", "\x07", "\t")


def test_it_refuses_to_print_a_box_instead_of_a_character() -> None:
    with pytest.raises(PaperError):
        render_pdf("contract", contract(intro="山😀"), at=AT)


def test_the_same_input_gives_the_same_bytes() -> None:
    first = render_pdf("contract", CONTRACT, at=AT)
    render_pdf("contract", contract(title="別の紙"), at=AT)
    assert render_pdf("contract", CONTRACT, at=AT) == first
    assert render_pdf("contract", contract(intro="別"), at=AT) != first


@pytest.mark.parametrize(
    "hostile",
    ["#panic()", '" #read("house.typ") "', "$x^2$ *b* _i_ `c`", "#{1+1} \\u{41}"],
)
def test_what_a_person_types_is_printed_and_never_run(hostile: str) -> None:
    data = contract(seller={"title": "売主", "rows": [row("氏名", hostile)]})
    assert hostile in text_of(render_pdf("contract", data, at=AT))


@pytest.mark.parametrize("template", ["nothing", "../compiler", "/etc/passwd", ""])
def test_it_refuses_a_template_that_is_not_ours(template: str) -> None:
    with pytest.raises(PaperError):
        render_pdf(template, {}, at=AT)


def test_it_refuses_data_with_a_part_missing() -> None:
    data = dict(CONTRACT)
    del data["seller"]
    with pytest.raises(PaperError, match="seller"):
        render_pdf("contract", data, at=AT)


def test_the_ledger_prints_all_columns_over_pages_on_a4_landscape() -> None:
    pdf = render_pdf("ledger", ledger(60), at=AT)
    page = PdfReader(io.BytesIO(pdf)).pages[0].mediabox
    assert (round(page.width), round(page.height)) == (842, 595)
    text = text_of(pdf)
    assert all(f"r59c{c}" in text for c in range(len(LEDGER_COLUMNS)))
    assert text.count("受入れ") == len(PdfReader(io.BytesIO(pdf)).pages) > 1


def test_an_empty_ledger_says_so() -> None:
    assert "記載はありません。" in text_of(render_pdf("ledger", ledger(0), at=AT))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "no-signature"),
        ("[]", "no-signature"),
        ('[[{"x":1,"y":1,"t":0}]]', "no-signature"),
        ("{}", "not-strokes"),
        ("[1]", "not-strokes"),
        ("[[1]]", "not-strokes"),
        ('[[{"x":"1","y":1,"t":0}]]', "not-strokes"),
        ('[[{"x":NaN,"y":1,"t":0}]]', "not-strokes"),
        ('[[{"x":1e999,"y":1,"t":0}]]', "not-strokes"),
        ('[[{"x":1' + "0" * 400 + ',"y":1,"t":0}]]', "not-strokes"),
        ('[[{"x":true,"y":1,"t":0}]]', "not-strokes"),
        ("[" * 5000, "not-strokes"),
        (json.dumps([[]] * 401), "too-many-strokes"),
        (json.dumps([[{"x": 1, "y": 1, "t": 0}] * 20_001]), "too-many-strokes"),
    ],
)
def test_it_refuses_strokes_that_are_no_signature(text: str, code: str) -> None:
    with pytest.raises(InvalidStrokes) as caught:
        parse_strokes(text)
    assert caught.value.code == code


def test_a_signature_is_drawn_inside_its_picture() -> None:
    svg = strokes_svg(parse_strokes(PEN))
    assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg" width="211.0"')
    assert svg.count("M8.0") == 1
