#pragma once

#include <string>
#include <vector>

namespace streams {

/// The whole of `streams run`; `arguments` are those behind the word. Gives the exit status.
int run_command(const std::vector<std::string>& arguments, const std::string& version);

}  // namespace streams
