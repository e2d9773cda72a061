#pragma once

#include <string_view>
#include <vector>

namespace streams {

/// What `streams explain ID` says about an error's id.
struct Explanation {
    std::string_view id;
    std::string_view text;  ///< Two or three sentences.
};

/// All of them, in the order of their ids.
const std::vector<Explanation>& explanations();

/// Null: nobody knows the id.
const Explanation* explanation_of(std::string_view id);

}  // namespace streams
