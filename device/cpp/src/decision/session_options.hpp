// Session options: the limits of a session, with the defaults and ranges of Python's `SessionConfig`.
#pragma once

#include "rise_edge.h"

namespace rise {

rise_session_options default_options();

// The same options. Throws Failure where Python's `SessionConfig` raises ValueError.
rise_session_options expect_options(const rise_session_options& options);

}  // namespace rise
