"""Sentences that are not yet in anyone's language.

The core decides *what* is said; the page, the letter or the terminal decides in which language. So the core
returns ``Text`` (a template and its values), and each interface renders it with its own ``translate``.
``say`` and ``say_n`` are also the keywords by which message extraction finds the templates.
"""

from collections.abc import Callable
from dataclasses import dataclass


def _as_written(template: str) -> str:
    return template


@dataclass(frozen=True)
class Text:
    """A template with ``%(name)s`` places and the values that belong there."""

    template: str
    values: tuple[tuple[str, object], ...] = ()

    def render(self, translate: Callable[[str], str] = _as_written) -> str:
        """The sentence, its template translated first, its values filled in after."""
        if not self.values:
            return translate(self.template)
        return translate(self.template) % {name: _shown(value, translate) for name, value in self.values}

    def __str__(self) -> str:
        return self.render()


def _shown(value: object, translate: Callable[[str], str]) -> object:
    if isinstance(value, Text):
        return value.render(translate)
    if isinstance(value, tuple):
        return ", ".join(str(_shown(part, translate)) for part in value)
    return value


def say(template: str, /, **values: object) -> Text:
    """``say("%(name)s is full.", name="Dr. Brandt")``; a tuple as value is shown as a list with commas."""
    return Text(template, tuple(sorted(values.items())))


def say_n(one: str, many: str, count: int, /, **values: object) -> Text:
    """Singular or plural by ``count``, which both templates may name as ``%(count)s``."""
    return say(one if count == 1 else many, count=count, **values)


def text_to_json(text: Text) -> dict[str, object]:
    """A form that can be stored and said later in another language."""
    return {"template": text.template, "values": {name: _stored(value) for name, value in text.values}}


def text_from_json(data: dict[str, object]) -> Text:
    """The text that ``text_to_json`` stored."""
    values = data["values"]
    assert isinstance(values, dict)
    return Text(str(data["template"]), tuple(sorted((name, _restored(value)) for name, value in values.items())))


def _stored(value: object) -> object:
    if isinstance(value, Text):
        return {"text": text_to_json(value)}
    return [_stored(part) for part in value] if isinstance(value, tuple) else value


def _restored(value: object) -> object:
    if isinstance(value, dict):
        return text_from_json(value["text"])
    return tuple(_restored(part) for part in value) if isinstance(value, list) else value
