"""Registry: the networks by name."""

from __future__ import annotations

from collections.abc import Callable

from train.models.networks import EdgeNetwork, Network, NetworkConfig


def _vit_b16(config: NetworkConfig) -> Network:
    from train.models.vit import ViTB16  # it needs the extra `vit`

    return ViTB16(config)


NETWORKS: dict[str, Callable[[NetworkConfig], Network]] = {
    "edge": EdgeNetwork,
    "vit_b16": _vit_b16,
}


def build_network(config: NetworkConfig) -> Network:
    """The network that a config names, with the weights that a training begins from.

    Raises:
        MissingExtraError: it needs an extra that is not installed.
        ValueError: weights to begin from cannot be had.
    """
    return NETWORKS[config.name](config)
