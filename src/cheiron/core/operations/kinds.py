"""The kinds of letters that a program may put into its own words, and the check of these words.

A place is written ``{name}`` by people and ``%(name)s`` in the templates of the core. Own words become templates too,
so that one way of filling in serves both; nothing in them is ever run.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from cheiron.core.errors import Issue
from cheiron.core.text import Text, say

LINK = "{link}"
"""Where the personal link goes; it is signed only when the letter leaves."""
MOST_SUBJECT, MOST_BODY = 200, 4000
EVERYWHERE = ("name", "program", "link")

_GREETING = say("Dear %(name)s,")
_LINK = Text(LINK)
_PLACE = re.compile(r"\{([^{}]*)\}")
_IN_TEMPLATE = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True)
class Kind:
    """One kind of letter: what the editor says of it, and its words as long as a program has none of its own."""

    title: Text
    subject: Text
    paragraphs: tuple[Text, ...]
    places: tuple[str, ...] = ()
    """Places beside those that every letter has."""
    required: tuple[str, ...] = ()
    """Without these the letter would not say what it must."""

    @property
    def known(self) -> tuple[str, ...]:
        """Every place that the letter may hold."""
        return (*EVERYWHERE, *self.places)


KINDS: Mapping[str, Kind] = {
    "invitation": Kind(
        say("Invitation"),
        say("%(program)s: your invitation"),
        (
            _GREETING,
            say("%(school)s invites you to take part in %(program)s."),
            Text("%(task)s"),
            _LINK,
            say("The link is yours alone and works once. Opening it changes nothing; a button does."),
        ),
        ("school", "task"),
        ("link",),
    ),
    "reminder sheet": Kind(
        say("Reminder to fill in the form"),
        say("%(program)s: five minutes are missing"),
        (
            _GREETING,
            say("You have opened your invitation to %(program)s, and your form still waits for you."),
            Text("%(task)s"),
            _LINK,
        ),
        ("task",),
        ("link",),
    ),
    "proposal": Kind(
        say("To a mentor: somebody is proposed"),
        say("%(program)s: a mentee for you"),
        (
            _GREETING,
            say("In %(program)s we propose that you mentor %(mentees)s."),
            say("The reasons are on the page. Please accept, ask or decline by %(day)s."),
            _LINK,
        ),
        ("mentees", "day", "role"),
        ("mentees", "day", "link"),
    ),
    "reminder answer": Kind(
        say("Reminder to a mentor who has not answered"),
        say("%(program)s: somebody waits for your answer"),
        (
            _GREETING,
            say("In %(program)s %(mentees)s would like to have you as a mentor."),
            say("Please accept, ask or decline by %(day)s. A no is fine too: then we ask somebody else."),
            _LINK,
        ),
        ("mentees", "day"),
        ("mentees", "day", "link"),
    ),
    "match": Kind(
        say("To a mentee: a mentor is proposed"),
        say("%(program)s: your mentor"),
        (
            _GREETING,
            say("In %(program)s we propose %(mentor)s as your mentor, and have asked."),
            say("The answer comes by %(day)s. You hear from us on that day at the latest."),
            _LINK,
        ),
        ("mentor", "day", "role"),
        ("mentor",),
    ),
    "no match": Kind(
        say("To a mentee: no match in this round"),
        say("%(program)s: no match yet"),
        (
            _GREETING,
            say("In this round of %(program)s we could not match you."),
            Text("%(reason)s"),
            say("You stay on the list for the next round, and hear from us when it is matched."),
            _LINK,
        ),
        ("reason",),
        ("reason",),
    ),
    "accepted": Kind(
        say("To a mentee: the mentor has accepted"),
        say("%(mentor)s is your mentor"),
        (
            _GREETING,
            say("%(mentor)s looks forward to meeting you."),
            say(
                "The next step is yours: propose a time for the first meeting, "
                "and write down what you want to speak about."
            ),
            _LINK,
        ),
        ("mentor",),
        ("mentor",),
    ),
    "next best": Kind(
        say("To a mentee: another mentor is asked"),
        say("%(program)s: we have asked another mentor"),
        (
            _GREETING,
            say("%(mentor)s has no place free now. You have been proposed to %(next)s instead, and we have asked."),
            say("The answer comes by %(day)s. You hear from us on that day at the latest."),
            _LINK,
        ),
        ("mentor", "next", "day"),
        ("next",),
    ),
    "back in the queue": Kind(
        say("To a mentee: back in the queue"),
        say("%(program)s: we look for another mentor"),
        (
            _GREETING,
            say("%(mentor)s has no place free now."),
            say("You are in the next round, and hear from us when it is matched. Nothing that you told us is lost."),
            _LINK,
        ),
        ("mentor",),
    ),
    "missed": Kind(
        say("To a mentor who did not answer in time"),
        say("%(program)s: we have not heard from you"),
        (
            _GREETING,
            say("We know how full your days are. %(mentees)s could not wait longer, so we look for somebody else."),
            say("Your places stay yours. If now is not the time, you can pause or offer fewer on your page."),
            _LINK,
        ),
        ("mentees",),
    ),
    "ended": Kind(
        say("A mentorship has ended"),
        say("%(program)s: this mentorship has ended"),
        (
            _GREETING,
            say("Your mentorship with %(other)s has ended, and nobody is at fault."),
            Text("%(thanks)s"),
            _LINK,
        ),
        ("other", "thanks"),
    ),
    "left": Kind(
        say("Somebody no longer takes part"),
        say("%(program)s: you no longer take part"),
        (
            _GREETING,
            say("From today you no longer take part in %(program)s. Thank you for having been with us."),
            say("Whatever was open has ended without fault. If this is a mistake, an answer to this letter is enough."),
        ),
    ),
    "moved": Kind(
        say("Somebody takes part elsewhere"),
        say("%(program)s: you take part elsewhere from today"),
        (
            _GREETING,
            say("From today you take part in %(elsewhere)s. Your role there: %(role)s."),
            say("Whatever was open in %(program)s has ended without fault. Please look at your form once more:"),
            _LINK,
        ),
        ("elsewhere", "role"),
        ("elsewhere", "link"),
    ),
    "paused": Kind(
        say("A mentor pauses"),
        say("%(program)s: you pause until %(day)s"),
        (
            _GREETING,
            say("Until %(day)s no new mentee is proposed to you in %(program)s. What is under way goes on."),
            say("You can change this on your own page at any time."),
            _LINK,
        ),
        ("day",),
        ("day",),
    ),
    "resumed": Kind(
        say("The pause of a mentor ends"),
        say("%(program)s: your pause is over"),
        (
            _GREETING,
            say("From today mentees may be proposed to you in %(program)s again, as many as you have places."),
            say("You can change this on your own page at any time."),
            _LINK,
        ),
    ),
}
"""Every kind that may have words of a program's own, in the order in which people get them."""

