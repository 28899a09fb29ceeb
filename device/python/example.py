"""From a bundle to verdicts in Python: `python device/python/example.py`."""

# [embed]
import rise_edge
import rise_edge.capture

checker = rise_edge.load()  # the shipped demonstration bundle; or load("path/to/bundle")
with rise_edge.capture.open_camera("simulated") as camera:  # or "realsense"
    for event in rise_edge.capture.sessions(camera, checker):  # for ever: Ctrl-C ends it
        print(event.verdict, event.reason, event.margin, flush=True)
# [/embed]
