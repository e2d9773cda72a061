#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace streams::file_source {

/// What a column of CSV holds, found from all of its values, so that none of them changes: a column
/// is of numbers only if each value is the one text of its number. What begins with a zero, a plus,
/// or holds a blank is text; so are dates. Values with zeros at their end are numbers where all
/// have as many digits behind the point: `1.50`, `2.00`.
class ColumnGuess {
 public:
    enum class Kind : std::uint8_t { Nothing, Boolean, Integer, Decimal, Number, Text };

    ColumnGuess() = default;

    /// From `word`, as the state has it; Nothing for an unknown one.
    static ColumnGuess of_word(std::string_view word);

    /// `integer`, `decimal 2`, ...; empty for Nothing.
    std::string word() const;

    /// Takes a value that is not null into account.
    void add(std::string_view value);

    /// What holds the values of both; those of `earlier` have been sent already.
    void follow(const ColumnGuess& earlier);

    Kind kind() const;

    /// JSON Schema; empty for Nothing.
    std::string schema() const;

 private:
    enum class Seen : std::uint8_t { None, Boolean, Numeric, Text };

    void add_number(std::string_view value);

    Seen seen_ = Seen::None;
    bool has_fraction_ = false;
    bool has_zeros_ = false;  // At the end of a fraction.
    bool is_uniform_ = true;  // All have as many digits behind the point.
    std::size_t scale_ = 0;
    bool is_first_ = true;
};

}  // namespace streams::file_source
