"""Problems and results of groups as JSON, both ways, exactly; in the manner of ``cheiron.core.matching.files``.

Scores are decimals of a point with at most six digits; values and bounds are whole millionths. Two people between whom
nothing stands fit by 0.

    {"format": "cheiron-groups", "version": 1, "seed": 0,
     "members": [{"id": "s1", "block": "North", "slots": [17], "groups": {"stage": "resident"}, "fine_alone": []}],
     "leaders": [{"id": "m1", "most": 1, "block": "North", "slots": [17, 41]}],
     "rule": {"size": [3, 5], "mentors": [1, 2], "number": [0, 9], "no_isolated": ["gender"],
              "balance": {"stage": 1}, "common_slot": true},
     "affinities": [["s1", "m1", 0.8123], ["s1", "s2", 0.5]],
     "forbids": [{"member": "s1", "other": "m1", "rule": "firewall"}],
     "pins": [{"member": "s1", "leader": "m1", "reason": "", "author": ""}]}
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cheiron.core.matching.arithmetic import MILLION
from cheiron.core.matching.fields import is_points, rule, versions
from cheiron.core.matching.groups.problem import (
    ANY_NUMBER,
    SLOTS,
    Forbid,
    GroupProblem,
    GroupRule,
    Leader,
    Member,
    Pin,
)
from cheiron.core.matching.groups.result import Effort, Group, GroupResult, Unplaced, UnplacedKind
from cheiron.core.matching.groups.validation import refuse_invalid_groups
from cheiron.core.matching.problem import HIGHEST_SCORE, Rule
from cheiron.core.matching.reading import Place, opened
from cheiron.core.text import say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PROBLEM_FORMAT = "cheiron-groups"
RESULT_FORMAT = "cheiron-groups-result"
VERSION = 1

# ---------- problems ----------


def group_problem_to_json(problem: GroupProblem) -> dict[str, object]:
    """The problem as values for ``json.dumps``; assumes a valid one."""
    return {
        "format": PROBLEM_FORMAT,
        "version": VERSION,
        "seed": problem.seed,
        "members": [
            {
                "id": one.id,
                "block": one.block,
                "slots": _slots_of(one.slots),
                "groups": dict(one.groups),
                "fine_alone": list(one.fine_alone),
            }
            for one in problem.members
        ],
        "leaders": [
            {"id": one.id, "most": one.most, "block": one.block, "slots": _slots_of(one.slots)}
            for one in problem.leaders
        ],
        "rule": _rule_to_json(problem.rule),
        "affinities": _affinities(problem),
        "forbids": [{"member": one.member, "other": one.other, "rule": str(one.rule)} for one in problem.forbids],
        "pins": [
            {"member": pin.member, "leader": pin.leader, "reason": pin.reason, "author": pin.author}
            for pin in problem.pins
        ],
    }


def _slots_of(mask: int) -> list[int]:
    return [slot for slot in range(mask.bit_length()) if mask >> slot & 1]


def _rule_to_json(rule: GroupRule) -> dict[str, object]:
    return {
        "size": list(rule.size),
        "mentors": list(rule.mentors),
        "number": list(rule.number),
        "no_isolated": list(rule.no_isolated),
        "balance": dict(rule.balance),
        "common_slot": rule.common_slot,
    }


def _affinities(problem: GroupProblem) -> list[list[object]]:
    """Members with leaders, then members with members, each pair once; what is 0 need not stand there."""
    import numpy as np

    members, leaders = [one.id for one in problem.members], [one.id for one in problem.leaders]
    found: list[list[object]] = []
    for scores, others in ((problem.to_leaders, leaders), (np.triu(problem.to_members), members)):
        rows, columns = (places.tolist() for places in np.nonzero(scores))
        points = (scores[rows, columns] / MILLION).tolist()
        found += [[members[row], others[at], point] for row, at, point in zip(rows, columns, points, strict=True)]
    return found


def group_problem_from_json(obj: object) -> GroupProblem:
    """A valid problem from what ``json.loads`` returned. Raises ``Invalid``."""
    needed = ("seed", "members", "leaders", "rule", "affinities")
    fields = opened(obj, PROBLEM_FORMAT, VERSION, needed, ("forbids", "pins"))
    members = tuple(_member(item) for item in fields["members"].items())
    leaders = tuple(_leader(item) for item in fields["leaders"].items())
    rule, seed = _rule(fields["rule"]), fields["seed"].whole()
    forbids = tuple(_forbid(item) for item in fields["forbids"].items()) if "forbids" in fields else ()
    pins = tuple(_pin(item) for item in fields["pins"].items()) if "pins" in fields else ()
    fields["affinities"].complaints.refuse()
    ids = [one.id for one in members], [one.id for one in leaders]
    to_leaders, to_members = _scores(fields["affinities"], *ids)
    fields["affinities"].complaints.refuse()
    problem = GroupProblem(members, leaders, rule, to_leaders, to_members, forbids, pins, seed)
    refuse_invalid_groups(problem)
    return problem


def _member(place: Place) -> Member:
    fields = place.fields(("id",), ("block", "slots", "groups", "fine_alone"))
    if not fields:
        return Member("")
    return Member(
        fields["id"].text(),
        fields["block"].text() if "block" in fields else "",
        _mask(fields["slots"]) if "slots" in fields else 0,
        _attributes(fields["groups"]) if "groups" in fields else (),
        tuple(item.text() for item in fields["fine_alone"].items()) if "fine_alone" in fields else (),
    )


def _leader(place: Place) -> Leader:
    fields = place.fields(("id", "most"), ("block", "slots"))
    if not fields:
        return Leader("", 0)
    block = fields["block"].text() if "block" in fields else ""
    return Leader(
        fields["id"].text(), fields["most"].whole(), block, _mask(fields["slots"]) if "slots" in fields else 0
    )


def _mask(place: Place) -> int:
    mask = 0
    for item in place.items():
        slot = item.whole()
        if 0 <= slot < SLOTS:
            mask |= 1 << slot
        else:
            item.complain(
                say("no week has this slot."), say("Count the slots of a week from 0 to %(last)s.", last=SLOTS - 1)
            )
    return mask


def _attributes(place: Place) -> tuple[tuple[str, str | None], ...]:
    """Attributes and values; null is what was not said."""
    return tuple((name, None if one.value is None else one.text()) for name, one in place.named())


def _rule(place: Place) -> GroupRule:
    fields = place.fields(("size",), ("mentors", "number", "no_isolated", "balance", "common_slot"))
    if not fields:
        return GroupRule((1, 1))
    return GroupRule(
        size=_from_to(fields["size"]),
        mentors=_from_to(fields["mentors"]) if "mentors" in fields else (1, 1),
        number=_from_to(fields["number"]) if "number" in fields else (0, ANY_NUMBER),
        no_isolated=tuple(one.text() for one in fields["no_isolated"].items()) if "no_isolated" in fields else (),
        balance=tuple((name, one.whole()) for name, one in fields["balance"].named()) if "balance" in fields else (),
        common_slot=_is_true(fields["common_slot"]) if "common_slot" in fields else False,
    )


def _from_to(place: Place) -> tuple[int, int]:
    items = place.items()
    if len(items) == 2:
        return items[0].whole(), items[1].whole()
    place.complain(say("two numbers are needed here."), say("Write [fewest, most]."))
    return 1, 1


def _is_true(place: Place) -> bool:
    if isinstance(place.value, bool):
        return place.value
    place.complain(say("true or false is needed here."), say("Write true or false, without quotes."))
    return False


def _forbid(place: Place) -> Forbid:
    fields = place.fields(("member", "other", "rule"))
    if not fields:
        return Forbid("", "", Rule.FORBIDDEN)
    return Forbid(fields["member"].text(), fields["other"].text(), rule(fields["rule"]))


def _pin(place: Place) -> Pin:
    fields = place.fields(("member", "leader"), ("reason", "author"))
    return Pin(**{name: field.text() for name, field in fields.items()}) if fields else Pin("", "")


def _scores(place: Place, members: list[str], leaders: list[str]) -> "tuple[NDArray[np.int32], NDArray[np.int32]]":
    """Affinities as matrices: a member with a leader, or a member with another member."""
    import numpy as np

    row_of = {name: row for row, name in enumerate(members)}
    column_of = {name: column for column, name in enumerate(leaders)}
    to_leaders = np.zeros((len(members), len(leaders)), dtype=np.int32)
    to_members = np.zeros((len(members), len(members)), dtype=np.int32)
    seen: set[frozenset[str]] = set()
    for number, given in enumerate(place.values()):
        if not _is_affinity(given, row_of, column_of) or frozenset(given[:2]) in seen:
            place.complaints.add(
                f"{place.path}[{number}]",
                say("this is not a member, a leader or another member, and a score; or the two have one already."),
                say("Write [member, leader or member, score], once for two people, from 0 to 1, at most six decimals."),
            )
            continue
        one, other, score = given[0], given[1], round(given[2] * MILLION)
        seen.add(frozenset((one, other)))
        if other in column_of:
            to_leaders[row_of[one], column_of[other]] = score
        else:
            to_members[row_of[one], row_of[other]] = to_members[row_of[other], row_of[one]] = score
    return to_leaders, to_members


def _is_affinity(given: object, row_of: Mapping[str, int], column_of: Mapping[str, int]) -> bool:
    if not isinstance(given, list) or len(given) != 3:
        return False
    one, other, score = given
    if not isinstance(one, str) or not isinstance(other, str) or one == other:
        return False
    return one in row_of and (other in column_of or other in row_of) and is_points(score, HIGHEST_SCORE)


# ---------- results ----------


def group_result_to_json(result: GroupResult) -> dict[str, object]:
    """The result as values for ``json.dumps``."""
    return {
        "format": RESULT_FORMAT,
        "version": VERSION,
        "seed": result.seed,
        "problem_hash": result.problem_hash,
        "result_hash": result.result_hash,
        "versions": dict(result.versions),
        "effort": {"moves": result.effort.moves, "work": result.effort.work},
        "groups": [
            {
                "block": one.block,
                "leaders": list(one.leaders),
                "members": list(one.members),
                "slot": one.slot,
                "value": one.value,
            }
            for one in result.groups
        ],
        "unplaced": [
            {"member": one.member, "kind": str(one.kind), "seats": one.seats, "people": one.people}
            for one in result.unplaced
        ],
        "placed": result.placed,
        "placed_bound": result.placed_bound,
        "value": result.value,
        "bound": result.bound,
    }


_COUNTS = ("placed", "placed_bound", "value", "bound", "seed")
_TEXTS = ("problem_hash", "result_hash")


def group_result_from_json(obj: object) -> GroupResult:
    """A result from what ``json.loads`` returned; whether it is true is for ``verify_groups``. Raises ``Invalid``."""
    fields = opened(obj, RESULT_FORMAT, VERSION, (*_COUNTS, *_TEXTS, "versions", "effort", "groups", "unplaced"))
    result = GroupResult(
        groups=tuple(_group(item) for item in fields["groups"].items()),
        unplaced=tuple(_unplaced(item) for item in fields["unplaced"].items()),
        versions=versions(fields["versions"]),
        effort=_effort(fields["effort"]),
        placed=fields["placed"].whole(),
        placed_bound=fields["placed_bound"].whole(),
        value=fields["value"].whole(),
        bound=fields["bound"].whole(),
        seed=fields["seed"].whole(),
        problem_hash=fields["problem_hash"].text(),
        result_hash=fields["result_hash"].text(),
    )
    fields["groups"].complaints.refuse()
    return result


def _group(place: Place) -> Group:
    fields = place.fields(("block", "leaders", "members", "slot", "value"))
    if not fields:
        return Group("", (), (), None, 0)
    leaders, members = (tuple(item.text() for item in fields[name].items()) for name in ("leaders", "members"))
    slot = None if fields["slot"].value is None else fields["slot"].whole()
    return Group(fields["block"].text(), leaders, members, slot, fields["value"].whole())


def _unplaced(place: Place) -> Unplaced:
    fields = place.fields(("member", "kind", "seats", "people"))
    if not fields:
        return Unplaced("", UnplacedKind.TOGETHER)
    kind = fields["kind"].one_of(UnplacedKind, UnplacedKind, UnplacedKind.TOGETHER)
    return Unplaced(fields["member"].text(), kind, fields["seats"].whole(), fields["people"].whole())


def _effort(place: Place) -> Effort:
    fields = place.fields(("moves", "work"))
    return Effort(fields["moves"].whole(), fields["work"].whole()) if fields else Effort()
