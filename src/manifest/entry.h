#pragma once

#include "manifest/manifest.h"
#include "program/streamer_program.h"

namespace streams::manifest {

/// A program that runs a manifest, which outlives it. `more` are settings beside the manifest's.
StreamerEntry entry_of(const Manifest& manifest, std::vector<std::string> examples,
                       std::vector<Setting> more = {});

}  // namespace streams::manifest
