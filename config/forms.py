"""The form renderer: every field of every form is drawn by one template."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Draws forms from `shop/_form.html`; a field is label, help, error, input."""

    field_template_name = "shop/_field.html"
    form_template_name = "shop/_form.html"
