"""Ten thousand hostile pages: no exception but the project's own, none slow, none misread. A longer run is a command:

`python -m tests.soak.fuzz --count 200000`.
"""

import pytest
from soak import fuzz
from soak.mutations import STEPS, Mutated, bases, mutate

PARTS, EACH = 8, 1_250


@pytest.mark.parametrize("part", range(PARTS))
def test_ten_thousand_hostile_pages(part: int) -> None:
    for figure in fuzz.measure(EACH, first_seed=part * EACH, workers=1):
        assert figure.holds, (figure.promise, figure.measured, *figure.replay)


def test_a_seed_is_always_the_same_page() -> None:
    assert [mutate(seed) for seed in range(60)] == [mutate(seed) for seed in range(60)]
    assert len({mutate(seed).body for seed in range(200)}) > 190


def test_every_mutation_and_most_bases_are_tried() -> None:
    pages = [mutate(seed) for seed in range(2_000)]
    assert {step for page in pages for step in page.steps} >= {step.__name__ for step in STEPS}
    assert {page.name for page in pages} >= set(bases())
    assert sum(page.cut for page in pages) > 400


@pytest.mark.parametrize("start", range(4))
def test_text_extracts_cut_anywhere(start: int) -> None:
    pages = {name: base for name, base in bases().items() if name.endswith(".txt")}
    assert len(pages) > 30
    for name, base in pages.items():
        for end in range(start, len(base) + 1, 16):
            page = Mutated(name, base, base[:end], (), cut=True)
            assert fuzz.find_untrue(page, fuzz.read_page(page.body)) is None, (name, end)


def test_what_is_wrong_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that raises, that keeps control characters, or that believes cut rows, fails with its seed."""

    def fail(body: bytes) -> None:
        raise RecursionError("too deep")

    with monkeypatch.context() as patched:
        patched.setattr(fuzz, "read_page", fail)
        raised = fuzz.measure(4, workers=1)[0]
    assert not raised.holds and len(raised.replay) == 4 and "--seed 3  # RecursionError: too deep" in raised.replay[3]
    with monkeypatch.context() as patched:
        patched.setattr("soak.truth.true_rows", lambda name, base: frozenset())
        untrue = fuzz.measure(250, workers=1)[3]
    assert not untrue.holds and "--seed" in untrue.replay[0]
    with monkeypatch.context() as patched:
        patched.setattr("harvester.pages.blocks.squash", lambda text: " ".join(text.split()) + "\x1b")
        patched.setattr("soak.truth.true_rows", lambda name, base: None)  # which would be kept for other tests
        unfit = fuzz.measure(250, workers=1)[4]
    assert not unfit.holds


def test_processes_share_the_pages() -> None:
    assert fuzz.measure(500, workers=2)[0].measured == "0 of 500 pages"
