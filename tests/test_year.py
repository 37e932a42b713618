"""A month of nightly updates of an archive that lives: the feed, the claims and the records hold after every night."""

import pytest

from tests.soak.year import NOTHING, live


@pytest.mark.parametrize("seed", [0, 1], ids=["looks between weekly walks", "all walked every night"])
def test_a_month_of_nights(seed: int) -> None:
    month = live(seed, 30)
    assert month.faults == [], f"{month.again}\n" + "\n".join(map(str, month.faults))
    assert set(month.kinds) >= {"added", "changed", "withdrawn"}
    assert month.verdicts.total() == 30 and month.verdicts[NOTHING] < 15
