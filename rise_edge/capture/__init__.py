"""The capture loop: from a camera to events.

>>> import rise_edge.capture
>>> checker = rise_edge.load()
>>> with rise_edge.capture.open_camera("simulated") as camera:
...     for event in rise_edge.capture.sessions(camera, checker):
...         print(event.result.truth.species, event.verdict)
...         break
replay_lcd SPOOF
"""

from rise_edge.cameras import list_cameras, open_camera
from rise_edge.cameras.camera import Camera
from rise_edge.capture.events import Event
from rise_edge.capture.loop import SessionEnded, Step, run, sessions

__all__ = [
    "Camera",
    "Event",
    "SessionEnded",
    "Step",
    "list_cameras",
    "open_camera",
    "run",
    "sessions",
]
