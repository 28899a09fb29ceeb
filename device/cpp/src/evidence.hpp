// Evidence: what a crop must be before a model may judge it. Nothing here can make a verdict LIVE.
#pragma once

#include "rise_edge.h"

namespace rise {

// What is wrong with a crop, RISE_NO_REASON if nothing is: the limits and the order of Python's
// `rise_edge.evidence`. Darkness is looked for in the crop, in Python in the whole picture.
rise_reason examine_crop(const rise_crop& crop);

}  // namespace rise
