"""What people can volunteer about who they are: the attributes of the form “About me” and what one can tick there.

Every attribute can also be answered in own words, or not at all. In figures each person stands in one group of an
attribute: the one thing they ticked, “more than one”, “own words”, or “not told”, which is a group like any other.
"""

from collections.abc import Mapping, Sequence

from cheiron.core.text import Text, say

ATTRIBUTES: Mapping[str, tuple[Text, tuple[Text, ...]]] = {
    "gender": (say("Gender"), (say("Woman"), say("Man"), say("Nonbinary"), say("Transgender"))),
    "orientation": (
        say("Sexual orientation"),
        (say("Asexual"), say("Bisexual"), say("Gay"), say("Lesbian"), say("Queer"), say("Straight")),
    ),
    "race": (
        say("Race and ethnicity"),
        (
            say("American Indian or Alaska Native"),
            say("Asian"),
            say("Black or African American"),
            say("Hispanic or Latino"),
            say("Middle Eastern or North African"),
            say("Native Hawaiian or Pacific Islander"),
            say("White"),
        ),
    ),
    "background": (
        say("Background"),
        (say("First in my family at college"), say("Underrepresented in medicine"), say("Rural"), say("Disability")),
    ),
}
"""Key, label and what can be ticked; an answer is kept as the untranslated sentence."""

SEVERAL, OWN_WORDS, NOT_TOLD = "several", "own words", "not told"
REST = {SEVERAL: say("More than one of these"), OWN_WORDS: say("In own words"), NOT_TOLD: say("Not told")}
"""The groups of those who ticked several things, said it in their own words, or said nothing that may count."""


def groups_of(attribute: str) -> tuple[str, ...]:
    """Every group of an attribute, in the order of the form; each person stands in exactly one."""
    return (*(option.template for option in ATTRIBUTES[attribute][1]), *REST)


def group_name(group: str) -> Text:
    """What the group is called."""
    return REST.get(group) or say(group)


def group_of(attribute: str, answers: Sequence[str], own_words: str) -> str:
    """The group of somebody who answered so; words that the form does not offer count as own words."""
    offered = {option.template for option in ATTRIBUTES[attribute][1]}
    ticked = [one for one in answers if one in offered]
    own = bool(own_words.strip()) or len(ticked) < len(answers)
    if len(ticked) + own > 1:
        return SEVERAL
    if own:
        return OWN_WORDS
    return ticked[0] if ticked else NOT_TOLD
