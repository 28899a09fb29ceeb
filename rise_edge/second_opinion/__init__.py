"""Second opinion: models that others trained on real data, which may deny and never accept."""

from rise_edge.decision.opinion import Opinion, denied, over_session
from rise_edge.second_opinion.description import OpinionDescription, read_description
from rise_edge.second_opinion.second_opinion import SecondOpinion

__all__ = [
    "Opinion",
    "OpinionDescription",
    "SecondOpinion",
    "denied",
    "over_session",
    "read_description",
]