ANNOUNCEMENT = Kind(say("A letter in your own words"), Text(""), (), ("school",))
"""What a coordinator writes to some people, once; it has no standing words."""


PLACES: Mapping[str, Text] = {
    "name": say("the reader's name"),
    "program": say("the name of the program"),
    "link": say("the personal link, on a line of its own"),
    "school": say("the name of the school"),
    "task": say("what the reader is asked to do"),
    "mentees": say("the mentees, with commas"),
    "mentor": say("the mentor's name"),
    "next": say("the name of the mentor who is asked next"),
    "day": say("a day"),
    "reason": say("why there is no match"),
    "other": say("the name of the other one of the pair"),
    "thanks": say("a word of thanks that fits the reader"),
    "elsewhere": say("the name of the other program"),
    "role": say("the role that it is about"),
}
"""What stands in each place, in words."""


def filled(template: Text, values: Mapping[str, object]) -> Text:
    """The template with those of the values that it has places for."""
    found = {name: values[name] for name in _IN_TEMPLATE.findall(template.template)}
    return Text(template.template, tuple(sorted(found.items())))


def as_typed(template: Text, translate: Callable[[str], str]) -> str:
    """A template of ours as a person would type it: ``{name}`` for each place."""
    return _IN_TEMPLATE.sub(r"{\1}", translate(template.template)).replace("%%", "%")


