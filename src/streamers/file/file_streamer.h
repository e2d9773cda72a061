#pragma once

#include "program/streamer_program.h"

namespace streams::file_source {

/// Reads CSV, JSON lines and Parquet: a file, a folder, a pattern.
///
/// **Promise.** No value changes: what is a number in CSV is one by the one text of it. STATE says
/// of each file how far it has been read; a plain file that has grown goes on there, and one that
/// was rewritten is read again, which is said.
StreamerEntry entry();

}  // namespace streams::file_source
