"""The letter to each person at the change of year: what goes on, what ends, what comes next. Nobody is blamed."""

from dataclasses import dataclass

from cheiron.core.operations.kinds import LINK
from cheiron.core.operations.letters import Draft
from cheiron.core.text import Text, say


@dataclass(frozen=True)
class YearEnd:
    """What the end of a program means for one person in one role. Names are those of the other ones."""

    enrollment: str
    person: str
    name: str
    role: str
    program: str
    into: str = ""
    """The program in which the person goes on; empty for those who leave."""
    year: str = ""
    """The class year from now on, where it changes."""
    graduates: bool = False
    carried: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    file_page: str = ""
    """Where those who leave take their file along."""

    @property
    def is_mentee(self) -> bool:
        """Whether the person was mentored here."""
        return self.role == "mentee"


def year_letter(end: YearEnd) -> Draft:
    """One letter with everything in it."""
    return Draft(
        kind="year end",
        once=f"year:{end.enrollment}",
        to_person=end.person,
        to_name=end.name,
        subject=say("%(program)s: the year ends", program=end.program),
        paragraphs=(
            say("Dear %(name)s,", name=end.name),
            say("%(program)s closes. Thank you for having been part of it.", program=end.program),
            *_pairs(end),
            *_next(end),
            Text(LINK),
        ),
        page=end.file_page,
    )


def _pairs(end: YearEnd) -> list[Text]:
    told = []
    if end.carried:
        told.append(
            say(
                "You and %(names)s go on together in %(into)s. Meetings and agenda that lie ahead go along.",
                names=end.carried,
                into=end.into,
            )
        )
    if end.ended:
        told.append(_ended(end))
    if end.withdrawn:
        told.append(_withdrawn(end))
    return told


def _ended(end: YearEnd) -> Text:
    if end.is_mentee:
        return say(
            "Your mentorship with %(names)s ends. Thank you for the way you went together.",
            names=end.ended,
        )
    return say(
        "Your mentorship with %(names)s ends. Thank you for the time that you gave; it counts.",
        names=end.ended,
    )


def _withdrawn(end: YearEnd) -> Text:
    if end.is_mentee:
        return say(
            "We take back the proposal of %(names)s as your mentor, because the year is over. Nobody said no to you.",
            names=end.withdrawn,
        )
    return say(
        "We take back the proposal of %(names)s, because the year is over. Nothing more is asked of you.",
        names=end.withdrawn,
    )


def _next(end: YearEnd) -> list[Text]:
    return _goes_on(end) if end.into else _leaves(end)


def _goes_on(end: YearEnd) -> list[Text]:
    told = [say("You are in %(into)s from today. What you told us goes along.", into=end.into)]
    if end.year:
        told.append(say("Your class year there is %(year)s. Please correct it if it is not.", year=end.year))
    if end.is_mentee and not end.carried:
        told.append(say("You hear who your mentor is when the next round is matched."))
    return told


def _leaves(end: YearEnd) -> list[Text]:
    file = say(
        "Your file goes with you: the meetings, the agenda and the contacts of your own mentorships. "
        "The link leads to it."
    )
    return [say("Congratulations on finishing your last class year here."), file] if end.graduates else [file]
