"""The small components of every page: what they draw is fixed here, once.

Geometry stands in SVG attributes and color in classes, so that nothing needs a style attribute.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from django import template
from django.forms.boundfield import BoundField
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext

from cheiron.catalog.help import help_by_page
from cheiron.core.matching.arithmetic import MILLION, hundredths
from cheiron.core.matching.score import Part, Reason, shown_hundredths
from cheiron.core.programs.words import Words
from cheiron.core.text import Text
from cheiron.web.shared.wording import spoken_words

register = template.Library()

VENDOR = Path(__file__).resolve().parents[3] / "static" / "vendor"


# ---------- words and numbers ----------


@register.filter
def said(value: object) -> object:
    """A sentence of the core in the reader's language; anything else as it is (and escaped as ever)."""
    return value.render(gettext) if isinstance(value, Text) else value


@register.filter
def fit(millionths: int | None) -> str:
    """820000 as ".82", a whole as "1.00", nothing as a dash."""
    return "–" if millionths is None else _point(hundredths(millionths))


def _point(count: int) -> str:
    sign = "−" if count < 0 else ""
    whole, rest = divmod(abs(count), 100)
    return f"{sign}{whole or ''}.{rest:02d}"


# ---------- what is the same on every page ----------


@register.simple_tag
def fixed(name: str) -> SafeString:
    """A template that depends on nothing but the language and the program's words, rendered once for each."""
    return _fixed(name, get_language(), spoken_words())


@cache
def _fixed(name: str, language: str | None, words: Words | None) -> SafeString:  # noqa: ARG001 - part of the key
    return SafeString(render_to_string(name))


@register.simple_tag
def page_help(name: str) -> SafeString:
    """The quiet help of the page at this address; rendered once for each language and words."""
    return _page_help(name, get_language(), spoken_words()) if name in help_by_page() else SafeString("")


@cache
def _page_help(name: str, language: str | None, words: Words | None) -> SafeString:  # noqa: ARG001 - part of the key
    return SafeString(render_to_string("shared/help.html", {"help": help_by_page()[name]}))


# ---------- icons ----------


@cache
def _drawing(name: str) -> SafeString:
    """The inside of a vendored icon; empty on a checkout that has not run scripts/vendor.py."""
    if not VENDOR.is_dir():
        return SafeString("")
    try:
        svg = (VENDOR / "icons" / f"{name}.svg").read_text()
    except FileNotFoundError:
        raise LookupError(f"There is no icon {name!r}: add it to ICONS in scripts/vendor.py and run it.") from None
    return mark_safe("".join(re.sub(r"</?svg[^>]*>", "", svg).split("\n")).strip())


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """An icon of one set, always beside a word, so it is silent."""
    return format_html(
        '<svg class="bi" width="1em" height="1em" viewBox="0 0 16 16" fill="currentColor" aria-hidden="true">{}</svg>',
        _drawing(name),
    )


# ---------- who sees it, how it stands ----------

AUDIENCES = {
    "only_you": ("lock", gettext_lazy("Only you")),
    "pair": ("people", gettext_lazy("You and your mentor")),
    "pair_mentor": ("people", gettext_lazy("You and your mentee")),
    "match": ("people", gettext_lazy("You, your match and program staff")),
    "both": ("people", gettext_lazy("Both of the pair")),
    "staff": ("person-badge", gettext_lazy("Program staff")),
    "you_and_staff": ("person-badge", gettext_lazy("You and program staff")),
    "figures": ("grid-3x3-gap", gettext_lazy("Group figures only (5 or more)")),
    "program": ("globe", gettext_lazy("Everyone in the program")),
    "mentors": ("mortarboard", gettext_lazy("Mentors in this program")),
    "mentees": ("mortarboard", gettext_lazy("Mentees in this program")),
    "matching": ("sliders", gettext_lazy("The matching engine, and no person")),
    "administrators": ("gear", gettext_lazy("Administrators of the school")),
}


@register.simple_tag
def audience(key: str) -> SafeString:
    """Who will see this: one icon and fixed words."""
    name, words = AUDIENCES[key]
    return format_html(
        '<span class="audience">{}<span><span class="visually-hidden">{} </span>{}</span></span>',
        icon(name),
        gettext("Seen by:"),
        words,
    )


