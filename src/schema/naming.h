#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace streams {

/// A destination's rules for the names of columns.
struct Naming {
    bool folds_case = false;                       ///< `Id` and `ID` are one name there (ASCII).
    std::size_t name_bytes_max = 0;                ///< 0: any length.
    bool takes_empty = false;                      ///< An empty name is a name.
    std::string forbidden = std::string(1, '\0');  ///< Bytes that no name may hold.
    std::vector<std::string> reserved;             ///< Names that columns cannot have.
};

}  // namespace streams
