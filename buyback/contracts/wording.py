"""What still stops a signature or a conclusion, in words. The gates are decided in `policy`."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from buyback.contracts.policy import Code
from shop.problems import Problem
from shop.wording import Audience, Said, both, say, split, staff_only

TABLE: Mapping[str, Said] = {
    Code.OFFER_NOT_ACCEPTED: both(_("The quote has not been accepted yet.")),
    Code.IDENTITY_CHANGED: split(
        _("Identity was verified again after the contract was prepared. Prepare it again."),
        _("The contract has to be prepared again."),
    ),
    Code.CONTRACT_MISSING: both(_("The contract has not been prepared yet.")),
    Code.CONTRACT_CHANGED: split(
        _("What the contract was made from has changed. Prepare it again and have it read anew."),
        _("The contract has changed since it was shown. Read it again before signing."),
    ),
    Code.TEXT_NOT_ADOPTED: split(
        _("The store has not adopted this contract text: a manager must do so first."),
        _("The contract is not ready yet. Please ask our staff."),
    ),
    Code.ON_HOLD: staff_only(_("The deal is on hold: nothing may be signed or concluded.")),
    Code.SIGNATURE_MISSING: both(_("The signature is missing.")),
    Code.SIGNATURE_MALFORMED: both(_("The signature did not arrive whole. Please sign again.")),
    Code.SIGNATURE_SHORT: both(_("This is too short for a signature. Please write your name.")),
    Code.SIGNATURE_SMALL: both(_("This is too small for a signature. Please write larger.")),
    Code.SIGNATURE_LONG: both(_("This is too long for a signature. Please sign again.")),
    Code.STATEMENTS_OPEN: both(_("Every statement has to be ticked before signing.")),
    Code.PHONE_NOT_IN_HAND: split(
        _("Confirm that the phone is in our hand."),
        _("Please hand the phone to our staff."),
    ),
    Code.GLYPH_MISSING: split(
        _("This cannot be printed: %(characters)s. Correct it where it was typed."),
        _("The contract is not ready yet. Please ask our staff."),
    ),
}
"""Every problem code of `policy`."""


def sentence(problem: Problem, audience: Audience) -> str:
    """Return what `problem` says. Raises `KeyError` for a code of another package."""
    return say(TABLE, problem.code, problem.params, audience)
