#pragma once

#include <cstdint>
#include <string_view>

namespace streams {

/// What becomes of a keyword of a schema.
enum class Keyword : std::uint8_t {
    Checked,     ///< Values are held to it, or it steers what they are held to.
    Annotation,  ///< It says nothing about what is valid.
    Unknown,     ///< Neither: a schema that has it is refused, by name.
};

/// A name with a mark that no keyword of JSON Schema has (`x-rank`, `sql_type`, `singer.decimal`)
/// is an annotation.
Keyword keyword_of(std::string_view name);

/// Which schemas are in a keyword's value.
enum class Parts : std::uint8_t {
    None,
    One,    ///< It is a schema; `items` also an array of them.
    Many,   ///< It is an array of schemas.
    Named,  ///< It is an object whose members are schemas.
};
Parts parts_of(std::string_view name);

}  // namespace streams
