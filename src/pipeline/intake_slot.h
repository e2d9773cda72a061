#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/intake.h"

namespace streams {

/// One stream: its columns, the builder of its open batch, and how far it is.
struct Intake::Slot {
    explicit Slot(Shape made, Takes takes) : shape(std::move(made)), builder(shape, takes) {}

    Shape shape;
    BatchBuilder builder;
    std::shared_ptr<const Stream> stream;  // As of `revision`; made when a batch is closed.
    std::uint64_t revision = 0;
    std::size_t bytes = 0;       // Of the builder, as counted in Intake::bytes_.
    std::uint64_t records = 0;   // Of the whole run.
    std::string inline_schema;   // Of the last RECORD that carried one.
    bool has_handed_on = false;  // Any item yet: a table that is replaced needs one.

    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
    std::shared_ptr<const Shape> snapshot;  // Of the shape, for parsers on other threads.
    std::size_t last_item = kNone;          // Of closed_, made of rows that were adopted.
    std::size_t last_item_bytes = 0;
    std::vector<Changes> adopted;  // In rows that were adopted.
};

/// Adds `more` to `changes`, column by column.
inline void add_changes(std::vector<Changes>& changes, const std::vector<Changes>& more) {
    if (changes.size() < more.size()) changes.resize(more.size());
    for (std::size_t i = 0; i < more.size(); ++i) {
        changes[i].cut_digits += more[i].cut_digits;
        changes[i].local_times += more[i].local_times;
    }
}

}  // namespace streams
