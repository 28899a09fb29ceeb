"""Judge each frame of a folder, then the same pictures as plain arrays.

In the root of the checkout: `python examples/quickstart.py`. The folder holds ten frames of a
living person and ten of a print.
"""

# [embed]
import rise_edge

checker = rise_edge.load()  # the shipped demonstration bundle; or load("path/to/bundle")
with rise_edge.cameras.open_camera("examples/frames") as camera:  # or "realsense", "simulated"
    while frame := camera.read():
        print(checker.check(frame))  # LIVE, SPOOF, or UNDECIDED(reason)
# [/embed]

with rise_edge.cameras.open_camera("examples/frames") as camera:
    first = camera.read()
assert first is not None
assert first.colour is not None
assert first.depth is not None
assert first.infrared is not None
own = rise_edge.Frame.from_arrays(
    colour=first.colour.pixels,
    depth_mm=first.depth.pixels,
    infrared=first.infrared.pixels,
    intrinsics=first.colour.viewpoint.intrinsics,
)
print(checker.check(own))
