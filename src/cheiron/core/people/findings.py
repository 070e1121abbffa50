"""Collecting what is wrong with a file, so that it is refused once, whole, with everything to put right."""

from cheiron.core.errors import Invalid, Issue
from cheiron.core.text import Text, say, say_n

ISSUE_LIMIT = 200
"""So many issues are kept; the sentence above them says how many there were."""


class Findings:
    """The issues met so far; ``refuse`` turns them into one ``Invalid``, or does nothing."""

    def __init__(self, filename: str = "") -> None:
        self.filename = filename
        self.issues: list[Issue] = []
        self.count = 0

    def add(self, problem: Text, remedy: Text, *, row: int | None = None, column: str | None = None) -> None:
        """Note one issue. Past ``ISSUE_LIMIT`` it is counted, not kept."""
        self.count += 1
        if len(self.issues) < ISSUE_LIMIT:
            self.issues.append(Issue(problem, remedy, row=row, column=column))

    def refuse(self) -> None:
        """Raise ``Invalid`` with every issue, in the order of the rows, if there is any."""
        if self.count:
            raise Invalid(self.sentence(), tuple(sorted(self.issues, key=lambda issue: issue.row or 0)))

    def sentence(self) -> Text:
        """What happened, above the issues."""
        name = say("“%(filename)s”", filename=self.filename) if self.filename else say("The file")
        if self.count > ISSUE_LIMIT:
            return say(
                "%(name)s was not taken: %(count)s things need to be put right, the first %(shown)s are listed.",
                name=name,
                count=self.count,
                shown=ISSUE_LIMIT,
            )
        return say_n(
            "%(name)s was not taken: one thing needs to be put right.",
            "%(name)s was not taken: %(count)s things need to be put right.",
            self.count,
            name=name,
        )
