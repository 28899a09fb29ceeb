"""Which tests pytest-xdist gives to one worker."""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

ONE_WORKER = ("tests/quantize/",)
"""Folders whose modules share what takes seconds to make: an int8 model, torch's exporter."""


class Scopes(LoadScopeScheduling):
    """The tests of a module; of some folders, all of them."""

    def _split_scope(self, nodeid: str) -> str:
        folder = next((folder for folder in ONE_WORKER if nodeid.startswith(folder)), None)
        return folder or super()._split_scope(nodeid)
