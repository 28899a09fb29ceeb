"""What to say where a package of the extra `import` is missing."""

from __future__ import annotations

from rise_edge.errors import MissingExtraError


def missing_extra(what: str, package: str) -> MissingExtraError:
    """The error for a package that is not installed.

    Args:
        what: kind of file that needs it.
        package: name of the package.
    """
    return MissingExtraError(
        f"{what} needs {package}; install it with `pip install 'rise-edge[import]'`"
    )