@register.simple_tag
def state(look: str, name: str, words: object) -> SafeString:
    """A glyph and a word. ``look`` is plain, good, look (amber), none (no match), why or harm; color only repeats."""
    return format_html('<span class="state {}">{}{}</span>', look, icon(name), said(words))


@register.simple_tag
def initials(name: str, size: str = "") -> SafeString:
    """Two letters of a name, titles left out; the name itself must stand beside it."""
    return format_html(
        '<span class="initials{}" aria-hidden="true">{}</span>', f" {size}" if size else "", initials_of(name)
    )


PORTRAITS = {"": 28, "big": 44, "large": 96}


@register.simple_tag
def portrait(name: str, photo: str = "", size: str = "") -> SafeString:
    """A person's photo if there is one to be shown, their initials if not; the name itself must stand beside it."""
    if not photo:
        return initials(name, size)
    side = PORTRAITS[size]
    words = gettext("Photo of %(name)s") % {"name": name}
    return format_html(
        '<img class="portrait" src="{}" alt="{}" width="{}" height="{}" loading="lazy">',
        reverse("photo", args=[photo]),
        words,
        side,
        side,
    )


def initials_of(name: str) -> str:
    """ "Dr. Odalys Brandt" as "OB"."""
    words = [word for word in re.split(r"[\s,]+", name) if word and not word.endswith(".")] or name.split()
    ends = words[:1] + words[1:][-1:]
    return "".join(word[0] for word in ends).upper()


@register.simple_tag
def steps(current: int, *words: object) -> SafeString:
    """Where one is in a task of some steps; those of an import unless others are named."""
    names = words or (gettext("Upload"), gettext("Columns"), gettext("Check"), gettext("Done"))
    return format_html(
        '<ol class="steps" aria-label="{}">{}</ol>',
        gettext("Steps"),
        format_html_join("", "{}", ((_step(place, current, said(word)),) for place, word in enumerate(names, start=1))),
    )


def _step(place: int, current: int, word: object) -> SafeString:
    if place < current:
        done = format_html('<span class="visually-hidden">{}</span>', gettext(", done"))
        return format_html('<li class="done"><span class="step-no">{}</span>{}{}</li>', icon("check2"), word, done)
    here = mark_safe(' class="now" aria-current="step"') if place == current else ""
    return format_html('<li{}><span class="step-no">{}</span>{}</li>', here, place, word)


# ---------- why this pair: parts that sum ----------


@dataclass(frozen=True)
class Segment:
    """One part of a score, ready to draw."""

    part: Part
    hundredths: int
    """What it adds, rounded so that the shown parts sum to the shown score."""
    x: float
    """Percent of the bar that lies before it."""
    heaviest: int
    """The largest weight of the score: full width of the small bars."""
    shade: str
    """Class of its fill."""

    @property
    def title(self) -> object:
        return said(self.part.title)

    @property
    def sentence(self) -> object:
        return said(self.part.sentence)

    @property
    def shown(self) -> str:
        return _point(self.hundredths)

    @property
    def weight_percent(self) -> str:
        return f"{hundredths(self.part.weight)} %"

    @property
    def match_shown(self) -> str:
        return f"{hundredths(self.part.match) / 100:.2f}"

    @property
    def percent_x(self) -> str:
        return f"{self.x:.2f}%"

    @property
    def percent_width(self) -> str:
        return f"{max(self.part.adds * 100 / MILLION - GAP, 0):.2f}%"

    @property
    def limit(self) -> str:
        """Width of its weight, of 100."""
        return f"{self.part.weight * 100 / self.heaviest:.1f}"

    @property
    def reached(self) -> str:
        """Width of what it adds, on the same scale."""
        return f"{self.part.adds * 100 / self.heaviest:.1f}"


