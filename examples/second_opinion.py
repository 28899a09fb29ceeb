"""A second opinion by hand: `python examples/second_opinion.py PICTURE MODEL.onnx ...`."""

# [embed]
import sys

import cv2

import rise_edge

picture, *models = sys.argv[1:]
opinion = rise_edge.SecondOpinion(models)  # each with its MODEL.json, or named as a MiniFASNet
colour = cv2.cvtColor(cv2.imread(picture), cv2.COLOR_BGR2RGB)
for face in rise_edge.FaceDetector().detect(colour):
    for one in opinion.judge(colour, face):
        print(one.family, f"attack score {one.score:.3f}", "denies" if one.denies else "lets pass")

checker = rise_edge.load(second_opinion=opinion)  # LIVE is SPOOF from now on where it denies
# [/embed]
