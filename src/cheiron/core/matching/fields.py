"""What the files of rounds, networks and groups have in common: points, rules between people, versions."""

from cheiron.core.matching.arithmetic import MILLION
from cheiron.core.matching.problem import LAST_PLACE, Forbid, Rule
from cheiron.core.matching.reading import Place
from cheiron.core.text import say


def is_points(value: object, highest: int) -> bool:
    """A number from 0 to ``highest`` millionths, at most six decimals; dividing rounds as reading a decimal does."""
    if type(value) is not float and type(value) is not int:
        return False
    return 0 <= value * MILLION <= highest and round(value * MILLION) / MILLION == value


def are_places(values: list[object]) -> bool:
    """Places in an order, from 1."""
    return all(type(one) is int and 1 <= one <= LAST_PLACE for one in values)


def points(place: Place, highest: int) -> int:
    """Points as millionths, or 0 with a complaint."""
    if is_points(place.value, highest):
        return round(place.value * MILLION)  # type: ignore[operator]
    place.complain(
        say("this is not a number of points."),
        say("Write a number from 0 to %(highest)s with at most six decimals.", highest=highest // MILLION),
    )
    return 0


def forbid(place: Place) -> Forbid:
    """A rule between a mentee and a mentor."""
    fields = place.fields(("mentee", "mentor", "rule"))
    if not fields:
        return Forbid("", "", Rule.FORBIDDEN)
    return Forbid(fields["mentee"].text(), fields["mentor"].text(), rule(fields["rule"]))


def rule(place: Place) -> Rule:
    """Which kind of rule."""
    return place.one_of(Rule, Rule, Rule.FORBIDDEN)


def forbids_told(forbids: tuple[Forbid, ...]) -> list[dict[str, str]]:
    """Rules as values for ``json.dumps``."""
    return [{"mentee": one.mentee, "mentor": one.mentor, "rule": str(one.rule)} for one in forbids]


def versions(place: Place) -> tuple[tuple[str, str], ...]:
    """What solved it: names as the file has them, in order."""
    return tuple((name, one.text()) for name, one in place.named())
