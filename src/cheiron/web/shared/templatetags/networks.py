"""The mentoring network of one mentee as a small drawing: the mentee in the middle, mentors left and right."""

from dataclasses import dataclass

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cheiron.core.mentorships.lifecycle import MentorshipState
from cheiron.queries.circles import DRAFT, Network, Spoke, Tie
from cheiron.web.shared.templatetags.cheiron import initials_of

register = template.Library()

TIES = {
    MentorshipState.ACTIVE: _("in place"),
    MentorshipState.PROPOSED: _("asked, no answer yet"),
    DRAFT: _("in this draft"),
    "none": _("nobody yet"),
}
STANDINGS = {"none": _("Nobody yet"), "waiting": _("Drafted or asked"), "covered": _("In place")}

WIDTH, MIDDLE, LEFT, RIGHT = 320, 160, 60, 260
CORE, NODE, BEND = 20, 15, 10
"""Radius of the mentee and of a mentor; how far from the mentee a line turns."""
TOP, LINE, BELOW, GAP = 22, 14, 20, 6
"""From the upper edge to the first mentor; from line to line of a label; what its first line takes below a mentor; what
stays free between a label and the next mentor."""
LETTERS = 19
"""What has room under a mentor."""


@register.filter
def tie_state(state: str) -> str:
    """How a pair stands, in words."""
    return TIES[state]


@register.filter
def standing_name(standing: str) -> str:
    """How a role stands for mentees, in words."""
    return STANDINGS[standing]


@register.simple_tag
def tie_address(tie: Tie | None) -> str:
    """The studio that says why these two; nothing where no round made the pair."""
    return f"{reverse('studio', args=[tie.round])}?mentee={tie.mentee.id}" if tie and tie.round else ""


BARS = {"covered": "f-mid", "waiting": "f-pale", "none": "f-amber-soft k-amber"}


@register.simple_tag
def swatch(standing: str) -> SafeString:
    """The look that a standing has in the bars, for the head of its column."""
    return format_html(
        '<svg class="swatch" width="10" height="10" aria-hidden="true"><rect x="1" y="1" width="8" height="8" rx="1.5" '
        'class="{}"/></svg>',
        BARS[standing],
    )


@register.simple_tag
def standings_bar(counts: tuple[tuple[str, int], ...]) -> SafeString:
    """How a role stands for everybody, as one bar; the figures must stand beside it."""
    total, before, bars = sum(n for _, n in counts) or 1, 0, []
    for key, n in counts:
        bars.append((f"{before * 100 / total:.2f}%", f"{max(n * 100 / total - 0.4, 0):.2f}%", BARS[key]))
        before += n
    drawn = format_html_join("", '<rect x="{}" y="1" width="{}" height="8" rx="1.5" class="{}"/>', bars)
    return format_html('<svg width="100%" height="10" aria-hidden="true">{}</svg>', drawn)


@dataclass(frozen=True)
class Node:
    """One spoke with its place."""

    spoke: Spoke
    x: float
    y: float
    lines: tuple[str, ...]
    """The label, of which the first line is the largest."""


def label_of(spoke: Spoke, several: bool) -> tuple[str, ...]:
    """Name, role where there are several, and how it stands."""
    title, stands = gettext(spoke.title), str(TIES[spoke.state])
    if spoke.tie is None:
        return _short(title), stands
    return (_short(spoke.tie.mentor.name), *([_short(title)] if several else []), stands)


def _short(words: str) -> str:
    return words if len(words) <= LETTERS else words[: LETTERS - 1].rstrip() + "…"


