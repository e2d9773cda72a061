#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "streams/error.h"

namespace streams {

/// A catalog with the wanted streams selected.
struct SelectedCatalog {
    std::string text;  ///< JSON, for `--catalog` or `--properties`.
    std::size_t discovered = 0;
    std::size_t selected = 0;
};

/// Selects the streams whose name or `tap_stream_id` matches one of `patterns` (all without any)
/// and none of those that begin with `!`; others are unselected. Each selected stream is marked in
/// both ways that taps know: `selected` in the metadata of its root, and in its schema. Its
/// available fields are selected unless the tap says otherwise; an unset replication method is
/// FULL_TABLE.
///
/// **Errors.** Config `stream-unknown`: a pattern matches nothing, `nothing-selected`; Data
/// `catalog`.
Result<SelectedCatalog> select_streams(std::string_view catalog,
                                       const std::vector<std::string>& patterns);

/// Whether the catalog has each of `names`, which were given with `flag`; what is no catalog is not
/// asked. **Errors.** Config `stream-unknown`.
Result<> check_streams(std::string_view catalog, const std::vector<std::string>& names,
                       std::string_view flag);

}  // namespace streams
