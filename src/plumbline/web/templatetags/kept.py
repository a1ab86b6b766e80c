"""Kept documents on the pages of what they belong to."""

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from plumbline.evidence.models import Document
from plumbline.web.evidence import opened

register = template.Library()


@register.simple_tag(takes_context=True)
def document_link(context: Context, document: Document) -> SafeString:
    """A link to the document for who may open it; for others, that there is one, without its title."""
    request = context["request"]
    if opened.documents(request.user, on=request.day).filter(pk=document.pk).exists():
        return format_html(
            '<a class="govuk-link" href="{}">{}</a>', reverse("document", args=[document.pk]), document.title
        )
    return format_html('<span class="pl-absent">{}</span>', opened.NOT_OPEN)
