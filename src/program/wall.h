#pragma once

#include <functional>

namespace streams {

/// Runs a program's body behind the wall: 0 to 2 are open, SIGPIPE and SIGXFSZ are ignored, and an
/// exception that a library let through is a CRITICAL line and status 1.
int behind_wall(const std::function<int()>& body);

}  // namespace streams
