"""What is said beside the fields of a seller. Which of them is at fault is decided in `policy`."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from buyback.sellers.policy import Code
from shop.problems import Problem
from shop.wording import Audience, Said, both, say

TABLE: Mapping[str, Said] = {
    Code.NAME_MISSING: both(_("Enter the name.")),
    Code.KANA_MISSING: both(_("Enter the reading of the name in katakana.")),
    Code.KANA_NOT_KATAKANA: both(_("Write the reading in katakana only.")),
    Code.BIRTH_DATE_MISSING: both(_("Enter the date of birth.")),
    Code.BIRTH_DATE_IMPOSSIBLE: both(_("This date of birth is not possible.")),
    Code.POSTAL_CODE_MISSING: both(_("Enter the postal code.")),
    Code.POSTAL_CODE_FORMAT: both(_("A postal code has 7 digits.")),
    Code.ADDRESS_MISSING: both(_("Enter the address.")),
    Code.OCCUPATION_MISSING: both(_("Enter the occupation.")),
    Code.PHONE_MISSING: both(_("Enter a phone number.")),
    Code.INVOICE_FORMAT: both(_("Enter T and 13 digits, or leave this empty.")),
    Code.PHONE_FORMAT: both(_("A telephone number has 10 or 11 digits and begins with 0.")),
}
"""Every problem code of `policy`."""


def sentence(problem: Problem, audience: Audience) -> str:
    """Return what `problem` says. Raises `KeyError` for a code of another package."""
    return say(TABLE, problem.code, problem.params, audience)
