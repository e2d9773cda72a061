#pragma once

#include <string>
#include <vector>

namespace streams::manifest {

/// The FILE of `--manifest FILE` or `--manifest=FILE`; empty: there is none. It is needed before
/// the command line can be read, because the manifest says which settings there are.
std::string manifest_argument(const std::vector<std::string>& arguments);

}  // namespace streams::manifest