@dataclass(frozen=True)
class ScoreBar:
    """A score as a bar of 100 percent."""

    segments: tuple[Segment, ...]
    hundredths: int

    @property
    def shown(self) -> str:
        return _point(self.hundredths)

    @property
    def unmet(self) -> str:
        """What is missing to a whole; empty where nothing is."""
        return _point(100 - self.hundredths) if self.hundredths < 100 else ""

    @property
    def in_words(self) -> str:
        return ", ".join(f"{part.title} {part.hundredths / 100:.2f}" for part in self.segments)

    @property
    def direct(self) -> bool:
        """Whether each label has room under its own part, on a desk; else the labels stand in a row of their own."""
        room = [part.part.adds / MILLION * DESK for part in self.segments]
        if self.unmet and room:
            free = DESK - sum(room)
            room[-1] += free - _room_for(gettext("%(score)s not met") % {"score": self.unmet})
        return all(
            _room_for(f"{part.title} {part.shown}") <= width for part, width in zip(self.segments, room, strict=True)
        )


GAP = 0.25
"""Percent of white between two parts."""
DESK, LETTER = 620, 6.6
"""Pixels that a bar has on a desk, and that a letter of its labels takes."""


def _room_for(words: str) -> float:
    return (len(words) + 1) * LETTER


def scorebar_geometry(parts: Sequence[Part]) -> ScoreBar:
    """Places for the parts of a score, in their own order."""
    heaviest = max((part.weight for part in parts), default=0) or MILLION
    segments, before = [], 0
    for place, (part, share) in enumerate(zip(parts, shown_hundredths(parts), strict=True)):
        shade = f"f-{min(place, 5) + 1}"
        segments.append(Segment(part, share, before * 100 / MILLION, heaviest, shade))
        before += part.adds
    return ScoreBar(tuple(segments), hundredths(before))


@register.simple_tag
def geometry(reason: Reason) -> ScoreBar:
    """``{% geometry reason as bar %}``: rounded parts for a table beside the bar, so that both show the same."""
    return scorebar_geometry(reason.parts)


@register.inclusion_tag("shared/scorebar.html")
def scorebar(reason: Reason) -> dict:
    """The parts of a pair's score as one bar, with names and values."""
    return {"bar": scorebar_geometry(reason.parts)}


@register.simple_tag
def partbar(segment: Segment) -> SafeString:
    """How much of its weight a part adds: one small bar of a table row."""
    said_aloud = {"adds": f"{segment.hundredths / 100:.2f}", "limit": f"{segment.part.weight / MILLION:.2f}"}
    return format_html(
        '<svg class="partbar" width="100" height="8" viewBox="0 0 100 8" role="img" aria-label="{}">'
        '<rect width="{}" height="8" rx="1.5" class="f-track"/><rect width="{}" height="8" rx="1.5" class="{}"/></svg>',
        gettext("%(adds)s of at most %(limit)s") % said_aloud,
        segment.limit,
        segment.reached,
        segment.shade,
    )


# ---------- capacity, ranks ----------

PITCH, MOST_BLOCKS = 26, 8
"""Pixels from one block to the next; with more places than this, the blocks grow narrower instead."""


@dataclass(frozen=True)
class Places:
    """The places of a mentor: ``carried`` is part of ``filled``, ``planned`` comes on top."""

    filled: int
    capacity: int
    carried: int = 0
    planned: int = 0
    fair: float | None = None

    @property
    def drawn(self) -> int:
        return max(self.filled + self.planned, self.capacity, 1)

    @property
    def pitch(self) -> float:
        return PITCH * min(1, MOST_BLOCKS / self.drawn)

    @property
    def block(self) -> float:
        return self.pitch - (3 if self.drawn <= MOST_BLOCKS else min(1.5, self.pitch / 3))

    def look(self, place: int) -> str:
        if place >= self.filled:
            return "f-track"
        if place < self.carried:
            return "f-carried"
        return "f-mid" if place < self.capacity else "f-amber"

    def in_words(self) -> str:
        of = ngettext("%(filled)s of %(count)s place", "%(filled)s of %(count)s places", self.capacity)
        words = [of % {"filled": self.filled, "count": self.capacity}]
        if self.carried:
            words.append(gettext("%(count)s carried from before") % {"count": self.carried})
        if self.planned:
            words.append(gettext("%(count)s planned") % {"count": self.planned})
        if self.fair is not None:
            words.append(gettext("fair share %(share)s") % {"share": _short(self.fair)})
        return ", ".join(words)


