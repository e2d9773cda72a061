#pragma once

#include <string>
#include <string_view>

#include "streams/error.h"

namespace streams {

/// The state without what it knows of one stream, so that this stream starts from the beginning and
/// the others go on. Knows the flat map of streams, the same per repository, Singer's bookmarks and
/// the list of the Airbyte CDK.
///
/// **Errors.** Config `state-layout`: none of these. Numbers may be spelled anew.
Result<std::string> without_stream(std::string_view text, const std::string& stream);

/// The latest point in time that the state holds, to the minute: `2022-07-05 13:45`; empty: none.
std::string latest_time_of(std::string_view state);

}  // namespace streams
