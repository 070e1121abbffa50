"""Rules that every template keeps: words can be translated, nothing is inline, every icon exists."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template.base import Lexer, Token, TokenType

from scripts.vendor import ICONS

WEB = Path(__file__).resolve().parents[2] / "src" / "cheiron" / "web"
TEMPLATES = sorted(WEB.rglob("*.html"))

SAME_IN_EVERY_LANGUAGE = {"Cheiron", "·"}
SILENT = {"kbd", "code", "script", "style"}
SPOKEN = {
    "placeholder",
    "aria-label",
    "aria-description",
    "aria-roledescription",
    "title",
    "alt",
    "label",
    "data-label",
}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
TRANSLATED = {"translate", "trans"}
BLOCKS = {"blocktranslate": "endblocktranslate", "blocktrans": "endblocktrans", "comment": "endcomment"}
WORDLESS = {
    "block", "endblock", "extends", "include", "load", "static", "url", "icon", "audience", "csrf_token", "now",
    "get_current_language", "get_static_prefix", "querystring", "spaceless", "htmx_script", "cache",
}  # fmt: skip
"""Tags whose quoted arguments are names. (What an include is given `with` is looked at.)"""


def tokens_of(source: str) -> list[Token]:
    return Lexer(source).tokenize()


def outside_translation(source: str) -> list[Token]:
    """Tokens that do not stand in {% blocktranslate %}, {% comment %} or a block of CSS classes."""
    kept, until = [], None
    for token in tokens_of(source):
        words = token.contents.split() if token.token_type == TokenType.BLOCK else [""]
        if until:
            until = None if words[0] == until else until
        elif words[0] in BLOCKS:
            until = BLOCKS[words[0]]
        elif words[0] == "block" and words[1].endswith("_class"):
            until = "endblock"
        elif token.token_type != TokenType.COMMENT:
            kept.append(token)
    return kept


def markup_of(source: str) -> str:
    """The template as HTML: what its tags would put in is left out."""
    return "".join(token.contents for token in outside_translation(source) if token.token_type == TokenType.TEXT)


class Page(HTMLParser):
    """Collects bare words and inline code."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.bare: list[str] = []
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            spoken = name in SPOKEN or (
                name == "value" and (tag == "input" and given.get("type") in {"submit", "button", "reset"})
            )
            if spoken and has_words(value or ""):
                self.bare.append(f'{name}="{value}"')
            if name == "style" or name.startswith("on") or (value or "").strip().lower().startswith("javascript:"):
                self.inline.append(f'<{tag} {name}="{value}">')
        if tag == "style" or (tag == "script" and "src" not in given):
            self.inline.append(f"<{tag}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not SILENT.intersection(self.open) and has_words(data):
            self.bare.append(" ".join(data.split()))


def has_words(text: str) -> bool:
    return any(any(letter.isalpha() for letter in word) for word in set(text.split()) - SAME_IN_EVERY_LANGUAGE)


def read(source: str) -> Page:
    page = Page()
    page.feed(markup_of(source))
    page.close()
    return page


def quoted_words(source: str) -> list[str]:
    """Quoted sentences in tags and filters that no translation sees: they look like words, not like a name."""
    found = []
    for token in outside_translation(source):
        if token.token_type == TokenType.TEXT:
            continue
        content = token.contents
        name = content.split()[0]
        if token.token_type == TokenType.BLOCK and name in TRANSLATED:
            continue
        if token.token_type == TokenType.BLOCK and name in WORDLESS:
            content = content.partition(" with ")[2] if name == "include" else ""
        content = re.sub(r"_\((\"[^\"]*\"|'[^']*')\)", "", content)
        content = re.sub(
            r"\|(date|time|floatformat|stringformat|slice|cut|urlencode):(\"[^\"]*\"|'[^']*')", "", content
        )
        quoted = [one or two for one, two in re.findall(r"\"([^\"]*)\"|'([^']*)'", content)]
        found += [words for words in quoted if re.search(r"[A-Z][a-z]|[^\W\d_]\s+[^\W\d_]", words)]
    return found


def icons_of(source: str) -> set[str]:
    """Icons named outright by {% icon "name" %} and {% state look "name" ... %}."""
    return set(re.findall(r"{%\s*icon\s+[\"']([^\"']+)[\"']", source)) | set(
        re.findall(r"{%\s*state\s+\S+\s+[\"']([^\"']+)[\"']", source)
    )


def name_of(path: Path) -> str:
    return str(path.relative_to(WEB))


every_template = pytest.mark.parametrize("path", TEMPLATES, ids=name_of)


def test_there_are_templates_to_look_at() -> None:
    assert "shared/base.html" in map(name_of, TEMPLATES)


@every_template
def test_no_template_holds_bare_text(path: Path) -> None:
    source = path.read_text()
    assert read(source).bare + quoted_words(source) == []


@every_template
def test_no_template_holds_inline_style_or_script(path: Path) -> None:
    assert read(path.read_text()).inline == []


@every_template
def test_no_template_switches_escaping_off(path: Path) -> None:
    assert re.findall(r"\|\s*safe(?:seq)?\b|{%\s*autoescape\s+off", path.read_text()) == []


@every_template
def test_every_icon_is_vendored(path: Path) -> None:
    assert icons_of(path.read_text()) - set(ICONS) == set()


@pytest.mark.parametrize(
    "source",
    [
        "<p>Hello</p>",
        '<input placeholder="Name">',
        '<button aria-label="Close">{% icon "x-lg" %}</button>',
        '<input type="submit" value="Send">',
        "<p>{% translate 'One' %} and {{ two }}</p>",
        '{% state "look" "eye" "Needs a look" %}',
        '{% include "shared/empty.html" with text="Nobody yet" %}',
        '{{ name|default:"Nobody" }}',
    ],
)
def test_bare_text_would_be_found(source: str) -> None:
    assert read(source).bare + quoted_words(source) != []


@pytest.mark.parametrize(
    "source",
    [
        "<p class='lead'>{% translate 'Hello' %}, {{ name }}: 12 %</p>",
        "<p>{% blocktranslate count n=n %}One pair{% plural %}{{ n }} pairs{% endblocktranslate %}</p>",
        '{% block main_class %}page narrow{% endblock %}<button name="answer" value="yes"></button>',
        '<input type="hidden" value="back"><kbd>L</kbd> <time>{{ day|date:"D j M" }}</time>',
        '{% state "look" "eye" _("Needs a look") %}{% comment %}Not said{% endcomment %}{# Nor this #}',
        '<div{% if one %} class="a"{% else %} class="b"{% endif %} title="{% translate "One" %}"></div>',
    ],
)
def test_translated_text_is_left_alone(source: str) -> None:
    assert read(source).bare + quoted_words(source) == []


@pytest.mark.parametrize(
    "source",
    [
        '<p style="color:red">',
        "<style>p{}</style>",
        "<script>1</script>",
        '<p onclick="x()">',
        '<a href="javascript:x">',
    ],
)
def test_inline_code_would_be_found(source: str) -> None:
    assert read(source).inline != []
