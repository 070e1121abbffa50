"""Figures by group on a page: what tables and groups are called, and how a figure is said or not said."""

from django import template
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cheiron.core.disclosure.catalog import Kind, Measure
from cheiron.core.disclosure.reading import Reading
from cheiron.core.people.self_description import ATTRIBUTES, group_name
from cheiron.core.statistics import Interval

register = template.Library()

MEASURES = {
    Measure.PLACED: _("Got a mentor"),
    Measure.WISHED: _("Got one of their first three wishes"),
    Measure.LOAD: _("Mentors who carry more than a fair share"),
    Measure.OWN_GROUP: _("Wish for a mentor who shares this: met"),
}
COUNTED = {
    Measure.PLACED: _("Mentees"),
    Measure.WISHED: _("Mentees who made wishes"),
    Measure.LOAD: _("Mentors with places"),
    Measure.OWN_GROUP: _("Wishes"),
}


@register.filter
def measure_name(kind: Kind) -> str:
    """What the table counts."""
    return MEASURES[kind.measure]


@register.filter
def counted_name(kind: Kind) -> str:
    """Of whom it counts it."""
    return COUNTED[kind.measure]


@register.filter
def attribute_name(kind: Kind) -> str:
    """By what it is divided."""
    return ATTRIBUTES[kind.attribute][0].render(gettext)


@register.filter
def group_title(group: str) -> str:
    """What a group is called; all of them together have no name of their own."""
    return group_name(group).render(gettext) if group else gettext("Everybody")


@register.filter
def share_said(reading: Reading) -> str:
    """The share in words and figures: exact, coded, or hidden; never a zero that stands for something hidden."""
    line = reading.line
    if line.percent is not None:
        return f"{line.percent} %"
    if line.least is not None:
        return gettext("at least %(percent)s %%") % {"percent": line.least}
    if line.most is not None:
        return gettext("at most %(percent)s %%") % {"percent": line.most}
    return gettext("hidden")


@register.filter
def unmet(reading: Reading) -> str:
    """How many wishes are left, from the rounded figures."""
    if reading.line.percent is None:
        return gettext("hidden")
    return str(int(reading.line.of) - int(reading.line.yes))


@register.filter
def span_said(interval: Interval | None) -> str:
    """From where to where, in percent."""
    if interval is None:
        return "–"
    return gettext("%(low)s to %(high)s %%") % {"low": round(100 * interval.low), "high": round(100 * interval.high)}


@register.filter
def points_said(reading: Reading) -> str:
    """The difference from the others, in percentage points, with its interval."""
    if reading.ahead is None:
        return "–"
    ends = {"low": _signed(reading.ahead_interval.low), "high": _signed(reading.ahead_interval.high)}
    return gettext("%(points)s (%(low)s to %(high)s)") % {"points": _signed(reading.ahead), **ends}


def _signed(share: float) -> str:
    points = round(100 * share)
    return f"\u2212{-points}" if points < 0 else f"+{points}" if points else "0"


@register.filter
def by_lot_said(reading: Reading) -> str:
    """How often lots alone lead as far."""
    if reading.by_lot is None:
        return "–"
    return gettext("under 1 in 100") if reading.by_lot < 0.01 else f"{reading.by_lot:.2f}"
