"""What is an IMEI, and what is only nearly one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from carriers.imei import Imei, InvalidImei, demo_imei, is_test_range, parse_imei

GOOD = "354178036859789"
DASHES = "-‐‑‒–—―−－﹣﹘ーｰ⁃"


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        " 354178036859789\r\n",
        "35 417803 685978 9",
        "35\u3000417803\u00a0685978\u20099",
        "３５４１７８０３６８５９７８９",
        "]C1354178036859789",
        "IMEI:354178036859789",
        "IMEI1: 354178036859789",
        "imei2:354178036859789",
        "IMEI：354178036859789",
        "ＩＭＥＩ１：３５４１７８０３６８５９７８９",
        "354178036859789 / 01",
        "IMEI1: 35-417803-685978-9 / 42",
        "]C1IMEI2:354178036859789／０１",
        "\ufeff\u200e354178036859789\u202c",
        "354178\x00036859789\x1d",
        "354178\u00ad036859789",
        *(f"35{dash}417803{dash}685978{dash}9" for dash in DASHES),
    ],
)
def test_it_reads_what_people_type_and_scanners_send(text: str) -> None:
    assert parse_imei(text).digits == GOOD


@pytest.mark.parametrize(
    ("text", "code", "length"),
    [
        ("", "empty", 0),
        (" \t\u3000\n", "empty", 0),
        ("---", "empty", 0),
        ("IMEI:", "empty", 0),
        ("]C1", "empty", 0),
        ("35417803685978O", "not-digits", 15),
        ("三五四一七八〇三六八五九七八九", "not-digits", 15),
        ("٣٥٤١٧٨٠٣٦٨٥٩٧٨٩", "not-digits", 15),
        ("³⁵⁴¹⁷⁸⁰³⁶⁸⁵⁹⁷⁸⁹", "not-digits", 15),
        ("354178036859789/1", "not-digits", 17),
        ("350077/52/323751/3", "not-digits", 18),
        ("IMEI3:354178036859789", "not-digits", 21),
        ("354178036859789,", "not-digits", 16),
        ("35417803685978", "length", 14),
        ("3541780368597801", "length", 16),
        ("89049032004008882600012345678901", "length", 32),
        ("1", "length", 1),
        ("35417803685978 / 01", "length", 14),
        ("354178036859789" * 2, "length", 30),
        ("354178036859781", "check-digit", 15),
        ("000000000000000", "check-digit", 15),
        ("０００００００００００００００", "check-digit", 15),
    ],
)
def test_it_refuses_with_the_first_code_that_holds(text: str, code: str, length: int) -> None:
    with pytest.raises(InvalidImei) as refused:
        parse_imei(text)
    assert (refused.value.code, refused.value.length) == (code, length)


def test_a_refusal_shows_no_digits() -> None:
    with pytest.raises(InvalidImei) as refused:
        parse_imei("354178036859781")
    assert "354178" not in str(refused.value)


def test_it_shows_itself_in_parts() -> None:
    imei = Imei("490154203237518")
    assert imei.tac == "49015420"
    assert imei.grouped == "49-015420-323751-8"
    assert imei.last4 == "7518"
    assert imei.masked == "***********7518"
    assert "490154" not in repr(imei) + str(imei) + f"{imei}"


@pytest.mark.parametrize("digits", ["", "354178036859781", "35417803685978９", GOOD + "\n"])
def test_no_wrong_imei_can_be_built(digits: str) -> None:
    with pytest.raises(InvalidImei):
        Imei(digits)


def test_equal_digits_are_one_imei() -> None:
    assert parse_imei("35-417803-685978-9") == Imei(GOOD)
    assert len({parse_imei(GOOD), Imei(GOOD)}) == 1


@pytest.mark.parametrize("serial", [0, 1, 101, 999_999])
def test_demo_imeis_are_from_the_test_range(serial: int) -> None:
    imei = demo_imei(serial)
    assert is_test_range(imei)
    assert imei.digits[8:14] == f"{serial:06d}"
    assert not is_test_range(Imei(GOOD))


@pytest.mark.parametrize("serial", [-1, 1_000_000])
def test_a_demo_serial_has_six_digits(serial: int) -> None:
    with pytest.raises(ValueError, match="six digits"):
        demo_imei(serial)


@given(st.text(max_size=60))
def test_any_text_gives_an_imei_or_a_code(text: str) -> None:
    try:
        imei = parse_imei(text)
    except InvalidImei as refused:
        assert refused.code in {"empty", "not-digits", "length", "check-digit"}
    else:
        assert imei.digits.isascii()


@given(st.integers(min_value=1, max_value=10**14 - 1), st.integers(0, 13), st.integers(1, 9))
def test_one_wrong_digit_is_always_caught(number: int, place: int, shift: int) -> None:
    body = f"{number:014d}"
    digits = body + luhn.calc_check_digit(body)
    assert parse_imei(digits).digits == digits
    changed = str((int(digits[place]) + shift) % 10)
    with pytest.raises(InvalidImei):
        parse_imei(digits[:place] + changed + digits[place + 1 :])