def standing_words(kind: Kind, translate: Callable[[str], str]) -> tuple[str, str]:
    """Subject and body of a kind as long as a program has no words of its own."""
    return as_typed(kind.subject, translate), "\n\n".join(as_typed(part, translate) for part in kind.paragraphs)


def typed_text(typed: str, values: Mapping[str, object]) -> Text:
    """Typed words with what stands in their places. The words are values too: nothing translates or reads them."""
    if typed == LINK:
        return Text(LINK)
    told, names = _PLACE.split(typed)[::2], _PLACE.findall(typed)
    template = "%(_0)s" + "".join(f"%({name})s%(_{n})s" for n, name in enumerate(names, start=1))
    said = {f"_{n}": words for n, words in enumerate(told)}
    return Text(template, tuple(sorted({**{name: values[name] for name in names}, **said}.items())))


def paragraphs_of(body: str) -> list[str]:
    """What stands between empty lines; the link is always a paragraph of its own."""
    apart = re.sub(r"(?m)^[ \t]*\{link\}[ \t]*$", "\n{link}\n", body.replace("\r\n", "\n"))
    parts = re.split(r"\n\s*\n", apart)
    return [part.strip() for part in parts if part.strip()]


@dataclass(frozen=True)
class WordsIssue(Issue):
    """Something in a program's own words; ``column`` is subject or letter, ``row`` a line of the letter."""

    @property
    def place(self) -> Text:
        """Where it is, as the editor calls it."""
        if self.column == "subject":
            return say("Subject")
        return say("Letter, line %(row)s", row=self.row) if self.row else say("Letter")


def check_words(kind: Kind, subject: str, body: str) -> tuple[WordsIssue, ...]:
    """What stands against these words: nothing at all, places that are not known, not closed, or missing."""
    return (*_subject_issues(kind, subject), *_body_issues(kind, body))


def _subject_issues(kind: Kind, subject: str) -> Iterator[WordsIssue]:
    if not subject.strip():
        yield WordsIssue(say("The subject is empty."), say("Write a few words."), column="subject")
    if len(subject) > MOST_SUBJECT:
        yield WordsIssue(
            say("The subject is too long."), say("Use at most %(n)s letters.", n=MOST_SUBJECT), column="subject"
        )
    if LINK in subject:
        yield WordsIssue(say("A link cannot stand in a subject."), say("Put {link} into the letter."), column="subject")
    for problem, remedy in _line_issues(kind, subject):
        yield WordsIssue(problem, remedy, column="subject")


def _body_issues(kind: Kind, body: str) -> Iterator[WordsIssue]:
    if not body.strip():
        yield WordsIssue(say("The letter is empty."), say("Write at least one sentence."), column="letter")
    if len(body) > MOST_BODY:
        yield WordsIssue(
            say("The letter is too long."), say("Use at most %(n)s letters.", n=MOST_BODY), column="letter"
        )
    for number, line in enumerate(body.splitlines(), start=1):
        for problem, remedy in _line_issues(kind, line):
            yield WordsIssue(problem, remedy, row=number, column="letter")
        if LINK in line and line.strip() != LINK:
            problem, remedy = say("{link} stands among other words."), say("Give it a line of its own.")
            yield WordsIssue(problem, remedy, row=number, column="letter")
    for name in kind.required:
        if f"{{{name}}}" not in body:
            yield WordsIssue(
                say("{%(place)s} is missing: %(meaning)s.", place=name, meaning=PLACES[name]),
                say("Put {%(place)s} where it belongs.", place=name),
                column="letter",
            )


def _line_issues(kind: Kind, line: str) -> Iterator[tuple[Text, Text]]:
    known = tuple(f"{{{name}}}" for name in kind.known)
    for name in _PLACE.findall(line):
        if name not in kind.known:
            yield (
                say("“{%(place)s}” is not known in this letter.", place=name),
                say("Use one of these: %(known)s.", known=known),
            )
    rest = _PLACE.sub("", line)
    if "{" in rest or "}" in rest:
        yield say("A brace { or } is not closed."), say("Write places like {name}, and no other braces.")
