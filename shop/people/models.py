"""The company, its stores and who works there.

The company's name and permit number stand on contracts and in the ledger exactly as on the permit
(古物営業法12条); a person is a stock Django user who reaches a store only through a membership.
"""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shop.guards import known
from shop.people.policy import PeopleOnDuty, Permission, Role, may


class Company(models.Model):
    """The dealer (古物商) that holds the permit. One row per installation."""

    name = models.CharField(_("name as on the permit"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100, blank=True)
    permit_number = models.CharField(
        _("permit number"), max_length=12, validators=[RegexValidator(r"^[0-9]{12}$")]
    )
    commission = models.CharField(_("public safety commission"), max_length=40)
    invoice_number = models.CharField(
        _("invoice registration number"),
        max_length=14,
        blank=True,
        validators=[RegexValidator(r"^T[0-9]{13}$")],
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(permit_number__regex=r"^[0-9]{12}$"),
                name="company_permit_number_is_12_digits",
            ),
            # One row per installation: a constant can stand in a unique index once.
            models.UniqueConstraint(models.Value(1), name="one_company"),
        ]

    def __str__(self) -> str:
        return self.name


class Store(models.Model):
    """One business place (営業所) with its manager (管理者) and its letter in deal codes."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="stores")
    letter = models.CharField(_("letter in deal codes"), max_length=1, unique=True)
    name_ja = models.CharField(_("name in Japanese"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60)
    address = models.CharField(_("address"), max_length=200)
    prefecture = models.CharField(_("prefecture"), max_length=10)
    manager_name = models.CharField(_("manager on the permit (管理者)"), max_length=60)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    people_on_duty = models.CharField(
        _("people on duty"),
        max_length=10,
        choices=[(p.value, p.value) for p in PeopleOnDuty],
        default=PeopleOnDuty.SEVERAL,
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("store")
        verbose_name_plural = _("stores")
        constraints = [
            # No 0 O 1 I in codes that people read aloud (DESIGN §7).
            models.CheckConstraint(
                condition=models.Q(letter__regex=r"^[A-HJ-NP-Z]$"), name="store_letter_is_readable"
            ),
            known("people_on_duty", PeopleOnDuty, name="people_on_duty_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The store's name in the language of the page."""
        return self.name_ja if (get_language() or "ja").startswith("ja") else self.name_en


class Drawer(models.Model):
    """A cash drawer of a store; every cash payout names the drawer it came from."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="drawers")
    name = models.CharField(_("name"), max_length=40)

    class Meta:
        verbose_name = _("drawer")
        verbose_name_plural = _("drawers")
        constraints = [
            models.UniqueConstraint(fields=["store", "name"], name="drawer_name_once_per_store"),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person's role in one store. No membership, no page."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships"
    )
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=[(r.value, r.value) for r in Role])
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["user", "store"], name="one_role_per_person_and_store"),
            known("role", Role, name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.role}"

    def may(self, permission: Permission) -> bool:
        """Tell whether this membership carries `permission`."""
        return may(Role(self.role), permission)
