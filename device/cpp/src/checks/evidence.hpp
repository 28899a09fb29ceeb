// Evidence: what a crop and its face must be before a model may judge them. Nothing here can make a verdict LIVE.
#pragma once

#include "rise_edge.h"

namespace rise {

// What is wrong with a crop, RISE_NO_REASON if nothing is: the limits and the order of Python's
// `rise_edge.checks.evidence`. Darkness is looked for in the crop, in Python in the whole picture.
rise_reason examine_crop(const rise_crop& crop);

// RISE_TURNED for a face that is rolled further than Python's `rise_edge.checks.quality` lets pass, else
// RISE_NO_REASON. Which eye is called the right one does not matter: the mouth says what is below.
rise_reason examine_face(const rise_face& face);

}  // namespace rise
