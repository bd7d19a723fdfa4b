"""How a form control gets its CSS classes.

Decided here: which Bootstrap class belongs to which kind of control, so that no form of ours or of
a package has to know about looks. Not decided here: the mark-up around it (`shop/_field.html`).
"""

from django.forms import BoundField, widgets
from django.template import Library

register = Library()

CHECKS = (widgets.CheckboxInput, widgets.RadioSelect, widgets.CheckboxSelectMultiple)


def control_class(widget: widgets.Widget, *, invalid: bool) -> str:
    """Return the classes of a control: `form-check-input`, `form-select` or `form-control`."""
    if isinstance(widget, CHECKS):
        name = "form-check-input"
    elif isinstance(widget, widgets.Select):
        name = "form-select"
    else:
        name = "form-control"
    return f"{name} is-invalid" if invalid else name


@register.filter
def is_optional(field: BoundField) -> bool:
    """Say whether a field is marked “optional”; not one that some answers need."""
    return not field.field.required and "data-conditional" not in field.field.widget.attrs


@register.filter
def styled(field: BoundField) -> BoundField:
    """Return the same field with its widget's look set; a form's widgets are its own copies."""
    widget = field.field.widget
    own = str(widget.attrs.get("class", "")).split()
    look = control_class(widget, invalid=bool(field.errors)).split()
    widget.attrs["class"] = " ".join(dict.fromkeys(own + look))
    return field
