#pragma once

#include <string>

#include "streams/error.h"
#include "streams/schema.h"

namespace streams {

/// Why columns that are frozen cannot take `wanted`: there is none of its kind (`have` is null),
/// or `have` is too narrow. Data `schema-frozen`.
Error frozen_error(const std::string& stream, const Field& wanted, const Field* have,
                   bool is_new_field);

/// A later SCHEMA lacks a field that it declared before. Data `schema-frozen`.
Error frozen_field_gone(const std::string& stream, const std::string& path);

}  // namespace streams
