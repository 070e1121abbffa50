"""Who lives in the demo school, and what they write on their sheets."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from random import Random

from cheiron.catalog.demo import chance, weighted, words

YEARS = ("Year 1", "Year 2", "Year 3", "Year 4")
EACH_YEAR = 60
RANKS = {"Assistant Professor": 45, "Associate Professor": 32, "Professor": 23}
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")
EARLY = frozenset(words("talk")["kin"]["surgical"]) | {"Anesthesiology"}
SMALL = {"and", "of"}


@dataclass(frozen=True)
class Character:
    """One invented person. ``part`` names those whom the story needs; ``kind`` is student, faculty or resident."""

    number: str
    name: str
    email: str
    title: str
    kind: str
    stage: str
    specialties: tuple[str, ...]
    part: str = ""


@dataclass(frozen=True)
class Sheet:
    """What somebody wrote, or (``finished`` false) what a list said of them."""

    facts: Mapping[str, object]
    about: str
    capacity: int
    finished: bool
    statement: str = ""


def everybody() -> tuple[Character, ...]:
    """240 students, 90 faculty and 30 residents, the story's own people among them."""
    names = _names(chance("names"))
    return (*_students(names), *_faculty(names), *_residents(names))


def _names(draw: Random) -> Iterator[str]:
    """Given and family names, no pair twice and none of the story's own."""
    lists, cast = words("names"), words("cast")
    taken = {one["name"] for group in (cast["staff"], cast["people"]) for one in group.values()}
    while True:
        name = f"{draw.choice(lists['given'])} {draw.choice(lists['family'])}"
        if name not in taken:
            taken.add(name)
            yield name


def _students(names: Iterator[str]) -> list[Character]:
    found, draw = [], chance("students")
    for year in YEARS:
        own = [_own(part) for part in ("mentee", "newcomer", "waiting", "peer") if _stage(part) == year]
        others = [
            _stranger(next(names), year, "student", year, _interests(draw, year)) for _ in range(EACH_YEAR - len(own))
        ]
        found += [*own, *others]
    return _numbered("S", 240100, found)


def _faculty(names: Iterator[str]) -> list[Character]:
    draw, found = chance("faculty"), [_own(part) for part in ("mentor", "new_mentor", "senior")]
    for specialty, about in words("specialties").items():
        own = sum(one.specialties[0] == specialty for one in found)
        for _ in range(about["faculty"] - own):
            (rank,) = weighted(draw, RANKS, 1)
            found.append(_stranger(next(names), f"{rank} of {_capital(specialty)}", "faculty", rank, (specialty,)))
    return _numbered("F", 31020, found)


def _residents(names: Iterator[str]) -> list[Character]:
    draw, found = chance("residents"), []
    for specialty, about in words("specialties").items():
        for _ in range(about["residents"]):
            title = f"Resident in {_capital(specialty)}, PGY-{draw.randint(1, 4)}"
            found.append(_stranger(next(names), title, "resident", "Resident", (specialty,)))
    return _numbered("R", 52010, found)


def _stage(part: str) -> str:
    return words("cast")["people"][part]["facts"]["stage"]


def _own(part: str) -> Character:
    one = words("cast")["people"][part]
    facts = one["facts"]
    kind = "student" if facts["stage"] in YEARS else "faculty"
    return Character(
        "", one["name"], one["email"], one["title"], kind, facts["stage"], tuple(facts["specialties"]), part
    )


def _stranger(name: str, title: str, kind: str, stage: str, specialties: tuple[str, ...]) -> Character:
    email = ".".join(name.casefold().split()) + "@demo.example"
    return Character("", name, email, title, kind, stage, specialties)


def _numbered(letter: str, start: int, found: Sequence[Character]) -> list[Character]:
    return [Character(**{**one.__dict__, "number": f"{letter}{start + place * 7}"}) for place, one in enumerate(found)]


def _capital(specialty: str) -> str:
    return " ".join(word if word in SMALL else word.capitalize() for word in specialty.split())


def _interests(draw: Random, year: str) -> tuple[str, ...]:
    """Up to three specialties of one kind of mind; some of the youngest have none yet."""
    if draw.random() < {"Year 1": 0.25, "Year 2": 0.1}.get(year, 0):
        return ()
    (first,) = weighted(draw, {name: about["students"] for name, about in words("specialties").items()}, 1)
    kin = [group for group in words("talk")["kin"].values() if first in group]
    near = [one for one in draw.choice(kin) if one != first]
    return (first, *draw.sample(near, draw.choice((0, 1, 1, 2)) if year > "Year 2" else draw.choice((1, 2, 2))))


