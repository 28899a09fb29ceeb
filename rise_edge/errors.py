"""What can go wrong, each with the exit code that the command line gives for it."""


class RiseEdgeError(Exception):
    """Base of every error that this library raises on purpose.

    The message is one line: what was expected, what came, what to do.

    Example:
        >>> import rise_edge
        >>> try:
        ...     rise_edge.load("nowhere")
        ... except RiseEdgeError as error:
        ...     print(error.exit_code)
        4
    """

    exit_code = 1


class CameraError(RiseEdgeError):
    """A camera, a recording or an image folder cannot be opened or read.

    Example:
        >>> from rise_edge.cameras import open_camera
        >>> try:
        ...     open_camera("nowhere")
        ... except CameraError as error:
        ...     print(error.exit_code)
        3
    """

    exit_code = 3


class UnusableImageError(CameraError):
    """An image of a folder cannot be read, or is not of the kind or size that it must have."""


class BundleError(RiseEdgeError):
    """A model bundle is missing, incomplete, altered or of an unknown format.

    Example:
        >>> import rise_edge
        >>> try:
        ...     rise_edge.load("nowhere")
        ... except BundleError as error:
        ...     print(str(error)[:46])
        expected a model bundle folder at nowhere, fou
    """

    exit_code = 4


class TrustError(RiseEdgeError):
    """A signature is missing or not its owner's, a version is too old, or a key cannot be used."""

    exit_code = 10


class SiteError(RiseEdgeError):
    """A site file is missing, malformed, or of another bundle, runtime or modality set."""

    exit_code = 11


class OpinionError(RiseEdgeError):
    """A second opinion's model or description is missing or malformed, or the model fails."""

    exit_code = 12


class MissingExtraError(RiseEdgeError):
    """An optional dependency is not installed; the message names the extra."""

    exit_code = 5


class OutputError(RiseEdgeError):
    """An output file cannot be written."""

    exit_code = 6


class CacheError(RiseEdgeError):
    """Rendered crops on disk are incomplete, altered or of another version."""

    exit_code = 7


class GuidanceError(RiseEdgeError):
    """The texts of a language are missing, incomplete or malformed."""

    exit_code = 2


class ConfigError(RiseEdgeError):
    """The kiosk's flags or its configuration file hold a wrong value, or two that do not agree."""

    exit_code = 2


class AuditError(RiseEdgeError):
    """The audit of sessions cannot be opened, read or written."""

    exit_code = 8


class WebError(RiseEdgeError):
    """The page or the monitoring port cannot be served."""

    exit_code = 9
