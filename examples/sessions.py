"""Verdicts over the frames of each person, as at a door: `python examples/sessions.py`."""

# [embed]
import rise_edge

checker = rise_edge.load()  # the shipped demonstration bundle; or load("path/to/bundle")
with rise_edge.cameras.open_camera("simulated") as camera:  # or "realsense"
    for event in rise_edge.capture.sessions(camera, checker):  # for ever: Ctrl-C ends it
        print(event.verdict, event.reason, event.margin, flush=True)
# [/embed]
