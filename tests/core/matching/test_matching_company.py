"""What people around one mentor have in common: against the plain reading of each sentence."""

from hypothesis import given
from hypothesis import strategies as st

from cheiron.core.matching.company import alone_in, shared_by_all, span

HOURS = st.lists(st.sampled_from(["Tue 17", "tue 17 ", "Wed 8", "Thu 12", "Fri 15", " "]), max_size=4).map(tuple)
STAGES = st.dictionaries(st.integers(0, 9).map(str), st.sampled_from(["Year 1", "year 1", "Year 2", "Year 3", "", " "]))


def said(items) -> set[str]:
    return {item.strip().casefold() for item in items if item.strip()}


@given(st.lists(HOURS, max_size=5))
def test_an_hour_is_shared_by_all_exactly_when_everybody_who_has_said_any_has_said_it(lists):
    told = [said(one) for one in lists if said(one)]
    found = shared_by_all(lists)
    assert said(found) == (set.intersection(*told) if told else set())
    assert len(found) == len(said(found)), "no hour twice"


def test_shared_hours_are_spelled_and_ordered_as_in_the_first_list():
    assert shared_by_all([("Wed 8", "Tue 17"), (), ("TUE 17", "wed 8", "Fri 15")]) == ("Wed 8", "Tue 17")


@given(STAGES)
def test_alone_is_who_differs_from_everybody_where_two_others_are_alike(stages):
    plain = {key: value.strip().casefold() for key, value in stages.items() if value.strip()}

    def alone(key: str) -> bool:
        others = [value for other, value in plain.items() if other != key]
        return plain[key] not in others and any(others.count(value) > 1 for value in others)

    assert alone_in(stages) == tuple(key for key in plain if alone(key))


def test_of_two_people_and_among_people_who_all_differ_nobody_is_alone():
    assert alone_in({"a": "Year 1", "b": "Year 2"}) == ()
    assert alone_in({"a": "Year 1", "b": "Year 2", "c": "Year 3"}) == ()
    assert alone_in({"a": "Year 1", "b": "Year 1", "c": "Year 3"}) == ("c",)


def test_a_span_follows_the_order_of_the_program_and_puts_strange_values_last():
    order = ("Year 1", "Year 2", "Year 3")
    assert span(["Year 3", "Visitor", "year 1", "Year 3", "", "Guest"], order) == (
        "year 1", "Year 3", "Guest", "Visitor",
    )  # fmt: skip
