"""Deal codes: short, read aloud without mistakes, and checked.

`S-1123-7KDQ`: the store's letter, month and day, three random characters and a check character.
The characters are 31 letters and digits without 0, O, 1, I (DESIGN §7) and U.
"""

import secrets
import unicodedata
from datetime import date

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"
"""31 characters: a prime number, so that the check character catches every single wrong character
and every swap of two neighbours."""


def check_character(body: str) -> str:
    """Return the check character of `body` (letters and digits, no hyphens)."""
    total = sum(weight * int(char, 36) for weight, char in enumerate(body, start=1))
    return ALPHABET[total % len(ALPHABET)]


def new_code(*, letter: str, day: date) -> str:
    """Return a fresh code for the store `letter` on `day`; the database checks uniqueness."""
    body = f"{letter}{day:%m%d}" + "".join(secrets.choice(ALPHABET) for _ in range(3))
    return f"{body[0]}-{body[1:5]}-{body[5:]}{check_character(body)}"


def parse_code(text: str) -> str | None:
    """Return `text` as a deal code in its printed form, or None where it is none.

    Full-width characters, lower case, spaces and missing hyphens are forgiven; a wrong check
    character is not.
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    body = "".join(char for char in plain if char.isascii() and char.isalnum())
    if len(body) != 9 or check_character(body[:8]) != body[8]:
        return None
    return f"{body[0]}-{body[1:5]}-{body[5:]}"
