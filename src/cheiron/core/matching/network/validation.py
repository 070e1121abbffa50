"""What is wrong with a network, each time with a remedy. A network without issues can be asked for a solution.

Whether its lower quotas can be filled is another question, which only trying answers; see ``conflict``.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from cheiron.core.errors import Invalid, Issue
from cheiron.core.matching.network.problem import Cap, Network
from cheiron.core.matching.problem import HIGHEST_SCORE, LAST_PLACE, Method
from cheiron.core.matching.validation import LARGEST_CAPACITY, LARGEST_SEED, quoted, spelling
from cheiron.core.text import say

MOST_MENTORS = 10
"""How many mentors one mentee may seek in one role."""

HIGHEST_COST = 1_000 * HIGHEST_SCORE
HIGHEST_BONUS = 10**12
"""So that keeping one pair can count more than all scores of a round together; see ``rematch``."""

LONGEST_COSTS = 100

METHODS = (Method.WEIGHTED, Method.STABLE, Method.STABLE_MENTOR, Method.AUCTION)


def validate(network: Network) -> tuple[Issue, ...]:
    """Every issue found, in a fixed order; empty when it can be solved. Never raises."""
    return (
        *_sides(network),
        *_demands(network),
        *_offers(network),
        *_numbers(network),
        *_strangers(network),
        *_pins(network),
        *_keeps(network),
        *_caps(network),
        *_method(network),
    )


def refuse_invalid(network: Network) -> None:
    """Raise ``Invalid`` with all issues unless there are none."""
    issues = validate(network)
    if issues:
        raise Invalid(say("This matching problem cannot be solved as it stands."), issues)


def _sides(network: Network) -> Iterator[Issue]:
    if not network.demands:
        yield Issue(say("Nobody is looking for a mentor."), say("Add at least one mentee who seeks somebody."))
    if not network.offers:
        yield Issue(say("There is no mentor."), say("Add at least one mentor."))
    if not 0 <= network.seed <= LARGEST_SEED:
        yield Issue(say("The seed is out of range."), say("Use a whole number from 0 up, of at most 18 digits."))


def _demands(network: Network) -> Iterator[Issue]:
    for name in sorted({demand.mentee for demand in network.demands} | {demand.role for demand in network.demands}):
        yield from spelling(name)
    for (mentee, role), count in Counter((one.mentee, one.role) for one in network.demands).items():
        if count > 1:
            yield Issue(
                say("“%(mentee)s” seeks the role “%(role)s” twice.", mentee=quoted(mentee), role=quoted(role)),
                say("Say it once, with the number of mentors."),
            )
    for demand in network.demands:
        if not 0 <= demand.lower <= demand.upper <= MOST_MENTORS or demand.upper == 0:
            yield Issue(
                say(
                    "“%(mentee)s” seeks at least %(lower)s and at most %(upper)s mentors in one role.",
                    mentee=quoted(demand.mentee),
                    lower=demand.lower,
                    upper=demand.upper,
                ),
                say("Use at most %(most)s, at least 1 and no less than the lower number.", most=MOST_MENTORS),
            )


def _offers(network: Network) -> Iterator[Issue]:
    for name, count in Counter(offer.id for offer in network.offers).items():
        yield from spelling(name)
        if count > 1:
            yield Issue(
                say("The id “%(id)s” stands for %(count)s people.", id=quoted(name), count=count),
                say("Give each person an id of their own."),
            )
    for offer in network.offers:
        if not 0 <= offer.lower <= offer.capacity <= LARGEST_CAPACITY:
            yield Issue(
                say(
                    "Mentor “%(id)s” is to take at least %(lower)s and at most %(upper)s mentees.",
                    id=quoted(offer.id),
                    lower=offer.lower,
                    upper=offer.capacity,
                ),
                say("Use 0 for a pause, at most %(largest)s, and no lower number above it.", largest=LARGEST_CAPACITY),
            )
        if len(dict(offer.per_role)) < len(offer.per_role) or not all(
            0 <= most <= LARGEST_CAPACITY for _, most in offer.per_role
        ):
            yield Issue(
                say(
                    "The limits of mentor “%(id)s” in a role are out of range, or doubled.",
                    id=quoted(offer.id),
                ),
                say("Give each role one whole number from 0 to %(largest)s.", largest=LARGEST_CAPACITY),
            )
        if not _rising(offer.costs):
            yield Issue(
                say("The costs of mentor “%(id)s” fall, or are out of range.", id=quoted(offer.id)),
                say("Let each further mentee cost as much as the one before or more, from 0 to 1,000 points."),
            )


def _rising(costs: tuple[int, ...]) -> bool:
    within = all(0 <= cost <= HIGHEST_COST for cost in costs) and len(costs) <= LONGEST_COSTS
    return within and list(costs) == sorted(costs)


def _numbers(network: Network) -> Iterator[Issue]:
    scores = network.edges.scores
    if not _fitting(network):
        yield Issue(
            say("The pairs of the problem do not fit its people."),
            say("Name each pair once, by a mentee who seeks the role and a mentor who is there."),
        )
    elif scores.size and not (scores.min() >= 0 and scores.max() <= HIGHEST_SCORE):
        yield Issue(
            say("Some scores are below 0 or above %(highest)s.", highest=HIGHEST_SCORE),
            say("Give scores in millionths of a point."),
        )
    both = (network.places.of_mentees, network.places.of_mentors) if network.places else ()
    if any(places.shape != scores.shape or places.dtype.kind not in "iu" for places in both):
        yield Issue(
            say("The orders do not have one place for each pair."), say("Give each pair its place in both orders.")
        )
    elif any(places.size and not (places.min() >= 1 and places.max() <= LAST_PLACE) for places in both):
        yield Issue(
            say("A place in an order is not a whole number from 1 to %(last)s.", last=LAST_PLACE),
            say("Count places from 1; equals share one."),
        )


def _fitting(network: Network) -> bool:
    """Whether there is one start for each demand, and each pair is of somebody who is there, in whole numbers."""
    edges, many = network.edges, len(network.edges.scores)
    whole = all(one.dtype.kind in "iu" for one in (edges.starts, edges.mentors, edges.scores))
    if not whole or len(edges.mentors) != many or len(edges.starts) != len(network.demands) + 1:
        return False
    ends = edges.starts[0] == 0 and edges.starts[-1] == many and (edges.starts[1:] >= edges.starts[:-1]).all()
    within = many == 0 or (edges.mentors.min() >= 0 and edges.mentors.max() < len(network.offers))
    return bool(ends and within and edges.mentor_count == len(network.offers))


def _strangers(network: Network) -> Iterator[Issue]:
    mentees, mentors = {demand.mentee for demand in network.demands}, set(network.columns)
    named = {(one.mentee, one.mentor) for one in network.forbids}
    named |= {(one.mentee, one.mentor) for one in network.pins} | {(one.mentee, one.mentor) for one in network.keeps}
    members = {mentor for cap in network.caps for mentor in cap.mentors}
    for name in sorted({mentee for mentee, _ in named} - mentees):
        yield Issue(
            say("A rule or lock names the mentee “%(id)s”, who is not in this round.", id=quoted(name)),
            say("Remove the rule or lock, or add the mentee."),
        )
    for name in sorted(({mentor for _, mentor in named} | members) - mentors):
        yield Issue(
            say("A rule or lock names the mentor “%(id)s”, who is not in this round.", id=quoted(name)),
            say("Remove the rule or lock, or add the mentor."),
        )
    roles = {(pin.mentee, pin.role) for pin in network.pins} | {(keep.mentee, keep.role) for keep in network.keeps}
    for mentee, role in sorted(key for key in roles - set(network.rows) if key[0] in mentees):
        yield Issue(
            say(
                "A lock gives “%(id)s” a role that they do not seek: “%(role)s”.", id=quoted(mentee), role=quoted(role)
            ),
            say("Change the role, or add it to what this mentee seeks."),
        )


def _pins(network: Network) -> Iterator[Issue]:
    forbidden = {(one.mentee, one.mentor) for one in network.forbids}
    pairs = Counter((pin.mentee, pin.mentor) for pin in network.pins)
    for (mentee, mentor), count in sorted(pairs.items()):
        names = {"mentee": quoted(mentee), "mentor": quoted(mentor)}
        if (mentee, mentor) in forbidden:
            problem = say(
                "“%(mentee)s” is locked to “%(mentor)s”, but a program rule stands against this pair.", **names
            )
            yield Issue(problem, say("Remove the lock."))
        if count > 1:
            yield Issue(say("“%(mentee)s” is locked to “%(mentor)s” twice.", **names), say("Keep one of the locks."))
    yield from _too_many_pins(network)


def _too_many_pins(network: Network) -> Iterator[Issue]:
    uppers = {(demand.mentee, demand.role): demand.upper for demand in network.demands}
    for key, count in sorted(Counter((pin.mentee, pin.role) for pin in network.pins).items()):
        if count > uppers.get(key, count):
            yield Issue(
                say("“%(id)s” is locked to more mentors than they seek.", id=quoted(key[0])), say("Remove locks.")
            )
    seats: Mapping[str, int] = {offer.id: offer.capacity for offer in network.offers}
    for mentor, count in sorted(Counter(pin.mentor for pin in network.pins).items()):
        if count > seats.get(mentor, count):
            yield Issue(
                say(
                    "“%(mentor)s” has %(locked)s locked mentees and %(seats)s seats.",
                    mentor=quoted(mentor),
                    locked=count,
                    seats=seats[mentor],
                ),
                say("Remove locks, or give this mentor more seats."),
            )


def _keeps(network: Network) -> Iterator[Issue]:
    highest = HIGHEST_SCORE if network.method is Method.AUCTION else HIGHEST_BONUS
    if any(not 0 <= keep.bonus <= highest for keep in network.keeps):
        yield Issue(
            say("The bonus for keeping a pair is out of range."),
            say("Use 0 to %(highest)s points.", highest=highest // HIGHEST_SCORE),
        )
    if len({(keep.mentee, keep.mentor, keep.role) for keep in network.keeps}) < len(network.keeps):
        yield Issue(say("A pair is to be kept twice."), say("Say it once."))


def _caps(network: Network) -> Iterator[Issue]:
    for name, count in Counter(cap.name for cap in network.caps).items():
        if count > 1:
            yield Issue(say("Two caps are called “%(id)s”.", id=quoted(name)), say("Give each a name of its own."))
    for cap in network.caps:
        if not 0 <= cap.lower <= cap.upper or not cap.mentors:
            yield Issue(
                say("The cap “%(id)s” has nobody, or its lower number is above the upper one.", id=quoted(cap.name)),
                say("Give it mentors, and at most as many from below as from above."),
            )
    yield from _overlaps(network.caps)


def _overlaps(caps: tuple[Cap, ...]) -> Iterator[Issue]:
    sets = [(cap.name, frozenset(cap.mentors)) for cap in sorted(caps, key=lambda cap: len(cap.mentors))]
    outermost: dict[str, frozenset[str]] = {}
    for name, members in sets:
        if any(not outermost.get(one, members) <= members for one in members):
            yield Issue(
                say("The cap “%(id)s” shares mentors with another, and neither lies in the other.", id=quoted(name)),
                say("Let caps lie side by side or one in the other; anything else has no exact answer by this method."),
            )
        outermost.update(dict.fromkeys(members, members))


def _method(network: Network) -> Iterator[Issue]:
    if network.method not in METHODS:
        yield Issue(
            say(
                "The method “%(method)s” gives each mentee one mentor and knows no limits but seats.",
                method=network.method,
            ),
            say("Choose one of: %(methods)s.", methods=tuple(str(one) for one in METHODS)),
        )
    if network.method.stable:
        yield from _not_stable(network)
    for mentor in _limited_twice(network):
        yield Issue(
            say("“%(id)s” limits roles and is open to one mentee in two of them.", id=quoted(mentor)),
            say("Leave the limits out, or open one role only; anything else has no exact answer by this method."),
        )
    if network.method is Method.AUCTION:
        yield from _not_by_auction(network)


def _not_stable(network: Network) -> Iterator[Issue]:
    if network.places is None and network.edges.scores.size:
        yield Issue(
            say("The problem does not say whom each person would rather have, and this method needs it."),
            say("Give each pair its place in both orders, or choose the method “%(method)s”.", method=Method.WEIGHTED),
        )
    if _lower_quotas(network) or network.keeps or any(offer.costs or offer.per_role for offer in network.offers):
        yield Issue(
            say("Lower quotas, costs, limits in a role and pairs to be kept can make a stable choice impossible."),
            say("Leave them out, or choose the method “%(method)s”.", method=Method.WEIGHTED),
        )
    if _twice(network):
        yield Issue(
            say("A mentor is open to one mentee in two roles, where a stable choice may not exist."),
            say("Solve one role after the other, or choose the method “%(method)s”.", method=Method.WEIGHTED),
        )
    if network.caps and not _supervised(network):
        yield Issue(
            say("In a stable choice caps are supervisors: a mentor has one at most, a mentee seeks one mentor."),
            say("Leave other caps out and let mentees propose (“%(method)s”).", method=Method.STABLE),
        )
    elif network.caps:
        yield from _supervision(network)


def _supervision(network: Network) -> Iterator[Issue]:
    """Locks beyond a supervisor's number, and mentees who stand at two places in one supervisor's order."""
    team = {mentor: cap for cap in network.caps for mentor in cap.mentors}
    locked = Counter(team[pin.mentor].name for pin in network.pins if pin.mentor in team)
    for cap in network.caps:
        if locked[cap.name] > cap.upper:
            yield Issue(
                say("More mentees are locked under “%(id)s” than the cap allows.", id=quoted(cap.name)),
                say("Remove locks, or raise the cap."),
            )
    places: dict[tuple[str, str], set[int]] = {}
    for mentee, mentor, _, _, _, theirs in network.ties():
        if mentor in team:
            places.setdefault((mentee, team[mentor].name), set()).add(theirs)
    for (mentee, name), several in sorted(places.items()):
        if len(several) > 1:
            yield Issue(
                say("“%(id)s” stands at two places in the order of “%(cap)s”.", id=quoted(mentee), cap=quoted(name)),
                say("A supervisor has one order; give the mentee the same place with each of their mentors."),
            )


def _lower_quotas(network: Network) -> bool:
    lower = [demand.lower for demand in network.demands] + [offer.lower for offer in network.offers]
    return any(lower) or any(cap.lower for cap in network.caps)


def _supervised(network: Network) -> bool:
    members = Counter(mentor for cap in network.caps for mentor in cap.mentors)
    single = all(demand.upper == 1 for demand in network.demands)
    return single and max(members.values()) == 1 and network.method is Method.STABLE


def _twice(network: Network) -> bool:
    """Whether some mentor is open to one mentee in two roles."""
    mentees = [demand.mentee for demand in network.demands]
    if len(set(mentees)) == len(mentees):
        return False
    pairs = Counter(
        (mentees[row], column) for row, column in zip(network.edges.mentees(), network.edges.mentors, strict=True)
    )
    return max(pairs.values(), default=0) > 1


def _limited_twice(network: Network) -> list[str]:
    """Mentors with a limit in a role who are open to one mentee, or locked to one, in two roles."""
    limited = {offer.id for offer in network.offers if offer.per_role}
    if not limited:
        return []
    roles = {tie[:3] for tie in network.ties() if tie[1] in limited}
    roles |= {(pin.mentee, pin.mentor, pin.role) for pin in network.pins if pin.mentor in limited}
    counts = Counter((mentee, mentor) for mentee, mentor, _ in roles)
    return sorted({mentor for (_, mentor), count in counts.items() if count > 1})


def _not_by_auction(network: Network) -> Iterator[Issue]:
    plain = all(demand.upper == 1 and demand.lower == 0 for demand in network.demands)
    limited = any(offer.lower or offer.costs or offer.per_role for offer in network.offers)
    if not plain or limited or network.caps or _twice(network):
        yield Issue(
            say("An auction gives each mentee one mentor and knows no limits but seats."),
            say("Leave the other limits out, or choose the method “%(method)s”.", method=Method.WEIGHTED),
        )
