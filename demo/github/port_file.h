#pragma once

#include <string>

#include "streams/error.h"

namespace streams::demo {

/// The port that this server had last time; 0 if the file is missing or holds none.
int read_port(const std::string& file);

/// Writes the port, and makes the folder where it is missing.
Result<> write_port(const std::string& file, int port);

}  // namespace streams::demo
