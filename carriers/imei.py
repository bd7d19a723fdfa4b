"""The IMEI of a device: how people type and scanners send it, and when it is one.

Decides only whether a text is one well-formed IMEI (DESIGN §4, `docs/carriers.md` §9). It does
not know whether the device exists, nor what any network says of it. Sentences are in `wording`.
"""

import re
import unicodedata
from dataclasses import dataclass

from stdnum import luhn

DIGITS = 15
TEST_RANGE_PREFIX = "00"
"""Reporting body 00 is for test devices: no phone sold to a person has such a TAC."""

DEMO_TAC = "00100100"

_DASHES_OUTSIDE_PD = "\u2212\u2043\u30fc\uff70\u2500\u2501\u02d7"
"""Signs people type for a hyphen which Unicode does not class as dash punctuation (Pd)."""

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_AIM_PREFIX = "]C1"
_LABEL = re.compile(r"IMEI[12]?:", re.IGNORECASE)
_SOFTWARE_VERSION = re.compile(r"/[0-9]{2}\Z")
_ASCII_DIGITS = re.compile(r"[0-9]+\Z")


class InvalidImei(ValueError):
    """The text is not one IMEI.

    `code` is ``empty``, ``not-digits``, ``length`` or ``check-digit``. `length` is how many
    characters were left after cleaning (with ``length``: digits; 14 = the check digit is missing,
    16 = an IMEISV, 32 = an EID). The message carries no digits, so that it may be logged.
    """

    def __init__(self, code: str, length: int) -> None:
        super().__init__(f"not an IMEI: {code} ({length} characters)")
        self.code = code
        self.length = length


@dataclass(frozen=True, slots=True, repr=False)
class Imei:
    """One IMEI of 15 ASCII digits with a right check digit; anything else raises `InvalidImei`.

    `repr` and `str` show the last four digits only: whole IMEIs stay out of logs.
    """

    digits: str

    def __post_init__(self) -> None:
        _refuse(self.digits)

    def __repr__(self) -> str:
        return f"Imei({self.masked})"

    @property
    def tac(self) -> str:
        """The type allocation code: the first 8 digits."""
        return self.digits[:8]

    @property
    def grouped(self) -> str:
        """The digits as printed on boxes, 2-6-6-1: ``49-015420-323751-8``."""
        digits = self.digits
        return f"{digits[:2]}-{digits[2:8]}-{digits[8:14]}-{digits[14]}"

    @property
    def last4(self) -> str:
        """The last 4 digits, check digit included."""
        return self.digits[-4:]

    @property
    def masked(self) -> str:
        """Eleven asterisks and the last 4 digits: for logs and messages."""
        return "*" * (DIGITS - 4) + self.last4


def parse_imei(text: str) -> Imei:
    """Return the IMEI that `text` holds, as typed, pasted from a phone or sent by a scanner.

    Taken off first: white space, controls and invisible characters, every form of dash, the AIM
    prefix ``]C1``, a label ``IMEI:`` / ``IMEI1:`` / ``IMEI2:`` (either colon), Android's software
    version ``/ 01``. Only ASCII and full-width digits count, no other script's. Raises
    `InvalidImei` with the first code that holds, in the order ``empty``, ``not-digits``,
    ``length``, ``check-digit`` (fifteen zeros too, though their check digit is right).
    """
    cleaned = "".join(c for c in text if not _is_noise(c)).translate(_FULL_WIDTH)
    cleaned = cleaned.removeprefix(_AIM_PREFIX)
    cleaned = _LABEL.sub("", cleaned, count=1) if _LABEL.match(cleaned) else cleaned
    return Imei(_SOFTWARE_VERSION.sub("", cleaned))


def is_test_range(imei: Imei) -> bool:
    """Say whether the TAC starts with ``00``: a test device, never a phone somebody owns."""
    return imei.digits.startswith(TEST_RANGE_PREFIX)


def demo_imei(serial: int) -> Imei:
    """Return the demo IMEI with this serial (0 to 999999) from the test range.

    Raises `ValueError` for a serial outside the six digits.
    """
    if not 0 <= serial <= 999_999:
        raise ValueError("a serial has six digits")
    body = f"{DEMO_TAC}{serial:06d}"
    return Imei(body + luhn.calc_check_digit(body))


def _is_noise(char: str) -> bool:
    if char.isspace() or char in _DASHES_OUTSIDE_PD:
        return True
    return unicodedata.category(char) in {"Cc", "Cf", "Pd", "Zl", "Zp", "Zs"}


def _refuse(digits: str) -> None:
    if not digits:
        raise InvalidImei("empty", 0)
    if not _ASCII_DIGITS.match(digits):
        raise InvalidImei("not-digits", len(digits))
    if len(digits) != DIGITS:
        raise InvalidImei("length", len(digits))
    if not digits.strip("0") or luhn.checksum(digits) != 0:
        raise InvalidImei("check-digit", len(digits))
