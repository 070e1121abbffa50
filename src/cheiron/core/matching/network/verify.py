"""An independent check of a network's result: it shares no line with the solvers, only the fingerprints.

No issue means: this result was written for this network, keeps every rule, limit and lock, and what it says of its own
worth is true. With prices, no choice is worth more than the bound, which is added up here again; without (a stable
choice) no two people would both rather have each other.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator

from cheiron.core.errors import Issue
from cheiron.core.matching.network.problem import Cap, Network, network_hash
from cheiron.core.matching.network.result import NetworkResult, Open, OpenKind, Placed, Prices, result_hash
from cheiron.core.matching.network.swaps import envious
from cheiron.core.matching.network.validation import METHODS
from cheiron.core.matching.problem import Method
from cheiron.core.matching.result import PairState
from cheiron.core.text import Text, say


def verify_network(network: Network, result: NetworkResult) -> tuple[Issue, ...]:
    """Everything that is wrong with the result; empty when it is certified. Never raises.

    The first group of checks that finds something is the last one that is run.
    """
    for check in (_fingerprints, _people, _limits, _rules, _sums, _proof, _reasons):
        issues = tuple(_issue(problem) for problem in check(network, result))
        if issues:
            return issues
    return ()


def _issue(problem: Text) -> Issue:
    return Issue(problem, say("Do not use this result; run the matching again."))


def _fingerprints(network: Network, result: NetworkResult) -> Iterator[Text]:
    if result.method not in METHODS:
        yield say("No network is answered by the method that this result names.")
    if network.edges.mentor_count != len(network.offers):
        yield say("The pairs of the problem do not fit its people.")
    if result.problem_hash != network_hash(network):
        yield say("This result belongs to another problem, or the problem was changed afterwards.")
    if result.seed != network.seed:
        yield say("This result was drawn with another seed.")
    if result.result_hash != result_hash(result):
        yield say("This result was changed after it was written.")


def _people(network: Network, result: NetworkResult) -> Iterator[Text]:
    sought = {(one.mentee, one.role) for one in network.demands}
    if not {(pair.mentee, pair.role) for pair in result.pairs} <= sought:
        yield say("The result gives somebody a role that they do not seek.")
    if not {pair.mentor for pair in result.pairs} <= {offer.id for offer in network.offers}:
        yield say("The result names a mentor who is not in the problem.")
    if len({(pair.mentee, pair.mentor) for pair in result.pairs}) < len(result.pairs):
        yield say("Somebody has the same mentor twice.")
    if list(result.pairs) != sorted(result.pairs) or list(result.open) != sorted(result.open):
        yield say("The result is not in the order of ids.")


def _limits(network: Network, result: NetworkResult) -> Iterator[Text]:
    got = Counter((pair.mentee, pair.role) for pair in result.pairs)
    if any(not one.lower <= got[one.mentee, one.role] <= one.upper for one in network.demands):
        yield say("A mentee has more or fewer mentors than they seek.")
    loads = Counter(pair.mentor for pair in result.pairs)
    if any(not one.lower <= loads[one.id] <= one.capacity for one in network.offers):
        yield say("A mentor has more mentees than seats, or fewer than they must have.")
    in_role = Counter((pair.mentor, pair.role) for pair in result.pairs)
    if any(in_role[one.id, role] > most for one in network.offers for role, most in one.per_role):
        yield say("A mentor has more mentees in a role than they take in it.")
    if any(not cap.lower <= sum(loads[mentor] for mentor in cap.mentors) <= cap.upper for cap in network.caps):
        yield say("A cap is not kept.")


def _rules(network: Network, result: NetworkResult) -> Iterator[Text]:
    pairs = {(pair.mentee, pair.mentor) for pair in result.pairs}
    if pairs & {(one.mentee, one.mentor) for one in network.forbids}:
        yield say("A pair stands against a program rule.")
    locked = {(one.mentee, one.mentor, one.role) for one in result.pairs if one.state is PairState.LOCKED}
    if locked != {(one.mentee, one.mentor, one.role) for one in network.pins}:
        yield say("The locked pairs are not those of the problem.")
    scores = {(mentee, mentor, role): score for mentee, mentor, role, score, _, _ in network.ties()}
    if any(pair.score != _score(pair, scores) for pair in result.pairs):
        yield say("A pair has another score than in the problem, or none there.")


def _score(pair: Placed, scores: dict[tuple[str, str, str], int]) -> int | None:
    """What must stand there: 0 for a lock without a score, nothing for a placement that may not be."""
    return scores.get((pair.mentee, pair.mentor, pair.role), 0 if pair.state is PairState.LOCKED else None)


def _sums(network: Network, result: NetworkResult) -> Iterator[Text]:
    proof = result.certificate
    if proof.placed != len(result.pairs):
        yield say("The number of pairs is not the one that was certified.")
    if proof.total != sum(pair.score for pair in result.pairs):
        yield say("The total score is not the one that was certified.")
    if proof.value != _Worth(network).of(result):
        yield say("The choice is not worth what was certified.")


class _Worth:
    """What places, pairs and loads count; see ``weighted.placing`` for why."""

    def __init__(self, network: Network) -> None:
        self.network = network
        seats = min(sum(one.upper for one in network.demands), sum(one.capacity for one in network.offers))
        dearest = sum(self.dear(offer.costs, offer.capacity) for offer in network.offers)
        highest = 1_000_000 + max([0, *(keep.bonus for keep in network.keeps)])
        self.further = 1 + seats * highest + dearest
        self.first = self.further * (seats + 2) if any(one.upper > 1 for one in network.demands) else self.further
        self.kept = {(one.mentee, one.mentor, one.role): one.bonus for one in network.keeps}

    @staticmethod
    def dear(costs: tuple[int, ...], load: int) -> int:
        """The cost of so many mentees."""
        return sum(costs[min(seat, len(costs) - 1)] for seat in range(load)) if costs else 0

    def places(self, count: int) -> int:
        """What so many mentors in one role count."""
        return 0 if count == 0 else self.first + self.further * (count - 1)

    def of(self, result: NetworkResult) -> int:
        """The whole choice."""
        got = Counter((pair.mentee, pair.role) for pair in result.pairs)
        loads = Counter(pair.mentor for pair in result.pairs)
        pairs = sum(pair.score + self.kept.get((pair.mentee, pair.mentor, pair.role), 0) for pair in result.pairs)
        dear = sum(self.dear(offer.costs, loads[offer.id]) for offer in self.network.offers)
        return pairs - dear + sum(self.places(count) for count in got.values())


def _proof(network: Network, result: NetworkResult) -> Iterator[Text]:
    proof = result.certificate
    if result.method.stable:
        if proof.prices is not None or proof.bound is not None:
            yield say("A stable choice is not proved by prices, and here are some.")
        yield from envious(network, result)
    elif proof.prices is None or proof.bound is None:
        yield say("The proof is missing.")
    elif not _fits(network, proof.prices):
        yield say("A price of the proof is missing or stands for somebody else.")
    elif _bound(network, proof.prices) != proof.bound:
        yield say("The proof fails: the prices do not add up to the bound.")
    elif proof.bound < proof.value or (result.method is Method.WEIGHTED and proof.bound != proof.value):
        yield say("The proof fails: some other choice may be worth more.")


def _fits(network: Network, prices: Prices) -> bool:
    counts = (len(network.demands), len(network.offers), len(network.caps))
    met = [(mentee, mentor) for mentee, mentor, _ in prices.pairs]
    seen = Counter(met)
    known = {mentor for _, mentor in met} <= {one.id for one in network.offers}
    rooms = [(mentor, role) for mentor, role, _ in prices.rooms] == [
        (one.id, role) for one in network.offers for role, _ in one.per_role
    ]
    single = max(seen.values(), default=1) == 1
    return counts == (len(prices.demands), len(prices.offers), len(prices.caps)) and single and known and rooms


def _bound(network: Network, prices: Prices) -> int:
    """What no choice is worth more than: the most that each link can yield beyond the difference of its ends."""
    worth, caps = _Worth(network), _inmost(network)
    above = dict(zip(network.caps, prices.caps, strict=True))
    total = sum(
        max(worth.places(count) - price * count for count in range(one.lower, one.upper + 1))
        for one, price in zip(network.demands, prices.demands, strict=True)
    )
    for offer, price in zip(network.offers, prices.offers, strict=True):
        rise = (above[caps[offer.id]] if offer.id in caps else 0) - price
        total += max(
            -worth.dear(offer.costs, load) - rise * load
            for load in _turning(offer.lower, offer.capacity, len(offer.costs))
        )
    for cap, price in zip(network.caps, prices.caps, strict=True):
        outer = _next(network, cap)
        rise = (above[outer] if outer else 0) - price
        total += max(-rise * load for load in (cap.lower, cap.upper))
    return total + _links_bound(network, prices, worth)


def _turning(lower: int, upper: int, steps: int) -> list[int]:
    """Loads between which what a mentor yields is a straight line."""
    return [lower, *range(lower + 1, min(upper, steps) + 1), upper]


def _links_bound(network: Network, prices: Prices, worth: _Worth) -> int:
    of_demand = {(one.mentee, one.role): price for one, price in zip(network.demands, prices.demands, strict=True)}
    of_offer = {one.id: price for one, price in zip(network.offers, prices.offers, strict=True)}
    of_pair = {(mentee, mentor): price for mentee, mentor, price in prices.pairs}
    of_room = {(mentor, role): price for mentor, role, price in prices.rooms}
    most = {(one.id, role): limit for one in network.offers for role, limit in one.per_role}
    total = sum(max(0, price - of_offer[mentor]) for _, mentor, price in prices.pairs)
    total += sum(most[room] * max(0, price - of_offer[room[0]]) for room, price in of_room.items())
    for mentee, mentor, role, score, pinned in _open_links(network):
        at_mentor = of_pair.get((mentee, mentor), of_room.get((mentor, role), of_offer[mentor]))
        rise = at_mentor - of_demand[mentee, role]
        gain = score + worth.kept.get((mentee, mentor, role), 0) - rise
        total += gain if pinned else max(0, gain)
    return total


def _open_links(network: Network) -> Iterator[tuple[str, str, str, int, bool]]:
    """Every pair that may be, with its score and whether it must be."""
    against = {(one.mentee, one.mentor) for one in network.forbids}
    pins = {(one.mentee, one.mentor, one.role) for one in network.pins}
    seats = {offer.id: offer.capacity for offer in network.offers}
    for mentee, mentor, role, score, _, _ in network.ties():
        if (mentee, mentor, role) in pins:
            pins.discard((mentee, mentor, role))
            yield mentee, mentor, role, score, True
        elif seats[mentor] > 0 and (mentee, mentor) not in against:
            yield mentee, mentor, role, score, False
    for mentee, mentor, role in sorted(pins):
        yield mentee, mentor, role, 0, True


def _inmost(network: Network) -> dict[str, Cap]:
    """The innermost cap around each mentor; of equal ones the last."""
    found: dict[str, Cap] = {}
    for cap in sorted(network.caps, key=lambda cap: -len(cap.mentors)):
        found.update(dict.fromkeys(cap.mentors, cap))
    return found


def _next(network: Network, cap: Cap) -> Cap | None:
    """The cap right around this one."""
    members, place = set(cap.mentors), network.caps.index(cap)
    around = [
        (len(one.mentors), -at, one)
        for at, one in enumerate(network.caps)
        if members < set(one.mentors) or (members == set(one.mentors) and at < place)
    ]
    return min(around)[2] if around else None


def _reasons(network: Network, result: NetworkResult) -> Iterator[Text]:
    got = Counter((pair.mentee, pair.role) for pair in result.pairs)
    reach: dict[tuple[str, str], list[str]] = defaultdict(list)
    for mentee, mentor, role, _, _ in _open_links(network):
        reach[mentee, role].append(mentor)
    seats = {offer.id: offer.capacity for offer in network.offers}
    expected = []
    for one in network.demands:
        key, mentors = (one.mentee, one.role), reach[one.mentee, one.role]
        if got[key] < one.upper:
            kind = OpenKind.TAKEN if mentors else OpenKind.NO_ONE_ELIGIBLE
            expected.append(Open(*key, got[key], one.upper, kind, len(mentors), sum(seats[name] for name in mentors)))
    if expected != list(result.open):
        yield say("The reason given to a mentee with too few mentors is not true.")
    if _reachable(network, result, reach):
        yield say("Somebody has too few mentors although one could be theirs.")


def _reachable(network: Network, result: NetworkResult, reach: dict[tuple[str, str], list[str]]) -> bool:
    """Whether a demand is open while a mentor open to it has a seat, under caps with room."""
    loads, theirs = Counter(pair.mentor for pair in result.pairs), defaultdict(set)
    for pair in result.pairs:
        theirs[pair.mentee].add(pair.mentor)
    in_role = Counter((pair.mentor, pair.role) for pair in result.pairs)
    full = {(one.id, role) for one in network.offers for role, most in one.per_role if in_role[one.id, role] >= most}
    free = {one.id for one in network.offers if loads[one.id] < one.capacity}
    for cap in network.caps:
        if sum(loads[mentor] for mentor in cap.mentors) >= cap.upper:
            free -= set(cap.mentors)
    return any(
        mentor in free and mentor not in theirs[one.mentee] and (mentor, one.role) not in full
        for one in result.open
        for mentor in reach[one.mentee, one.role]
    )
