"""What phones exist: maker, model and variant.

Sample rows (見本) stay marked until a person fills in `verified_on`.
"""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shop.guards import known


class DeviceKind(models.TextChoices):
    """What sort of device a model is."""

    PHONE = "phone", _("phone")
    TABLET = "tablet", _("tablet")
    WATCH = "watch", _("watch")


class Maker(models.Model):
    """A maker of devices."""

    code = models.SlugField(unique=True)
    name_ja = models.CharField(_("name in Japanese"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60)

    class Meta:
        verbose_name = _("maker")
        verbose_name_plural = _("makers")

    def __str__(self) -> str:
        return self.name_ja if (get_language() or "ja").startswith("ja") else self.name_en


class DeviceModel(models.Model):
    """One model of a maker, as its name stands on the box."""

    maker = models.ForeignKey(Maker, on_delete=models.PROTECT, related_name="models")
    code = models.SlugField(unique=True)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=DeviceKind.choices)

    class Meta:
        verbose_name = _("model")
        verbose_name_plural = _("models")
        constraints = [known("kind", DeviceKind.values, name="device_kind_known")]

    def __str__(self) -> str:
        return self.name


class Variant(models.Model):
    """What has a price: a model with its storage. Colour is noted on the item."""

    model = models.ForeignKey(DeviceModel, on_delete=models.PROTECT, related_name="variants")
    code = models.SlugField(unique=True)
    storage_gb = models.PositiveIntegerField(_("storage (GB)"))
    verified_on = models.DateField(_("verified by a person on"), null=True, blank=True)

    class Meta:
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        constraints = [
            models.UniqueConstraint(fields=["model", "storage_gb"], name="variant_once_per_model"),
        ]

    def __str__(self) -> str:
        size = self.storage_gb
        text = f"{size // 1024}TB" if size >= 1024 and size % 1024 == 0 else f"{size}GB"
        return f"{self.model.name} {text}"

    @property
    def is_sample(self) -> bool:
        """True while nobody has verified this row (見本)."""
        return self.verified_on is None
