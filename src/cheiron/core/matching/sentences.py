"""What a comparison found, as a sentence that cites what the two people entered.

Each function takes a ``Seen`` and is used by one component. Shared items stand in the mentee's spelling.
"""

from dataclasses import dataclass

from cheiron.core.text import Text, say, say_n


@dataclass(frozen=True, slots=True)
class Seen:
    """What both wrote: the items in common, all that the mentee wrote, all that the mentor wrote."""

    shared: tuple[str, ...]
    sought: tuple[str, ...]
    offered: tuple[str, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many of how many, for the templates."""
        return {"hits": len(self.shared), "of": len(self.sought)}


def goals(seen: Seen) -> Text:
    """Goals of the mentee that the mentor helps with."""
    if seen.shared:
        return say("Shared goals: %(shared)s (%(hits)s of %(of)s).", shared=seen.shared, **seen.counts)
    return say("Aims at %(sought)s; goals supported here: %(offered)s.", sought=seen.sought, offered=seen.offered)


def topics(seen: Seen) -> Text:
    """Topics in common."""
    if seen.shared:
        return say("Shared topics: %(shared)s (%(hits)s of %(of)s).", shared=seen.shared, **seen.counts)
    return say("Asks about %(sought)s; topics here: %(offered)s.", sought=seen.sought, offered=seen.offered)


def roles(seen: Seen) -> Text:
    """Roles sought and offered."""
    if seen.shared:
        return say("Seeks %(shared)s, offered here (%(hits)s of %(of)s).", shared=seen.shared, **seen.counts)
    return say("Seeks %(sought)s; offered here: %(offered)s.", sought=seen.sought, offered=seen.offered)


def languages(seen: Seen) -> Text:
    """Languages in common."""
    if seen.shared:
        return say("Shared languages: %(shared)s (%(hits)s of %(of)s).", shared=seen.shared, **seen.counts)
    return say("Speaks %(sought)s; spoken here: %(offered)s.", sought=seen.sought, offered=seen.offered)


def times(seen: Seen) -> Text:
    """Hours that suit both."""
    if seen.shared:
        return say("Hours in common: %(shared)s.", shared=seen.shared)
    return say("Free at %(sought)s; the mentor at %(offered)s.", sought=seen.sought, offered=seen.offered)


def place(seen: Seen) -> Text:
    """The same place or another."""
    if seen.shared:
        return say("Both at %(place)s.", place=seen.shared)
    return say("At %(sought)s; the mentor at %(offered)s.", sought=seen.sought, offered=seen.offered)


def specialty(seen: Seen) -> Text:
    """The best of the mentee's choices that the mentor practices; ``shared`` holds that one."""
    if seen.shared:
        return say(
            "Choice %(choice)s of %(of)s: %(shared)s, practiced here.",
            choice=seen.sought.index(seen.shared[0]) + 1,
            of=len(seen.sought),
            shared=seen.shared,
        )
    return say("Interested in %(sought)s; practiced here: %(offered)s.", sought=seen.sought, offered=seen.offered)


def wish(seen: Seen) -> Text:
    """The place of this mentor among the mentee's wishes; nobody else who is wished for is named."""
    if seen.shared:
        return say(
            "Wish %(choice)s of %(of)s of the mentee.",
            choice=seen.sought.index(seen.shared[0]) + 1,
            of=len(seen.sought),
        )
    return say_n("The mentee wished for somebody else.", "Not among the mentee's %(count)s wishes.", len(seen.sought))


def stage(steps: int, sought: str, offered: str) -> Text:
    """How many steps of the career the mentor is ahead."""
    if steps > 0:
        return say_n(
            "One step ahead: %(offered)s, the mentee %(sought)s.",
            "%(count)s steps ahead: %(offered)s, the mentee %(sought)s.",
            steps,
            sought=sought,
            offered=offered,
        )
    return say("Not ahead: %(offered)s, the mentee %(sought)s.", sought=sought, offered=offered)


def statement(named: tuple[str, ...], shared: int) -> Text:
    """The shared terms that weigh most and may be named, and how many more are shared; none that one alone wrote."""
    more = shared - len(named)
    if not shared:
        return say("What the two write in their own words has no word in common.")
    if not named:
        return say_n(
            "What the two write in their own words has one word in common.",
            "What the two write in their own words has %(count)s words in common.",
            shared,
        )
    if not more:
        return say("Both write about %(named)s.", named=named)
    return say_n(
        "Both write about %(named)s, and share one more word.",
        "Both write about %(named)s, and share %(count)s more words.",
        more,
        named=named,
    )
