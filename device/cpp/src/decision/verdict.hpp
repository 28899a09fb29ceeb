// Verdict: LIVE, SPOOF, or UNDECIDED with its reason.
#pragma once

#include "rise_edge.h"

namespace rise {

// A rise_verdict without its size, which only its caller knows.
struct Verdict {
  rise_outcome outcome = RISE_UNDECIDED;
  rise_reason reason = RISE_NO_REASON;
  rise_reading reading = {};
};

}  // namespace rise
