"""Contract texts and contracts (買取承諾書).

A contract is a frozen copy of all it says; a change makes a new version. Its signature and its PDF
are rows of their own, so that nothing here is ever edited.
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from buyback.deals.models import Deal
from buyback.identity.models import IdentityRecord
from shop.guards import known, on_change, refuse
from shop.people.models import Store

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


class ContractText(models.Model):
    """One version of the text: blocks of title and body, in both languages. Append-only."""

    version = models.CharField(_("version"), max_length=20, unique=True)
    is_sample = models.BooleanField(_("sample (見本)"))
    blocks = models.JSONField()
    """[{code, statement: bool, title_ja, title_en, body_ja, body_en}, …] in order. A statement is
    what the seller declares and ticks one by one."""
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("contract text")
        verbose_name_plural = _("contract texts")
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return self.version


class ContractTextAdoption(models.Model):
    """That a store uses a text from now on; needed before its first real deal."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+")
    text = models.ForeignKey(ContractText, on_delete=models.PROTECT, related_name="adoptions")
    adopted_at = models.DateTimeField()
    adopted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("adoption of a contract text")
        verbose_name_plural = _("adoptions of contract texts")
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.store_id} uses {self.text_id}"


class Contract(models.Model):
    """One version of a deal's contract, ready to be read and signed. Append-only."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="contracts")
    version = models.PositiveSmallIntegerField(_("version"))
    text = models.ForeignKey(ContractText, on_delete=models.PROTECT, related_name="+")
    identity = models.ForeignKey(IdentityRecord, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    content = models.JSONField()
    """Everything the paper shows, as plain values: seller, items with lines, clauses, company."""
    total_yen = models.PositiveIntegerField(_("total (yen)"))
    fingerprint = models.CharField(max_length=64)
    """Of the quotes, the seller, the identity and the text it was made from."""
    prepared_at = models.DateTimeField()
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        constraints = [
            models.UniqueConstraint(fields=["deal", "version"], name="contract_version_once"),
            known("language", [code for code, _name in settings.LANGUAGES], name="language_known"),
        ]
        triggers = [
            APPEND_ONLY,
            refuse(
                "contract_rests_on_its_deals_identity",
                where="NOT EXISTS (SELECT FROM buyback_identityrecord r"
                " WHERE r.id = NEW.identity_id AND r.deal_id = NEW.deal_id)",
            ),
        ]

    def __str__(self) -> str:
        return f"contract {self.version} of {self.deal_id}"


class Signature(models.Model):
    """The seller's signature on one contract (署名): strokes with times. Append-only."""

    contract = models.OneToOneField(Contract, on_delete=models.PROTECT, related_name="signature")
    strokes = models.JSONField()
    statements = models.JSONField()
    """Codes of the statements that the seller ticked."""
    signed_at = models.DateTimeField()
    witnessed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"signature on {self.contract_id}"


class Conclusion(models.Model):
    """That a contract was concluded (成立): from here the phones are ours. One per deal."""

    deal = models.OneToOneField(Deal, on_delete=models.PROTECT, related_name="conclusion")
    contract = models.OneToOneField(Contract, on_delete=models.PROTECT, related_name="conclusion")
    total_yen = models.PositiveIntegerField(_("total (yen)"))
    concluded_at = models.DateTimeField()
    concluded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("conclusion")
        verbose_name_plural = _("conclusions")
        triggers = [
            APPEND_ONLY,
            refuse(
                "conclusion_is_of_the_signed_contract",
                where="NOT EXISTS (SELECT FROM buyback_contract c"
                " JOIN buyback_signature s ON s.contract_id = c.id"
                " WHERE c.id = NEW.contract_id AND c.deal_id = NEW.deal_id"
                " AND c.total_yen = NEW.total_yen)",
            ),
        ]

    def __str__(self) -> str:
        return f"conclusion of {self.deal_id}"


# A state is a commitment: it never stands without the paper that made it.
pgtrigger.register(
    refuse(
        "a_signed_deal_has_a_signature",
        operation=on_change("state"),
        where="NEW.state = 'signed' AND NOT EXISTS (SELECT FROM buyback_contract c"
        " JOIN buyback_signature s ON s.contract_id = c.id WHERE c.deal_id = NEW.id)",
    ),
    refuse(
        "a_concluded_deal_has_a_conclusion",
        operation=on_change("state"),
        where="NEW.state IN ('concluded', 'paid') AND NOT EXISTS (SELECT"
        " FROM buyback_conclusion c WHERE c.deal_id = NEW.id)",
    ),
)(Deal)


class ContractPdf(models.Model):
    """The stored paper of a signed contract: the file and its SHA-256 are the record."""

    contract = models.OneToOneField(Contract, on_delete=models.PROTECT, related_name="pdf")
    name = models.CharField(max_length=200)
    """Key in the private storage."""
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(_("size (bytes)"))
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("contract PDF")
        verbose_name_plural = _("contract PDFs")
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return self.sha256
