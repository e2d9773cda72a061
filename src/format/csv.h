#pragma once

#include <memory>
#include <string>
#include <vector>

#include "format/encoder.h"
#include "streams/schema.h"

namespace streams {

/// How CSV is written. What stands here by default is RFC 4180.
struct CsvStyle {
    char delimiter = ',';
    bool has_header = true;
    std::string line_end = "\r\n";
    std::string null_text;         ///< Stands for null, never in quotes; a text that equals it is.
    bool guards_formulas = false;  ///< A text that a spreadsheet would run gets a `'` in front.
};

/// CSV of `fields`: values as format/value_text.h says, quoted where they need it. A text that is
/// empty, or equal to `null_text`, is quoted, so that it differs from null.
std::unique_ptr<Encoder> make_csv_encoder(const std::vector<Field>& fields, CsvStyle style,
                                          ByteSink sink);

}  // namespace streams
