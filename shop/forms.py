"""The look of every form, by Django's own renderer.

Decided here: which templates render forms and fields (settings: `FORM_RENDERER`). Not decided
here: what a form asks; rooms write plain `django.forms.Form` classes.
"""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Renders `{{ form }}` and `{{ field.as_field_group }}` with our templates and ARIA ids."""

    form_template_name = "shop/_form.html"
    field_template_name = "shop/_field.html"
