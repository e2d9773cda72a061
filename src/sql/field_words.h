#pragma once

#include <optional>
#include <string_view>

#include "streams/schema.h"

namespace streams::sql {

/// The words by which `_streams_columns` and `_streams_tables` remember what a stream's parts are.
/// They are kept in databases: none ever changes its meaning.
std::string_view word_of(Kind kind);
std::string_view word_of(Type type);
std::string_view word_of(Origin origin);
std::string_view word_of(Load load);

/// None for a word of a later release.
std::optional<Kind> kind_of(std::string_view word);
std::optional<Type> type_of(std::string_view word);
std::optional<Origin> origin_of(std::string_view word);
std::optional<Load> load_of(std::string_view word);

}  // namespace streams::sql
