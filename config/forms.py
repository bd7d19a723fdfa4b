"""The form renderer: every field of every form is drawn by one template."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Draws a field group (label, input, help, error beside it) from `shop/_field.html`."""

    field_template_name = "shop/_field.html"
