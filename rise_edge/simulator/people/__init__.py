"""People: who somebody is, and the head that follows from it."""

from rise_edge.simulator.people.atlas import CROP, SCENE, Atlas
from rise_edge.simulator.people.expression import Expression, express
from rise_edge.simulator.people.eyes import Look
from rise_edge.simulator.people.head import Head, head_of
from rise_edge.simulator.people.person import POPULATIONS, Person, Population, person_of

__all__ = [
    "CROP",
    "POPULATIONS",
    "SCENE",
    "Atlas",
    "Expression",
    "Head",
    "Look",
    "Person",
    "Population",
    "express",
    "head_of",
    "person_of",
]
