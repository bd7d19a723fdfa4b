"""What identity says: the documents by name, and what is wrong with what was presented.

Only words. What counts as identity is decided in `policy`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from buyback.identity.policy import Code
from shop.problems import Problem
from shop.wording import Audience, Said, both, say, split

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

DOCUMENTS: Mapping[str, "Lazy"] = {
    "driving_licence": _("Driving licence"),
    "driving_history": _("Certificate of driving history"),
    "my_number_card": _("My Number card (front only)"),
    "residence_card": _("Residence card"),
    "special_permanent_resident": _("Special permanent resident certificate"),
    "basic_resident_card": _("Basic resident register card with photo"),
    "passport": _("Japanese passport"),
    "qualification_certificate": _("Health insurance qualification certificate"),
}

METHODS: Mapping[str, "Lazy"] = {"presentation": _("Document presented at the counter")}

TABLE: Mapping[str, Said] = {
    Code.METHOD_NOT_VALID: split(
        _("This method of verification does not count today."),
        _("Identity has to be verified in another way today."),
    ),
    Code.NOT_ACCEPTED: both(_("This document is not accepted: %(document)s.")),
    Code.EXPIRY_MISSING: both(_("Enter until when it is valid: %(document)s.")),
    Code.EXPIRED: both(_("The document expired on %(expired_on)s: %(document)s.")),
    Code.ISSUE_DATE_MISSING: both(_("Enter when it was issued: %(document)s.")),
    Code.ADDRESS_NOT_SHOWN: both(
        _("It shows no address: %(document)s. A second paper with the address is needed.")
    ),
    Code.NAME_DIFFERS: both(_("The name on the document differs from the name recorded.")),
    Code.ADDRESS_DIFFERS: both(_("The address on the document differs from the address recorded.")),
    Code.BIRTH_DATE_DIFFERS: both(
        _("The date of birth on the document differs from the one recorded.")
    ),
    Code.BORN_LATER: both(_("The date of birth lies in the future.")),
    Code.TOO_YOUNG: both(
        _("Sellers must be at least %(minimum)s years old; this person is %(age)s today.")
    ),
    Code.PHOTO_DIFFERS: split(
        _("The photo is not of the person who is here."),
        _("Identity could not be verified. Please ask our staff."),
    ),
    Code.SHOWN_LATER: both(_("The day on which it was shown lies in the future.")),
    Code.NOT_TAKEN: both(_("The seller's identity has not been verified yet.")),
    Code.SELLER_NOT_RECORDED: both(_("Record the seller's particulars first.")),
    Code.SELLER_CHANGED: both(
        _("The seller's particulars changed after the document was shown. Verify again.")
    ),
}
"""Every problem code of `policy`."""


def document_name(code: str) -> str:
    """Return the name of a document; an unknown one is named by its code."""
    return str(DOCUMENTS.get(code, code))


def sentence(problem: Problem, audience: Audience) -> str:
    """Return what `problem` says. Raises `KeyError` for a code of another package."""
    params: dict[str, object] = dict(problem.params)
    if "document" in params:
        params["document"] = document_name(str(params["document"]))
    return say(TABLE, problem.code, params, audience)
