#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace streams {

/// The part of a line that an error is about, with a mark under it:
///
///     17 | {"type":"RECORD","stream":"orders","record":{"total":"12,50"}}
///        |                                                      ^^^^^^^
///
/// `column` is counted from 0; -1: unknown, and there is no mark. ASCII, at most 100 columns wide.
std::string excerpt(std::string_view line, std::uint64_t number, std::int64_t column,
                    std::size_t length);

}  // namespace streams
