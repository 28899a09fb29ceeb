"""Guidance: what to tell the person, in their language; one file of texts a language."""

from rise_edge.guidance.guide import MAX_CHARACTERS, MESSAGES, Guide, languages, load_guide
from rise_edge.guidance.prompter import Prompter

__all__ = ["MAX_CHARACTERS", "MESSAGES", "Guide", "Prompter", "languages", "load_guide"]
