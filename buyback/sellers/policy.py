"""What must be known of a seller (古物営業法16条: address, name, occupation, age).

Decided here: which fields are missing or malformed, and how kana, postal codes and telephone
numbers are brought into one form. Not decided here: age limits and documents (`buyback.identity`).
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shop.problems import Blocker, Problem

OLDEST_AGE = 130
"""Years; a birth date further back is a slip of the hand."""


class Code(StrEnum):
    """Every problem this module can answer with; `FIELD_OF` names the field."""

    NAME_MISSING = "name-missing"
    KANA_MISSING = "kana-missing"
    KANA_NOT_KATAKANA = "kana-not-katakana"
    BIRTH_DATE_MISSING = "birth-date-missing"
    BIRTH_DATE_IMPOSSIBLE = "birth-date-impossible"
    POSTAL_CODE_MISSING = "postal-code-missing"
    POSTAL_CODE_FORMAT = "postal-code-format"
    ADDRESS_MISSING = "address-missing"
    OCCUPATION_MISSING = "occupation-missing"
    PHONE_MISSING = "phone-missing"
    PHONE_FORMAT = "phone-format"
    INVOICE_FORMAT = "invoice-number-format"


FIELD_OF: dict[str, str] = {
    Code.NAME_MISSING: "name",
    Code.KANA_MISSING: "kana",
    Code.KANA_NOT_KATAKANA: "kana",
    Code.BIRTH_DATE_MISSING: "birth_on",
    Code.BIRTH_DATE_IMPOSSIBLE: "birth_on",
    Code.POSTAL_CODE_MISSING: "postal_code",
    Code.POSTAL_CODE_FORMAT: "postal_code",
    Code.ADDRESS_MISSING: "address",
    Code.OCCUPATION_MISSING: "occupation",
    Code.PHONE_MISSING: "phone",
    Code.PHONE_FORMAT: "phone",
    Code.INVOICE_FORMAT: "invoice_number",
}
"""Beside which field of `SellerFacts` a problem is shown; also in its parameters as `field`."""


@dataclass(frozen=True, slots=True)
class SellerFacts:
    """A seller as recorded; texts as typed. `phone` may be empty: the law does not ask for it."""

    name: str
    kana: str
    birth_on: date | None
    postal_code: str
    address: str
    occupation: str
    phone: str = ""


_HIRAGANA = {code: code + 0x60 for code in (*range(0x3041, 0x3097), 0x309D, 0x309E)}
_LONG_VOWEL = re.compile(r"(?<=[ァ-ヺー])[-‐‑‒–—―−─]")
_KATAKANA = re.compile(r"[ァ-ヺー・ヽヾ ]*[ァ-ヺ][ァ-ヺー・ヽヾ ]*")
_HYPHENS = re.compile(r"[-‐‑‒–—―−─ー\s()]")


def normalise_kana(text: str) -> str:
    """Return a reading as full-width katakana with single spaces.

    Half-width kana and hiragana become katakana, a hyphen after kana becomes the long-vowel sign
    (people type both). Anything else stays, so that `is_katakana` can refuse it.
    """
    folded = unicodedata.normalize("NFKC", text).translate(_HIRAGANA)
    return " ".join(_LONG_VOWEL.sub("ー", folded).split())


def is_katakana(text: str) -> bool:
    """Return whether a normalised reading is katakana, with at least one letter."""
    return _KATAKANA.fullmatch(text) is not None


def normalise_postal_code(text: str) -> str:
    """Return a postal code without mark, hyphens and full-width forms: 7 digits if it was one."""
    return _HYPHENS.sub("", unicodedata.normalize("NFKC", text)).removeprefix("〒")


def normalise_phone(text: str) -> str:
    """Return a telephone number without hyphens, spaces and brackets; +81 becomes 0."""
    digits = _HYPHENS.sub("", unicodedata.normalize("NFKC", text))
    return f"0{digits.removeprefix('+81').removeprefix('0')}" if digits[:3] == "+81" else digits


def _is_digits(text: str, lengths: tuple[int, ...]) -> bool:
    return text.isascii() and text.isdigit() and len(text) in lengths


def seller_problems(seller: SellerFacts, *, on: date) -> tuple[Problem, ...]:
    """Return what is missing or malformed on the business day `on`; texts may be unnormalised.

    A telephone number, when given, starts with 0 and has 10 or 11 digits (law.md §10).
    """
    kana = normalise_kana(seller.kana)
    postal = normalise_postal_code(seller.postal_code)
    phone = normalise_phone(seller.phone)
    birth = seller.birth_on
    impossible = birth is not None and (birth > on or on.year - birth.year > OLDEST_AGE)
    table = (
        (not seller.name.strip(), Code.NAME_MISSING),
        (not kana, Code.KANA_MISSING),
        (bool(kana) and not is_katakana(kana), Code.KANA_NOT_KATAKANA),
        (birth is None, Code.BIRTH_DATE_MISSING),
        (impossible, Code.BIRTH_DATE_IMPOSSIBLE),
        (not postal, Code.POSTAL_CODE_MISSING),
        (bool(postal) and not _is_digits(postal, (7,)), Code.POSTAL_CODE_FORMAT),
        (not seller.address.strip(), Code.ADDRESS_MISSING),
        (not seller.occupation.strip(), Code.OCCUPATION_MISSING),
        (
            bool(phone) and not (_is_digits(phone, (10, 11)) and phone[0] == "0"),
            Code.PHONE_FORMAT,
        ),
    )
    return tuple(Blocker(code, {"field": FIELD_OF[code]}) for applies, code in table if applies)
