#pragma once

#include <span>
#include <string_view>

namespace streams {

/// What `streams explain ID` says about an error's id.
struct Explanation {
    std::string_view id;
    std::string_view text;  ///< Two or three sentences.
};

/// All of them, in the order of their ids.
std::span<const Explanation> explanations();

/// Null: nobody knows the id.
const Explanation* explanation_of(std::string_view id);

}  // namespace streams