def nodes_of(network: Network, several: bool) -> tuple[list[Node], tuple[float, float], float]:
    """Every spoke with its place, the mentee's place, and the height of the drawing.

    One mentor stands opposite the mentee; more of them stand in two columns, filled in turn, with the mentee between.
    """
    labels = [label_of(spoke, several) for spoke in network.spokes]
    foot = NODE + BELOW + LINE * (max((len(one) for one in labels), default=2) - 1)
    if len(labels) == 1:
        return [Node(network.spokes[0], 232, TOP, labels[0])], (88, TOP), TOP + foot
    rows, pitch = (len(labels) + 1) // 2, foot + NODE + GAP
    sizes = (rows, len(labels) // 2)
    nodes = [
        Node(spoke, (LEFT, RIGHT)[n % 2], TOP + (n // 2 + (rows - sizes[n % 2]) / 2) * pitch, labels[n])
        for n, spoke in enumerate(network.spokes)
    ]
    return nodes, (MIDDLE, TOP + (rows - 1) / 2 * pitch), TOP + (rows - 1) * pitch + foot


@register.simple_tag(takes_context=True)
def network(context: template.Context, one: Network) -> SafeString:
    """Solid lines to those who are in place or asked, dashed to those of the draft, and an empty ring for nobody yet.

    Each mentor is a way to the studio that says why; a table must stand beside it that says the same.
    """
    round, several = context["round"], context["several"]
    nodes, middle, height = nodes_of(one, several)
    height = _number(height)
    return format_html(
        '<svg class="network" width="{}" height="{}" viewBox="0 0 {} {}" role="group" aria-label="{}">{}{}{}</svg>',
        *(WIDTH, height, WIDTH, height, in_words(one)),
        format_html_join("", "{}", ((_line(node, middle),) for node in nodes if node.spoke.tie)),
        _core(one, middle),
        format_html_join("", "{}", ((_node(node, _way(one, node.spoke, round)),) for node in nodes)),
    )


def in_words(one: Network) -> str:
    """The drawing as a sentence for those who do not see it."""
    counts = {"covered": 0, "open": one.open, "none": len(one.uncovered)}
    counts["covered"] = len(one.spokes) - counts["open"] - counts["none"]
    words = gettext("Mentors of %(name)s: %(covered)s in place, %(open)s drafted or asked, %(none)s still missing")
    return words % {"name": one.mentee.name, **counts}


def _way(one: Network, spoke: Spoke, round: object) -> str:
    """Where a spoke leads: to the pair, or for a role that the round looks for to the mentee in it."""
    if spoke.tie:
        return tie_address(spoke.tie)
    return (
        f"{reverse('studio', args=[round.pk])}?mentee={one.mentee.id}" if one.waits and spoke.role == round.role else ""
    )


LINES = {MentorshipState.ACTIVE: ("k-mid", 3), MentorshipState.PROPOSED: ("k-mid", 1.5), DRAFT: ("k-teal dash", 1.5)}


def _line(node: Node, middle: tuple[float, float]) -> SafeString:
    """From rim to rim, level at both ends: so it bends between the labels and not across them."""
    way = 1 if node.x > middle[0] else -1
    begins, ends = middle[0] + way * CORE, node.x - way * NODE
    look, width = LINES[node.spoke.state]
    return format_html(
        '<path d="M{} {}C{} {} {} {} {} {}" fill="none" class="{}" stroke-width="{}"/>',
        *map(_number, (begins, middle[1], begins + way * BEND, middle[1], begins + way * BEND, node.y, ends, node.y)),
        *(look, width),
    )


def _core(one: Network, middle: tuple[float, float]) -> SafeString:
    x, y = map(_number, middle)
    return format_html(
        '<circle cx="{}" cy="{}" r="{}" class="f-teal"/>'
        '<text x="{}" y="{}" dy=".36em" text-anchor="middle" class="on" aria-hidden="true">{}</text>',
        *(x, y, CORE, x, y, initials_of(one.mentee.name)),
    )


def _node(node: Node, way: str) -> SafeString:
    """The ring and its label; a link where it leads anywhere, and silent where not: the table says it."""
    drawn = format_html("{} {}", _ring(node), format_html_join(" ", "{}", _label(node, way)))
    return format_html('<a href="{}">{}</a>', way, drawn) if way else format_html('<g aria-hidden="true">{}</g>', drawn)


RINGS = {
    MentorshipState.ACTIVE: "f-surface k-teal",
    MentorshipState.PROPOSED: "f-surface k-teal",
    DRAFT: "f-surface k-teal dash",
    "none": "f-surface k-amber",
}


def _ring(node: Node) -> SafeString:
    letters = initials_of(node.spoke.tie.mentor.name) if node.spoke.tie else ""
    x, y = _number(node.x), _number(node.y)
    return format_html(
        '<circle cx="{}" cy="{}" r="{}" class="{}" stroke-width="1.5"/>'
        '<text x="{}" y="{}" dy=".36em" text-anchor="middle" class="t-teal bold" aria-hidden="true">{}</text>',
        *(x, y, NODE, RINGS[node.spoke.state], x, y, letters),
    )


def _label(node: Node, way: str) -> list[tuple[SafeString]]:
    """Its lines below the ring: the name strong, the rest quiet, and nobody in amber."""
    first, rest = ("halo t-teal" if way else "halo", "t-2") if node.spoke.tie else ("halo t-amber", "t-amber")
    return [
        (
            format_html(
                '<text x="{}" y="{}" text-anchor="middle" class="{}">{}</text>',
                *(_number(node.x), _number(node.y + NODE + BELOW - 3 + n * LINE), rest if n else first, line),
            ),
        )
        for n, line in enumerate(node.lines)
    ]


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
