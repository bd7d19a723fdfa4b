"""A seller's fields: what is missing or malformed, and how typed text is brought into form."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buyback.sellers.policy import (
    FIELD_OF,
    Code,
    SellerFacts,
    is_katakana,
    normalise_kana,
    normalise_phone,
    normalise_postal_code,
    seller_problems,
)

TODAY = date(2026, 11, 23)
GOOD = SellerFacts(
    name="山田 花子",
    kana="ヤマダ ハナコ",
    birth_on=date(1992, 5, 1),
    postal_code="150-0002",
    address="東京都渋谷区渋谷1-2-3",
    occupation="会社員",
    phone="090-1234-5678",
)


def codes(seller: SellerFacts) -> list[str]:
    return [problem.code for problem in seller_problems(seller, on=TODAY)]


@pytest.mark.parametrize(
    ("typed", "kana"),
    [
        ("やまだ　はなこ", "ヤマダ ハナコ"),
        ("ﾔﾏﾀﾞ ﾊﾅｺ", "ヤマダ ハナコ"),
        ("  ヤマダ   ハナコ ", "ヤマダ ハナコ"),
        ("ゔぁん・ごっほ", "ヴァン・ゴッホ"),
        ("ジョ-ジ", "ジョージ"),
        ("ジョ−ジ", "ジョージ"),
        ("ｼﾞｮｰｼﾞ", "ジョージ"),
        ("いすゞ", "イスヾ"),
        ("", ""),
    ],
)
def test_it_brings_a_reading_into_katakana(typed: str, kana: str) -> None:
    assert normalise_kana(typed) == kana
    assert is_katakana(kana) is bool(kana)


@pytest.mark.parametrize("typed", ["山田", "Yamada", "ヤマダ1", "ー", "・", "ヤマダ-"])
def test_it_refuses_what_is_no_reading(typed: str) -> None:
    expected = typed == "ヤマダ-"  # a hyphen after kana is the long-vowel sign
    assert is_katakana(normalise_kana(typed)) is expected


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise_kana(text)
    assert normalise_kana(once) == once


def test_it_reads_postal_codes_and_telephone_numbers_as_typed() -> None:
    for typed in ("〒150-0002", "１５０－０００２", "150ー0002", " 1500002 "):
        assert normalise_postal_code(typed) == "1500002"
    for typed in (
        "０９０－１２３４－５６７８",
        "090(1234)5678",
        "+81 90-1234-5678",
        "+81-090-1234-5678",
    ):
        assert normalise_phone(typed) == "09012345678"


def test_a_complete_seller_has_no_problems() -> None:
    assert codes(GOOD) == []
    assert codes(replace(GOOD, phone="")) == []
    assert codes(replace(GOOD, phone="03-1234-5678")) == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (replace(GOOD, name=" "), Code.NAME_MISSING),
        (replace(GOOD, kana="　"), Code.KANA_MISSING),
        (replace(GOOD, kana="山田花子"), Code.KANA_NOT_KATAKANA),
        (replace(GOOD, birth_on=None), Code.BIRTH_DATE_MISSING),
        (replace(GOOD, birth_on=date(2026, 11, 24)), Code.BIRTH_DATE_IMPOSSIBLE),
        (replace(GOOD, birth_on=date(1895, 1, 1)), Code.BIRTH_DATE_IMPOSSIBLE),
        (replace(GOOD, postal_code=""), Code.POSTAL_CODE_MISSING),
        (replace(GOOD, postal_code="150-002"), Code.POSTAL_CODE_FORMAT),
        (replace(GOOD, postal_code="一五〇〇〇〇二"), Code.POSTAL_CODE_FORMAT),
        (replace(GOOD, address=""), Code.ADDRESS_MISSING),
        (replace(GOOD, occupation=""), Code.OCCUPATION_MISSING),
        (replace(GOOD, phone="12345"), Code.PHONE_FORMAT),
        (replace(GOOD, phone="90-1234-56789"), Code.PHONE_FORMAT),
        (replace(GOOD, phone="電話なし"), Code.PHONE_FORMAT),
    ],
)
def test_it_names_the_field(changed: SellerFacts, code: Code) -> None:
    (problem,) = seller_problems(changed, on=TODAY)
    assert (problem.code, problem.params) == (code, {"field": FIELD_OF[code]})


def test_an_empty_form_names_every_required_field() -> None:
    empty = SellerFacts("", "", None, "", "", "")
    assert [code.removesuffix("-missing") for code in codes(empty)] == [
        "name",
        "kana",
        "birth-date",
        "postal-code",
        "address",
        "occupation",
    ]
    assert set(FIELD_OF) == set(Code)
