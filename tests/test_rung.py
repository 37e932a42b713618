"""A month of nights with a bell: it rings for what ends badly, not each night, and says when all is well again."""

from tests.soak.bells import figures_of, live


def test_a_month_of_nights_rings_when_it_should_and_not_more() -> None:
    rung = live(0, 30)
    bad = [figure for figure in figures_of([rung]) if not figure.holds]
    assert bad == [], f"{rung.again}\n{bad}"
    outage = [night for night, kinds in enumerate(rung.kinds[-10:]) if kinds == ["unreachable"]]
    assert outage == [0, 7]
    assert {kind for night in rung.kinds for kind in night} == {"unreachable", "refused", "well"}