def sheet_of(one: Character, side: str, *, finished: bool = True) -> Sheet:
    """The sheet of one side (mentee or mentor); the same for the same person."""
    if one.part:
        cast = words("cast")["people"][one.part]
        facts = {key: value for key, value in cast["facts"].items() if value}
        told = finished and "about" in cast
        return Sheet(facts, cast.get("about", ""), 3 if side == "mentor" else 1, told, cast.get("statement", ""))
    draw = chance("sheet", side, one.number)
    facts = _facts(draw, one, side) if finished else _listed(draw, one)
    about = _about(draw, one, side) if finished and draw.random() < 0.92 else ""
    capacity = draw.choices((1, 2, 3, 4), (25, 45, 22, 8))[0] if side == "mentor" else 1
    statement = _statement(one, side, facts["topics"]) if finished else ""
    return Sheet({key: value for key, value in facts.items() if value}, about, capacity, finished, statement)


def _listed(draw: Random, one: Character) -> dict[str, object]:
    """What a registrar's list knows."""
    place = _place(draw, one) if draw.random() < 0.6 else ""
    topics = _topics(draw, one, 2) if draw.random() < 0.4 else []
    return {"stage": one.stage, "specialties": list(one.specialties), "place": place, "topics": topics}


def _facts(draw: Random, one: Character, side: str) -> dict[str, object]:
    talk, mentor = words("talk"), side == "mentor"
    goals = talk["goals"]["mentor" if mentor else one.stage]
    return {
        "goals": weighted(draw, goals, draw.choice((2, 3, 3) if mentor else (1, 2, 2, 3))),
        "topics": _topics(draw, one, draw.choice((3, 4, 5) if mentor else (2, 3, 3, 4))),
        "specialties": list(one.specialties),
        "roles": weighted(draw, talk["roles"][side], draw.choice((2, 3, 4) if mentor else (1, 2, 2, 3))),
        "times": _times(draw, one, draw.choice((3, 4, 5))),
        "languages": _languages(draw),
        "place": _place(draw, one),
        "stage": one.stage,
    }


def _topics(draw: Random, one: Character, count: int) -> list[str]:
    """Mostly of the specialties, the first above all; the rest of life besides."""
    own = words("specialties")
    near = {
        topic: 3 - min(rank, 2)
        for rank, name in reversed(list(enumerate(one.specialties)))
        if name in own
        for topic in own[name]["topics"]
    }
    beside = 1 if near else count
    return [*weighted(draw, near, count - beside), *draw.sample(words("talk")["topics"], beside)]


def _times(draw: Random, one: Character, count: int) -> list[str]:
    """In the order of the week; those who operate are free before seven thirty and after five."""
    early = one.specialties[:1] and one.specialties[0] in EARLY and one.kind != "student"
    hours = {7: 4, 12: 1, 17: 3} if early else {7: 1, 12: 4, 17: 4}
    weights = {f"{day} {hour}": weight for day in DAYS for hour, weight in hours.items()}
    chosen = weighted(draw, weights, count)
    return [slot for slot in weights if slot in chosen]


def _languages(draw: Random) -> list[str]:
    count = draw.choices((0, 1, 2), (62, 30, 8))[0]
    return list(dict.fromkeys(draw.choices(words("talk")["languages"], k=count)))


def _place(draw: Random, one: Character) -> str:
    main, lakeside, northshore, alder = words("talk")["sites"]
    if one.specialties[:1] == ("Pediatrics",) and one.kind != "student":
        return alder
    if one.kind == "student":
        young = one.stage in YEARS[:2]
        return draw.choices((main, lakeside, northshore, alder), (75, 10, 12, 3) if young else (20, 45, 20, 15))[0]
    return draw.choices((main, lakeside, northshore), (40, 40, 20))[0]


def _about(draw: Random, one: Character, side: str) -> str:
    """A first and a second sentence that people of this stage could say."""
    if side == "mentee" or one.kind == "student":
        firsts, seconds = words("abouts")["student"]["first"], words("abouts")["student"]["second"]
    else:
        firsts, seconds = _openings(one), words("abouts")["mentor"]["second"]
    first = draw.choice(firsts).format(specialty=(*one.specialties, "medicine")[0].lower())
    return f"{first} {draw.choice(seconds)}"


def _statement(one: Character, side: str, topics: list[str]) -> str:
    """Two of three write one, about two of their topics; drawn apart, so that nothing else of the sheet moves."""
    draw = chance("statement", side, one.number)
    if len(topics) < 2 or draw.random() > 0.66:
        return ""
    first, second = draw.sample(topics, 2)
    return draw.choice(words("abouts")["statement"][side]).format(first=first, second=second)


def _openings(one: Character) -> list[str]:
    abouts = words("abouts")
    if one.kind == "resident":
        return abouts["resident"]["first"]
    own = abouts["junior" if one.stage == "Assistant Professor" else "experienced"]["first"]
    return [*abouts["mentor"]["first"], *own]


def vocabulary() -> frozenset[str]:
    """Every topic, language and place that may stand on a sheet."""
    talk = words("talk")
    of_specialties = chain.from_iterable(about["topics"] for about in words("specialties").values())
    own = (one["facts"] for one in words("cast")["people"].values())
    of_cast = chain.from_iterable((*facts.get("topics", ()), *facts.get("languages", ())) for facts in own)
    return frozenset((*talk["topics"], *talk["languages"], *talk["sites"], *of_specialties, *of_cast))
