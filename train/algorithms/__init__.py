"""Algorithms by name."""

from train.algorithms.algorithm import Algorithm, AlgorithmConfig
from train.algorithms.erm import ERM
from train.algorithms.irm import IRM
from train.algorithms.rise import RiSe
from train.algorithms.sa_fas import SAFAS
from train.models.networks import Network

__all__ = ["ALGORITHMS", "Algorithm", "AlgorithmConfig", "build_algorithm"]

ALGORITHMS: dict[str, type[Algorithm]] = {
    "erm": ERM,
    "irm": IRM,
    "sa_fas": SAFAS,
    "rise": RiSe,
}


def build_algorithm(network: Network, config: AlgorithmConfig, domains: int) -> Algorithm:
    """The algorithm that a config names, around a network.

    Raises:
        ValueError: there is no algorithm of that name, or it needs another head.
    """
    if config.name not in ALGORITHMS:
        known = ", ".join(ALGORITHMS)
        raise ValueError(f"expected algorithm among {known}, got {config.name!r}")
    return ALGORITHMS[config.name](network, config, domains)
