"""The form renderer: every field of every form is drawn by one template."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Draws a form from `shop/_form.html`, each field (label, help, error, input) from `_field.html`."""

    field_template_name = "shop/_field.html"
    form_template_name = "shop/_form.html"
