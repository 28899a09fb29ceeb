"""Which crops a request means."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest

from rise_edge.simulator import DOMAINS
from rise_edge.simulator.samples.crop_request import CropRequest

ATTACKS = ("flat_print", "replay_lcd", "rigid_mask")


def request(**kwargs) -> CropRequest:
    return CropRequest(**{"domains": ("office",), "attack_species": ATTACKS, **kwargs})


def test_half_of_the_crops_are_bona_fide_and_species_take_turns():
    orders = list(request(crops=120).orders())
    assert Counter(order.species for order in orders) == {
        "bona_fide": 60,
        "flat_print": 20,
        "replay_lcd": 20,
        "rigid_mask": 20,
    }
    assert all(order.bona_fide == (order.species == "bona_fide") for order in orders)


def test_without_named_attacks_the_domain_gives_its_own_mix():
    orders = request(attack_species=(), crops=400).orders()
    got = Counter(order.species for order in orders if not order.bona_fide)
    mix = dict(DOMAINS["office"].species)
    expected = {name: 200 * weight / sum(mix.values()) for name, weight in mix.items()}
    assert {name: got[name] for name in mix} == pytest.approx(expected, abs=1)


def test_every_subject_is_shown_live_and_in_attacks():
    orders = list(request(crops=400, subjects=50, first_subject=10).orders())
    for bona_fide in (True, False):
        shown = {order.subject for order in orders if order.bona_fide == bona_fide}
        assert shown == set(range(10, 60))


def test_no_two_crops_share_a_seed_and_a_larger_request_begins_with_the_smaller():
    small, large = (list(request(crops=n).orders()) for n in (60, 600))
    assert len({order.seed for order in large}) == 600
    assert small[:30] == large[:30]
    assert small[30:] == list(islice((o for o in large if not o.bona_fide), 30))


@pytest.mark.parametrize(
    "change",
    [{"seed": 1}, {"synergy": 0.5}, {"crops": 61}, {"domains": ("other",)}, {"difficulty": 0.1}],
)
def test_another_request_has_another_name(change):
    assert request(**change).name != request().name
    assert request().name == request().name


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"domains": ()}, "at least one domain"),
        ({"domains": ("office", "office")}, "every domain once"),
        ({"attack_species": ("bona_fide",)}, "every species once"),
        ({"bona_fide_species": ()}, "bona_fide_species"),
        ({"crops": 0}, "crops >= 1"),
        ({"subjects": 0}, "subjects >= 1"),
        ({"seed": -1}, "seed >= 0"),
        ({"synergy": 1.5}, "synergy from -1 to 1"),
        ({"difficulty": float("nan")}, "difficulty from 0 to 1"),
    ],
)
def test_a_request_without_sense_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        request(**change)
