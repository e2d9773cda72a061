#pragma once

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "base/file.h"
#include "base/process.h"
#include "streams/error.h"

namespace streams {

/// A file without a name that holds arguments for `--arguments-fd` of our programs. A command line
/// is shown to everyone on the machine; this is not.
Result<Descriptor> hide_arguments(const std::vector<std::string>& hidden);

/// Each is `--flag=value`; none: the program cannot read them in that way.
using HiddenArguments = std::optional<std::vector<std::string>>;

/// As `spawn`, and hands the program `hidden` in that way.
Result<pid_t> spawn_hiding(SpawnPlan plan, const HiddenArguments& hidden);

}  // namespace streams
