"""Algorithms by name."""

from train.algorithms.algorithm import Algorithm, AlgorithmConfig
from train.algorithms.erm import ERM
from train.networks import Network

ALGORITHMS: dict[str, type[Algorithm]] = {"erm": ERM}


def build_algorithm(network: Network, config: AlgorithmConfig, domains: int) -> Algorithm:
    """The algorithm that a config names, around a network.

    Raises:
        ValueError: there is no algorithm of that name.
    """
    if config.name not in ALGORITHMS:
        known = ", ".join(ALGORITHMS)
        raise ValueError(f"expected algorithm among {known}, got {config.name!r}")
    return ALGORITHMS[config.name](network, config, domains)
