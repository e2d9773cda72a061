#pragma once

#include <string>
#include <vector>

#include "streams/error.h"
#include "tests/github/replay.h"

namespace streams::replay {

/// Reads `FOLDER/SCENARIO/normalized-fixture.json` of the scenarios named, or of all.
Result<std::vector<Recorded>> read_recordings(const std::string& folder,
                                              const std::vector<std::string>& scenarios);

}  // namespace streams::replay
