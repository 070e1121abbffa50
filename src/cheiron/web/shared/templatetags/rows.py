"""Long lists, drawn in one go: a template that visits every cell of two hundred rows costs more than all the rest."""

from collections.abc import Iterable
from urllib.parse import quote

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from cheiron.queries.studio import Row
from cheiron.web.shared.templatetags.cheiron import fit, said

register = template.Library()

MENTEE = (
    '<li><a class="mentee" data-choose href="?mentee={0}{6}" hx-get="?mentee={0}" hx-target="#pair" '
    'hx-push-url="true"{1}>'
    '<span class="strong">{2}</span><span class="faint xs">{3}</span><span class="why xs">{4}</span>'
    '<span class="fit num">{5}</span></a></li>'
)


@register.simple_tag
def mentee_rows(rows: Iterable[Row], chosen: str, search: str) -> SafeString:
    """The mentees of one group of the studio, each a way to their pair; ``search`` narrows the list again after it."""
    again = f"&q={quote(search)}" if search else ""
    here = mark_safe(' aria-current="true"')
    cells = (
        (row.id, here if row.id == chosen else "", row.name, row.title, said(row.why), fit(row.score), again)
        for row in rows
    )
    return format_html('<ul class="list mentees">{}</ul>', format_html_join("", MENTEE, cells))
