#pragma once

#include <memory>
#include <string>

#include "storage/storage.h"

namespace streams {

/// A folder of files. It is made, with those above it, at the first write, not before.
///
/// **Promise.** Objects appear by rename after an fsync of their bytes; nothing is written through
/// a symbolic link or outside the folder, whatever a name or a planted link says. Unfinished
/// objects have names that begin with `.`, in the folder of the object.
std::unique_ptr<Storage> make_local_storage(std::string root);

}  // namespace streams
