"""Nonsense anywhere in a JSON value: for readers that must refuse it in words."""

from hypothesis import strategies as st

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def places(value: object) -> list[tuple]:
    """Every place of a JSON value, as a path."""
    if isinstance(value, dict):
        return [(), *((key, *rest) for key, inner in value.items() for rest in places(inner))]
    if isinstance(value, list):
        return [(), *((at, *rest) for at, inner in enumerate(value) for rest in places(inner))]
    return [()]


def changed(value: object, path: tuple, junk: object) -> object:
    """The value with something else at one place."""
    if not path:
        return junk
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = changed(value[path[0]], path[1:], junk)
    return copy
