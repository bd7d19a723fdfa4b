"""What stops a payout, in words. The gate is decided in `policy`."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from buyback.payouts.policy import Code
from shop.problems import Problem
from shop.wording import Audience, Said, both, say, split, staff_only

TABLE: Mapping[str, Said] = {
    Code.NOT_CONCLUDED: both(_("The contract has not been concluded yet.")),
    Code.ALREADY_PAID: both(_("This deal has been paid already.")),
    Code.AMOUNT_DIFFERS: split(
        _("%(owed)s yen are owed, but the page asked to pay %(asked)s yen. Reload it."),
        _("The amount has to be checked. Please ask our staff."),
    ),
    Code.AMOUNT_NOT_POSITIVE: both(_("There is nothing to pay.")),
    Code.CONTRACT_CHANGED: staff_only(
        _("The contract is not the one that was signed. Do not pay; call a manager.")
    ),
    Code.IDENTITY_CHANGED: staff_only(
        _("The identity is not the one the contract was concluded with. Call a manager.")
    ),
    Code.ON_HOLD: staff_only(_("The deal is on hold: nothing may be paid.")),
    Code.DRAWER_CLOSED: split(
        _("The cash drawer is not open."), _("Please wait a moment for the payment.")
    ),
}
"""Every problem code of `policy`."""


def sentence(problem: Problem, audience: Audience) -> str:
    """Return what `problem` says. Raises `KeyError` for a code of another package."""
    params = {
        name: f"{value:,}" if isinstance(value, int) else value
        for name, value in problem.params.items()
    }
    return say(TABLE, problem.code, params, audience)
