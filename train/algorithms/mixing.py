"""Mixing: crops whose modalities no longer agree by more than their class.

RiSe (arXiv 2511.14157) destroys the correlation between modalities by mixing frequencies across
samples and by shuffling tokens in space. Their exact form here is ours; the mixing of amplitude
spectra follows FACT (Xu and others, CVPR 2021). Recombination and denial are ours.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from train.models.normalise import Normalised


def mix_amplitudes(images: Tensor, partners: Tensor, share: Tensor) -> Tensor:
    """Images that keep their phase and take a share of their partners' amplitude spectrum.

    Args:
        images: (N, C, S, S).
        partners: (N, C, S, S).
        share: (N,) in [0, 1]; 0 gives the images back.
    """
    own, foreign = torch.fft.rfft2(images), torch.fft.rfft2(partners)
    amplitude = own.abs()
    mixed = amplitude + share[:, None, None, None] * (foreign.abs() - amplitude)
    scale = mixed / amplitude.clamp(min=1e-8)
    both: Tensor = torch.fft.irfft2(own * scale, s=images.shape[-2:])
    return both


def mix_crops(crop: Normalised, share: Tensor) -> Normalised:
    """Mix each modality of each crop with another crop's, each with a partner of its own.

    Depth mixes its values; which pixels were read stays as it was.

    Args:
        crop: a batch.
        share: (N, 3), for colour, depth and infrared.
    """
    with torch.autocast(crop.colour.device.type, enabled=False):
        colour, value, infrared = (
            mix_amplitudes(image, image[_order(image)], share[:, i]).clamp(-1.0, 1.0)
            for i, image in enumerate((crop.colour, crop.depth[:, :1], crop.infrared))
        )
    read = crop.depth[:, 1:]
    seen = crop.present.reshape(-1, 3, 1, 1)
    return Normalised(
        colour * seen[:, 0:1],
        torch.cat([value * read, read], 1),
        infrared * seen[:, 2:3],
        crop.present,
    )


def shuffle_tokens(tokens: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """Token maps with their places permuted, for each crop and modality in another way."""
    return tuple(_shuffle(maps) for maps in tokens)


def recombine(
    tokens: Sequence[Tensor], present: Tensor, attack: Tensor
) -> tuple[tuple[Tensor, ...], Tensor]:
    """Token maps of which each modality comes from another crop of the same class, of any domain.

    Args:
        tokens: (N, C, H', W') for each modality.
        present: (N, 3).
        attack: (N,).

    Returns:
        The token maps and which of them are present; a crop left with none keeps its own.
    """
    orders = [_order_within(attack) for _ in tokens]
    drawn = torch.stack([present[order, i] for i, order in enumerate(orders)], dim=1)
    empty = drawn.sum(1) == 0
    kept = torch.arange(len(attack), device=attack.device)
    orders = [torch.where(empty, kept, order) for order in orders]
    mixed = tuple(maps[order] for maps, order in zip(tokens, orders, strict=True))
    return mixed, torch.where(empty[:, None], present, drawn)


def deny_one_living(
    tokens: Sequence[Tensor], present: Tensor, attack: Tensor
) -> tuple[tuple[Tensor, ...], Tensor]:
    """Attacks of which one modality is that of a living face: still attacks.

    Somebody who can fool one sensor, as a relief behind a print fools depth, shall not fool all.

    Args:
        tokens: (N, C, H', W') for each modality.
        present: (N, 3).
        attack: (N,).

    Returns:
        The token maps, and the rows that they are of: half of the batch, the attacks with every
        modality first; each of these is given a living crop with every modality, at random. Where
        there are too few of either, the other rows are as they were.
    """
    whole = present.sum(1) == len(tokens)
    denied, living = whole & (attack == 1), whole & (attack == 0)
    rows = _first(denied)[: len(attack) // 2]
    drawn = torch.rand(len(rows), device=rows.device) * living.sum()
    donor = _first(living)[drawn.long()]
    which = torch.randint(len(tokens), (len(rows),), device=rows.device)
    able = denied[rows] & living.any()
    order = [torch.where(able & (which == i), donor, rows) for i in range(len(tokens))]
    return tuple(maps[at] for maps, at in zip(tokens, order, strict=True)), rows


def _order(rows: Tensor) -> Tensor:
    return torch.rand(len(rows), device=rows.device).argsort()


def _first(chosen: Tensor) -> Tensor:
    """All row numbers, those of the chosen rows first; the host need not know how many."""
    return chosen.logical_not().byte().argsort(stable=True)


def _order_within(attack: Tensor) -> Tensor:
    """A permutation that gives every row one of its own class."""
    shuffled = (attack + torch.rand_like(attack)).argsort()
    return torch.empty_like(shuffled).scatter(0, attack.argsort(stable=True), shuffled)


def _shuffle(maps: Tensor) -> Tensor:
    flat = maps.flatten(2)
    places = torch.rand(len(maps), flat.shape[2], device=maps.device).argsort(1)
    return flat.gather(2, places[:, None, :].expand_as(flat)).reshape(maps.shape)
