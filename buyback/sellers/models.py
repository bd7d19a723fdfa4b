"""Who sells. A seller's particulars are what the ledger must carry (古物営業法16条4号)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from buyback.sellers.occupations import occupation_label


class Seller(models.Model):
    """A person who sells (売主), as declared at the counter."""

    family_name = models.CharField(_("family name"), max_length=50)
    given_name = models.CharField(_("given name"), max_length=50)
    family_kana = models.CharField(_("family name (kana)"), max_length=50)
    given_kana = models.CharField(_("given name (kana)"), max_length=50)
    search_kana = models.CharField(max_length=101, editable=False)
    """Kana without spaces, so that a prefix finds the person."""
    birth_on = models.DateField(_("date of birth"))
    postal_code = models.CharField(_("postal code"), max_length=7)
    address = models.CharField(_("address"), max_length=200)
    phone = models.CharField(_("phone"), max_length=15)
    occupation = models.CharField(_("occupation"), max_length=20)
    workplace = models.CharField(_("workplace or school"), max_length=60, blank=True)
    invoice_number = models.CharField(
        _("invoice registration number (T and 13 digits)"), max_length=14, blank=True
    )
    version = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("seller")
        verbose_name_plural = _("sellers")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(postal_code__regex=r"^[0-9]{7}$"), name="postal_code_is_7_digits"
            ),
        ]
        indexes = [
            # A B-tree that serves LIKE 'ヤマダ%' whatever the collation of the database.
            models.Index(
                fields=["search_kana"], name="seller_kana", opclasses=["varchar_pattern_ops"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.family_name} {self.given_name}"

    @property
    def occupation_name(self) -> str:
        """The occupation in the language of the page."""
        return occupation_label(self.occupation)

    @property
    def full_kana(self) -> str:
        """Family and given name in kana with a space between."""
        return f"{self.family_kana} {self.given_kana}"
