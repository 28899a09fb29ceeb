"""Judge each frame of a folder, then the same pictures as plain arrays: `python quickstart.py`."""

from pathlib import Path

import rise_edge

FRAMES = Path(__file__).parent / "frames"  # ten frames of a living person, ten of a print

# [embed]
checker = rise_edge.load()  # the shipped demonstration bundle; or load("path/to/bundle")
with rise_edge.cameras.open_camera(str(FRAMES)) as camera:  # or "realsense", or "simulated"
    while frame := camera.read():
        print(checker.check(frame))  # LIVE, SPOOF, or UNDECIDED(reason)
# [/embed]

with rise_edge.cameras.open_camera(str(FRAMES)) as camera:
    frame = camera.read()
assert frame.colour is not None
assert frame.depth is not None
assert frame.infrared is not None
own = rise_edge.Frame.from_arrays(
    colour=frame.colour.pixels,
    depth_mm=frame.depth.pixels,
    infrared=frame.infrared.pixels,
    intrinsics=frame.colour.viewpoint.intrinsics,
)
print(checker.check(own))