@register.simple_tag
def meter(filled: int, capacity: int, carried: int = 0, fair: float | None = None, planned: int = 0) -> SafeString:
    """One block for each place: grey for service carried from before, dashed for what is planned.

    Places beyond the capacity are amber; a tick marks the fair share. The figures must stand beside it in words.
    """
    places = Places(filled, capacity, carried, planned, fair)
    width = _short(places.drawn * places.pitch)
    return format_html(
        '<svg class="places" width="{}" height="12" viewBox="0 0 {} 12" role="img" aria-label="{}">{}{}</svg>',
        width,
        width,
        places.in_words(),
        format_html_join("", "{}", ((_block(places, place),) for place in range(places.drawn))),
        _tick(places),
    )


def _block(places: Places, place: int) -> SafeString:
    x = place * places.pitch
    if places.filled <= place < places.filled + places.planned:
        return format_html(
            '<rect x="{}" y="2.8" width="{}" height="6.4" rx="1.5" class="f-soft k-teal dash" stroke-width="1.5"/>',
            _short(x + 0.8),
            _short(places.block - 1.6),
        )
    return format_html(
        '<rect x="{}" y="2" width="{}" height="8" rx="1.5" class="{}"/>',
        _short(x),
        _short(places.block),
        places.look(place),
    )


def _tick(places: Places) -> SafeString | str:
    if places.fair is None:
        return ""
    x = math.floor(places.fair) * places.pitch + places.fair % 1 * places.block
    x = _short(min(max(x, 0.8), places.drawn * places.pitch - 0.8))
    return format_html('<line x1="{}" x2="{}" y1="0" y2="12" class="k-amber" stroke-width="1.5"/>', x, x)


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


RANK_LOOKS = {"first": "f-1", "wish": "f-3", "other": "f-5", "none": "f-carried"}


@register.inclusion_tag("shared/rankbars.html")
def rankbars(rows: Iterable[tuple[object, int] | tuple[object, int, str]], caption: object = "") -> dict:
    """How many got which wish. Rows are (label, count) or (label, count, look), look one of RANK_LOOKS."""
    rows = [(*row, "first" if place < 3 else "wish")[:3] for place, row in enumerate(rows)]
    most = max((count for _, count, _ in rows), default=0) or 1
    return {
        "caption": caption or gettext("People by rank of wish"),
        "rows": [
            {"label": said(label), "count": count, "width": f"{count * 100 / most:.1f}%", "look": RANK_LOOKS[look]}
            for label, count, look in rows
        ],
    }


# ---------- forms ----------

KINDS = {
    "checkbox": "check",
    "radioselect": "choices",
    "checkboxselectmultiple": "choices",
    "rankselect": "selects",
    "file": "file",
    "clearablefile": "file",
}
"""How a field is laid out, by Django's name of its widget; the rest have a label above."""


@register.filter
def kind(field: BoundField) -> str:
    """check, choices, selects, file, or line."""
    return KINDS.get(field.widget_type, "line")


@register.filter
def choices(field: BoundField) -> SafeString:
    """A field's check boxes or radio buttons, each in its label; Django's own templates take ten times as long."""
    chosen = field.value()
    held = {str(one) for one in (chosen if isinstance(chosen, list | tuple) else [chosen])}
    rows = _choices(field.field.widget.input_type, field.html_name, field.auto_id, tuple(field.field.choices))
    return mark_safe(
        "".join(before + " checked" + after if key in held else before + after for key, before, after in rows)
    )


@lru_cache(maxsize=256)
def _choices(kind: str, name: str, id: str, options: tuple[tuple[str, str], ...]) -> list[tuple[str, str, str]]:
    """What stands before and after the word that checks each: the same for everybody of a program."""
    box = '<label class="choice"><input class="form-check-input" type="{}" name="{}" value="{}" id="{}_{}"'
    return [
        (str(key), format_html(box, kind, name, key, id, place), format_html("><span>{}</span></label>", label))
        for place, (key, label) in enumerate(options)
    ]


@register.filter
def control(field: BoundField) -> SafeString:
    """A field's control with the class that our style sheet knows."""
    looks = {
        "check": "form-check-input",
        "selects": "form-select",
        "line": "form-select" if "select" in field.widget_type else "form-control",
    }
    own = field.field.widget.attrs.get("class", "")
    return field.as_widget(attrs={"class": f"{looks.get(kind(field), 'form-control')} {own}".strip()})
