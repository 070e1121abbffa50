"""What a program is made of: roles, ratio, rhythm, stages, weights and intake questions, as data."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from cheiron.core.errors import Invalid, Issue
from cheiron.core.programs.words import USUAL, Words, check_words, read_words
from cheiron.core.text import Text, say

KINDS = frozenset({"choose", "rank", "list", "line", "text"})
STATEMENT = "statement"
"""The one question that is answered in a text, and kept apart from the facts: nobody else is shown it."""
SIDES = ("mentee", "mentor")


@dataclass(frozen=True)
class Question:
    """One intake question. ``key`` names the fact that the answer becomes."""

    key: str
    kind: str
    """choose (several of the options), rank (options in order), list (own words, a line each), line, text."""
    mentee: str
    mentor: str
    help: str = ""
    audience: str = "program"
    options: tuple[str, ...] = ()
    most: int = 20

    def title(self, side: str) -> str:
        """The question as this side reads it; empty where the side is not asked."""
        return self.mentee if side == "mentee" else self.mentor


@dataclass(frozen=True)
class Rhythm:
    """Days and minutes that a program agrees on."""

    meet_every_days: int = 30
    meeting_minutes: int = 30
    first_meeting_within_days: int = 14
    answer_within_days: int = 10
    length_days: int = 300


@dataclass(frozen=True)
class ProgramModel:
    """A kind of program, or one program's own adjusted copy of it."""

    key: str
    title: str
    summary: str
    roles: tuple[str, ...]
    """Roles that a list of people may bring, in the order in which one imports them."""
    mentors_per_mentee: int
    mentees_per_mentor: int
    rhythm: Rhythm
    stages: tuple[tuple[str, str], ...]
    weights: Mapping[str, int]
    career_stages: tuple[str, ...]
    questions: tuple[Question, ...] = field(default=())
    suits: str = ""
    """Whom this kind of program suits, in a sentence."""
    sought: tuple[tuple[str, str], ...] = (("mentor", "Mentor"),)
    """The mentors that each mentee has, by what they are for: a round finds one of them for everybody."""
    class_years: tuple[str, ...] = ()
    """The career stages of a student, first to last: at the change of year they move up."""
    words: Words = USUAL

    def questions_for(self, side: str) -> tuple[Question, ...]:
        """The questions that this side is asked, in order."""
        return tuple(question for question in self.questions if question.title(side))

    @property
    def several(self) -> bool:
        """Whether a mentee has more than one mentor, each for a role of their own."""
        return len(self.sought) > 1

    def sought_title(self, role: str) -> str:
        """What a mentor of this role is called; empty where a mentee has one mentor only."""
        return dict(self.sought).get(role, "") if self.several else ""

    def next_year(self, year: str) -> str:
        """The class year after this one; empty after the last, or where there are no such years."""
        later = dict(zip(self.class_years, self.class_years[1:], strict=False))
        return later.get(year, "")


def read_model(data: Mapping[str, Any]) -> ProgramModel:
    """A model from its TOML or JSON form; ``Invalid`` names what is missing or unknown."""
    try:
        model = _model(data)
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise Invalid(say("This program model cannot be read: %(problem)s.", problem=str(problem))) from problem
    issues = tuple(check_model(model))
    if issues:
        raise Invalid(say("This program model has mistakes."), issues)
    return model


def _model(data: Mapping[str, Any]) -> ProgramModel:
    return ProgramModel(
        key=data["key"],
        title=data["title"],
        summary=data["summary"],
        roles=tuple(data["roles"]),
        mentors_per_mentee=int(data["ratio"]["mentors_per_mentee"]),
        mentees_per_mentor=int(data["ratio"]["mentees_per_mentor"]),
        rhythm=Rhythm(**data["rhythm"]),
        stages=tuple((stage["key"], stage["title"]) for stage in data["stages"]),
        weights={key: int(weight) for key, weight in data["weights"].items()},
        career_stages=tuple(data["career_stages"]),
        questions=tuple(_question(question) for question in data["questions"]),
        suits=data["suits"],
        sought=tuple((one["key"], one["title"]) for one in data["sought"]),
        class_years=tuple(data["class_years"]),
        words=read_words(data["words"]),
    )


def _question(data: Mapping[str, Any]) -> Question:
    return Question(**{**data, "options": tuple(data.get("options", ()))})


def check_model(model: ProgramModel) -> list[Issue]:
    """What a program cannot run with."""
    issues = []
    if not any(model.weights.values()):
        issues.append(_issue(say("All weights are 0."), say("Give at least one part of the fit a weight.")))
    if any(not 0 <= weight <= 100 for weight in model.weights.values()):
        issues.append(_issue(say("A weight is outside 0 to 100."), say("Choose weights between 0 and 100.")))
    if not 1 <= model.mentees_per_mentor <= 20:
        issues.append(_issue(say("Places per mentor are outside 1 to 20."), say("Choose between 1 and 20 places.")))
    if model.mentors_per_mentee != len(dict(model.sought)):
        problem = say("A mentee would have %(count)s mentors.", count=model.mentors_per_mentee)
        issues.append(_issue(problem, say("Name as many roles that a mentee seeks, each with a key of its own.")))
    if not set(model.class_years) <= set(model.career_stages):
        issues.append(_issue(say("A class year is not among the career stages."), say("Use the same spelling.")))
    if not set(SIDES) <= set(model.roles):
        issues.append(_issue(say("Mentee or mentor is missing from the roles."), say("A program needs both.")))
    return [*issues, *_question_issues(model.questions), *check_words(model.words)]


def _question_issues(questions: tuple[Question, ...]) -> list[Issue]:
    issues = []
    if any(question.kind not in KINDS for question in questions):
        issues.append(_issue(say("A question is of an unknown kind."), say("Use choose, rank, list, line or text.")))
    if any((question.kind == "text") != (question.key == STATEMENT) for question in questions):
        problem = say("A question for a text is not about the statement, or one about the statement asks for no text.")
        issues.append(_issue(problem, say("Use the kind text for the key statement, and for no other.")))
    return issues


def _issue(problem: Text, remedy: Text) -> Issue:
    return Issue(problem, remedy)


def write_model(model: ProgramModel) -> dict[str, Any]:
    """The JSON form, which ``read_model`` reads back to the same value."""
    data = asdict(model)
    data["ratio"] = {key: data.pop(key) for key in ("mentors_per_mentee", "mentees_per_mentor")}
    for pairs in ("stages", "sought"):
        data[pairs] = [{"key": key, "title": title} for key, title in data[pairs]]
    return data


@dataclass(frozen=True)
class Asked:
    """Whether a question is asked in a program, and how each side reads it there."""

    asked: bool
    mentee: str
    mentor: str


def with_questions(model: ProgramModel, offered: tuple[Question, ...], choices: Mapping[str, Asked]) -> ProgramModel:
    """The model with these choices among the questions offered; a question without a choice stays as it is."""
    own = {question.key: question for question in model.questions}
    pool = {**{question.key: question for question in offered}, **own}
    kept = [_as_chosen(question, choices.get(key), key in own) for key, question in pool.items()]
    return replace(model, questions=tuple(question for question in kept if question))


def _as_chosen(question: Question, choice: Asked | None, was_asked: bool) -> Question | None:
    if choice is None:
        return question if was_asked else None
    titles = " ".join(choice.mentee.split())[:300], " ".join(choice.mentor.split())[:300]
    return replace(question, mentee=titles[0], mentor=titles[1]) if choice.asked and any(titles) else None
