#pragma once

#include "manifest/page_reader.h"
#include "program/streamer_program.h"

namespace streams::manifest {

/// Reads the streams that the catalog selects and writes them.
///
/// **Promise.** A schema comes before the records of its stream, and only once the other side has
/// answered. A bookmark is never ahead of what was written: it moves when all of a window of a
/// partition is written, and STATE follows. What is read again for `since` comes again.
Result<> sync(const Manifest& manifest, const Settings& settings, const StreamerInput& input,
              World& world, Output& output);

/// Asks for the first page of what the manifest wants checked.
Result<> check(const Manifest& manifest, const Settings& settings, World& world);

}  // namespace streams::manifest
