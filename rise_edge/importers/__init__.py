"""Importers: recordings that others made, as folders that `--camera FOLDER` reads.

`open_recording` recognises what it is given and returns a `Recording`; `write_recording` makes the
folder of it. What brings its own decoder (RealSense .bag, HEIC) needs the extra `import`.
"""

from rise_edge.importers.folder import write_recording
from rise_edge.importers.recording import ImportedImage, Recording
from rise_edge.importers.source import ImportOptions, open_recording

__all__ = ["ImportOptions", "ImportedImage", "Recording", "open_recording", "write_recording"]
