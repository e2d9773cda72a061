// The half of Intake that works with parsers on other threads.

#include <algorithm>
#include <cstring>
#include <utility>

#include "batch/append.h"
#include "pipeline/intake.h"
#include "pipeline/intake_slot.h"

namespace streams {
namespace {

// Every chunk in flight has memory for some rows of each column.
constexpr std::size_t kColumnsMax = 2'000;

// Rows of a stream are put together up to this; what is larger stays as it is, uncopied.
constexpr std::size_t kItemBytes = std::size_t{1} << 20;
constexpr std::size_t kUncopiedBytes = kItemBytes / 4;

// Numbers that were counted within a chunk, of which some lines came before.
void move_lines(Column& numbers, std::uint64_t before) {
    for (std::size_t row = 0; row < numbers.rows; ++row) {
        const auto number = numbers.integer(row) + static_cast<std::int64_t>(before);
        std::memcpy(numbers.values.data() + row * sizeof number, &number, sizeof number);
    }
}

}  // namespace

std::shared_ptr<const Plans> Intake::plans() {
    if (parser_.is_in_header() || options_.limit != 0 || slots_.empty()) return nullptr;
    std::size_t columns = 0;
    for (const auto& [name, slot] : slots_) {
        // Parsers on other threads do not know how many records came before.
        if (slot->shape.policy().sequence || slot->shape.policy().received_at) return nullptr;
        columns += slot->shape.stream().fields.size();
    }
    if (columns > kColumnsMax) return nullptr;
    bool is_same = plans_ != nullptr && plans_->shapes.size() == slots_.size();
    for (auto& [name, slot] : slots_) {
        if (slot->snapshot && slot->snapshot->revision() == slot->shape.revision()) continue;
        slot->snapshot = std::make_shared<const Shape>(slot->shape);
        is_same = false;
    }
    if (is_same) return plans_;
    Plans now;
    now.shapes.reserve(slots_.size());
    for (const auto& [name, slot] : slots_) now.shapes.push_back(slot->snapshot);
    plans_ = std::make_shared<const Plans>(std::move(now));
    return plans_;
}

bool Intake::adopt(ParsedChunk& parsed, std::size_t part, std::uint64_t lines_before) {
    const auto& now = parsed.parts[part];
    const ParsedChunk::Part before = part == 0 ? ParsedChunk::Part{} : parsed.parts[part - 1];
    const auto slot_of = [&](const ParsedChunk::Rows& rows) -> Slot& {
        return *slots_.find(rows.shape->stream().name)->second;
    };
    for (std::size_t i = before.counts; i < now.counts; ++i) {
        const auto& rows = parsed.streams[parsed.counts[i].stream];
        if (slot_of(rows).shape.revision() != rows.shape->revision()) return false;
    }
    for (std::size_t i = before.counts; i < now.counts; ++i) {
        auto& rows = parsed.streams[parsed.counts[i].stream];
        if (rows.taken == 0) {
            rows.batch.first_line += lines_before;
            rows.batch.last_line += lines_before;
            move_lines(rows.batch.line_numbers, lines_before);
        }
        adopt_rows(slot_of(rows), rows, parsed.counts[i].rows);
    }
    for (std::size_t i = before.changes; i < now.changes; ++i) {
        const auto& changed = parsed.changes[i];
        add_changes(slot_of(parsed.streams[changed.stream]).adopted, changed.columns);
    }
    return true;
}

void Intake::adopt_rows(Slot& slot, ParsedChunk::Rows& rows, std::size_t count) {
    close(slot);  // What was taken line by line comes first.
    slot.records += count;
    slot.has_handed_on = true;
    const std::size_t bytes = rows.bytes * count / rows.batch.rows;
    bytes_ += bytes;
    const bool is_whole = count == rows.batch.rows;
    const bool joins =
        slot.last_item < closed_.size() && closed_[slot.last_item].stream == slot.stream &&
        !closed_[slot.last_item].batch.activate_version &&
        slot.last_item_bytes + bytes <= kItemBytes && !(is_whole && bytes >= kUncopiedBytes);
    if (!joins) {
        slot.last_item = closed_.size();
        slot.last_item_bytes = 0;
        closed_.push_back({slot.stream, {}});
    }
    slot.last_item_bytes += bytes;
    Batch& batch = closed_[slot.last_item].batch;
    if (is_whole && !joins) {
        batch = std::move(rows.batch);
        return;
    }
    if (batch.rows == 0) batch.first_line = rows.batch.first_line;
    append_rows(batch, rows.batch, rows.taken, count);
    batch.last_line = rows.batch.last_line;
    rows.taken += count;
}

}  // namespace streams
