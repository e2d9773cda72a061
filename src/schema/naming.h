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
    std::size_t name_bytes_max = 0;                ///< 0: any length; else at least 32.
    bool takes_empty = false;                      ///< An empty name is a name.
    std::string forbidden = std::string(1, '\0');  ///< Bytes that no name may hold.
    std::vector<std::string> reserved;             ///< Names that columns cannot have.
};

/// The names that the columns of one table have taken.
///
/// A member keeps its own name wherever the destination can hold it and it is free. Else it gets a
/// readable short form with a hash of the member's name, which is the same in every run.
class Names {
 public:
    explicit Names(const Naming& naming);

    /// Takes a stored column's name as it is.
    void take(std::string_view name);

    /// The name for the member `path`, or for its split column with `suffix`.
    std::string choose(std::string_view path, std::string_view suffix);

    /// The name for a column of ours: `own`, unless a member had it first.
    std::string choose_own(std::string_view own);

 private:
    bool is_free(std::string_view name) const;
    bool can_hold(std::string_view name) const;
    std::string short_form(std::string_view wanted, std::string_view hashed);
    std::string folded(std::string_view name) const;

    Naming naming_;
    std::unordered_set<std::string> reserved_;
    std::unordered_set<std::string> taken_;
};

}  // namespace streams
