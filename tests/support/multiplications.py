"""How many multiplications a network needs: what sizes are stated in."""

from __future__ import annotations

import torch


@torch.no_grad()
def multiplications(network: torch.nn.Module, *example: torch.Tensor) -> int:
    """Of all convolutions and linear layers, for one example."""
    found = 0

    def count(layer, _, made):
        nonlocal found
        found += made[0].numel() * layer.weight[0].numel()

    for layer in network.modules():
        if isinstance(layer, torch.nn.Conv2d | torch.nn.Linear):
            layer.register_forward_hook(count)
    network.eval()(*example)
    return found
