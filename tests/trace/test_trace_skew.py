"""Delays that are differences of clocks, for those who draw them."""

import pytest

from analyzer.model import Hop
from analyzer.trace.skew import clock_differences, skewed


@pytest.mark.parametrize(
    ("delays", "skew"),
    [
        ([None, 5, 7200, 1], set()),
        ([None, -2820, 2822, 1], {1, 2}),
        ([None, 2822, -2820, 1], {1, 2}),
        ([None, -115, 1840], {1}),
        ([None, -115, None, 120], {1, 3}),
        ([None, -3, 400], set()),
        ([None, 1840, -115, 201], {2, 3}),
    ],
)
def test_delays_that_are_differences_of_clocks(delays, skew):
    assert clock_differences([Hop(index=n, delay_seconds=delay) for n, delay in enumerate(delays)]) == skew


def test_a_second_backwards_is_rounding_and_no_drama():
    assert not skewed(-1)
    assert not skewed(None)
    assert skewed(-115)
