"""What the people around one mentor have in common: hours that suit all of them, and who stands alone in a stage."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from cheiron.core.matching.components import folded


def shared_by_all(lists: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """What stands in each of the lists, spelled and ordered as in the first; an empty list counts for nothing."""
    told = [items for items in map(folded, lists) if items]
    if not told:
        return ()
    return tuple(spelling for key, spelling in told[0].items() if all(key in other for other in told[1:]))


def alone_in(values: Mapping[str, str]) -> tuple[str, ...]:
    """Whoever has a value that nobody else has, where at least two others share one; a blank value is no value.

    Among people who all differ nobody stands alone, and of two people neither does.
    """
    spoken = {key: value.strip().casefold() for key, value in values.items() if value.strip()}
    sizes = Counter(spoken.values())
    if max(sizes.values(), default=0) < 2:
        return ()
    return tuple(key for key, value in spoken.items() if sizes[value] == 1)


def span(values: Iterable[str], order: Sequence[str]) -> tuple[str, ...]:
    """The different values, each once: those of the order first and in it, then the others by the alphabet."""
    found, places = folded(tuple(values)), {value.casefold(): place for place, value in enumerate(order)}
    keys = sorted(found, key=lambda key: (places.get(key, len(places)), key))
    return tuple(found[key] for key in keys)
