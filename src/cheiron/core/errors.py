"""The four ways a use case can refuse. Each interface maps them once (page, JSON, exit code)."""

from dataclasses import dataclass

from cheiron.core.text import Text, say


@dataclass(frozen=True)
class Issue:
    """What is wrong, where, and what to do about it."""

    problem: Text
    remedy: Text
    row: int | None = None
    """Line of the file as a spreadsheet numbers it: the header is row 1."""
    column: str | None = None
    """Header of the column as the file spells it."""

    @property
    def place(self) -> Text:
        """Where it is: row and column, as far as they are known."""
        if self.row is not None and self.column:
            return say("Row %(row)s, column “%(column)s”", row=self.row, column=self.column)
        if self.row is not None:
            return say("Row %(row)s", row=self.row)
        return say("Column “%(column)s”", column=self.column) if self.column else say("The file")


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A use case said no. ``text`` is a whole sentence for the person who asked."""

    def __init__(self, text: Text, issues: tuple[Issue, ...] = ()) -> None:
        super().__init__(str(text))
        self.text = text
        self.issues = issues


class NotFound(Refusal):
    """There is no such thing, or this person may not know that there is."""


class Denied(Refusal):
    """The thing is known to this person, the act is not theirs."""


class Invalid(Refusal):
    """What was given cannot be used; ``issues`` say where and what to do."""


class Conflict(Refusal):
    """The thing is no longer in the state that the act needs."""
