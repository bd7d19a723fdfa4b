"""Write a seller's particulars, in one form and complete, or say which field is wrong.

The caller holds the lock of the seller's row where there is one already (lock order: seller first).
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.core.exceptions import ValidationError

from buyback.sellers.models import Seller
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
from buyback.sellers.queries import PARTICULARS
from buyback.sellers.wording import sentence
from shop.problems import Blocker, Problem
from shop.wording import Audience


@dataclass(frozen=True, slots=True)
class Particulars:
    """A seller as typed at the counter; texts in any width, `birth_on` None where left empty."""

    family_name: str
    given_name: str
    family_kana: str
    given_kana: str
    birth_on: date | None
    postal_code: str
    address: str
    phone: str
    occupation: str
    workplace: str = ""
    invoice_number: str = ""


def in_one_form(typed: Particulars) -> Particulars:
    """Return the particulars with widths, kana, postal code and phone brought into one form."""
    return replace(
        typed,
        family_name=_tidy(typed.family_name),
        given_name=_tidy(typed.given_name),
        family_kana=normalise_kana(typed.family_kana),
        given_kana=normalise_kana(typed.given_kana),
        postal_code=normalise_postal_code(typed.postal_code),
        address=_tidy(typed.address),
        phone=normalise_phone(typed.phone),
        occupation=_tidy(typed.occupation),
        workplace=_tidy(typed.workplace),
        invoice_number=normalise_postal_code(typed.invoice_number).upper(),
    )


def save_seller(
    *, seller: Seller | None, typed: Particulars, on: date, now: datetime
) -> tuple[Seller, bool]:
    """Write the particulars into `seller` (locked by the caller) or into a new row.

    Returns the row and whether anything changed. Raises `ValidationError` with a dictionary: the
    field of `Particulars` → its sentence (古物営業法16条4号; forms: law.md §10).
    """
    ready = in_one_form(typed)
    wrong = field_errors(ready, on=on)
    if wrong:
        raise ValidationError(wrong)
    row = seller or Seller(version=0)
    before = {name: getattr(row, name) for name in (*PARTICULARS, "birth_on")}
    after = {name: getattr(ready, name) for name in (*PARTICULARS, "birth_on")}
    if seller is not None and before == after:
        return row, False
    for name, value in after.items():
        setattr(row, name, value)
    row.search_kana = (ready.family_kana + ready.given_kana).replace(" ", "")
    row.version += 1
    row.recorded_at = now
    row.save()
    return row, True


def field_errors(ready: Particulars, *, on: date) -> dict[str, list[ValidationError]]:
    """Return the sentences beside the fields of particulars that are already in one form."""
    both_names = ready.family_name and ready.given_name
    both_kana = is_katakana(ready.family_kana) and is_katakana(ready.given_kana)
    facts = SellerFacts(
        name=f"{ready.family_name} {ready.given_name}" if both_names else "",
        kana=f"{ready.family_kana} {ready.given_kana}" if both_kana else _first_bad_kana(ready),
        birth_on=ready.birth_on,
        postal_code=ready.postal_code,
        address=ready.address,
        occupation=ready.occupation,
        phone=ready.phone,
    )
    errors: dict[str, list[ValidationError]] = {}
    for problem in seller_problems(facts, on=on):
        field = _form_field(FIELD_OF[problem.code], ready)
        errors.setdefault(field, []).append(_error(problem))
    if not ready.phone:
        errors["phone"] = [_error(Blocker(Code.PHONE_MISSING))]
    if ready.invoice_number and not re.fullmatch(r"T[0-9]{13}", ready.invoice_number):
        errors["invoice_number"] = [_error(Blocker(Code.INVOICE_FORMAT))]
    return errors


def _error(problem: Problem) -> ValidationError:
    return ValidationError(sentence(problem, Audience.STAFF), code=problem.code)


def _first_bad_kana(ready: Particulars) -> str:
    return next(k for k in (ready.family_kana, ready.given_kana) if not is_katakana(k))


def _form_field(field: str, ready: Particulars) -> str:
    if field == "name":
        return "given_name" if ready.family_name else "family_name"
    if field == "kana":
        return "given_kana" if is_katakana(ready.family_kana) else "family_kana"
    return field


def _tidy(text: str) -> str:
    return " ".join(text.split())
