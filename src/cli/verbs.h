#pragma once

#include <string>
#include <vector>

namespace streams {

/// The whole of `streams VERB ...`. A verb that is not built in is the program `streams-VERB`,
/// beside this one or on the PATH. Gives the exit status.
int run_verb(const std::vector<std::string>& arguments);

}  // namespace streams
