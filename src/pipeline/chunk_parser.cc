#include "pipeline/chunk_parser.h"

#include <utility>

#include "message/line_splitter.h"
#include "receipt/row_hash.h"

namespace streams {
namespace {

// Columns may take up twice the bytes of their records, and a little.
constexpr std::size_t kColumnsPerByte = 2;
constexpr std::size_t kColumnsFree = std::size_t{64} << 10;

// Whether what follows is parsed for the wrong columns, whatever the sequencer makes of the line.
bool changes_plans(const Message& message, Verdict verdict) {
    return message.type == MessageType::Record &&
           (verdict == Verdict::Unknown || verdict == Verdict::Stale);
}

}  // namespace

ParsedChunk ChunkParser::parse(Chunk chunk, const std::shared_ptr<const Plans>& plans) {
    ParsedChunk parsed;
    parsed.chunk = std::move(chunk);
    follow(plans);
    parse_lines(parsed);
    hand_over(parsed);
    return parsed;
}

// Builders of shapes that are still the same keep what they have learned of the records.
void ChunkParser::follow(const std::shared_ptr<const Plans>& plans) {
    if (plans == plans_) return;
    std::unordered_map<const Shape*, Slot> known;
    for (Slot& slot : slots_) {
        const Shape* shape = slot.shape.get();
        known.emplace(shape, std::move(slot));
    }
    slots_.clear();
    slot_of_.clear();
    last_ = nullptr;
    records_ = std::make_unique<Records>();
    for (const auto& shape : plans->shapes) {
        const auto found = known.find(shape.get());
        if (found != known.end()) {
            slots_.push_back(std::move(found->second));
        } else {
            slots_.push_back({.shape = shape,
                              .builder = std::make_unique<BatchBuilder>(*shape, takes_),
                              .changes = {}});
        }
        slot_of_[slots_.back().builder.get()] = slots_.size() - 1;
        records_->reader.add(*slots_.back().builder);
    }
    plans_ = plans;
}

void ChunkParser::parse_lines(ParsedChunk& parsed) {
    const std::size_t bytes_max = parsed.chunk.size * kColumnsPerByte + kColumnsFree;
    LineSplitter lines(parsed.chunk);
    ParsedChunk::Part part;
    while (true) {
        const std::size_t begin = lines.position();
        const auto line = lines.next();
        if (!line) break;
        records_->reader.begin(lines.lines());
        const auto message = parser_.parse(*line, *records_);
        const auto verdict = records_->reader.verdict();
        if (message && verdict == Verdict::Stored) {
            add_row(parsed);
            ++part.lines;
            if (bytes_ <= bytes_max) continue;
            part.line = part.end = lines.position();
            end_part(parsed, part, true);
            return;
        }
        if (message && (*message)->type == MessageType::Nothing) {
            ++part.lines;
            continue;
        }
        part.line = begin;
        part.line_size = line->size();
        part.end = lines.position();
        const bool is_last = !message || changes_plans(**message, verdict);
        end_part(parsed, part, is_last || (*message)->type != MessageType::State);
        part = {.begin = parsed.end};
        if (is_last) return;
    }
    part.line = part.end = parsed.chunk.size;
    if (part.begin != part.end) end_part(parsed, part, true);
}

void ChunkParser::add_row(ParsedChunk& parsed) {
    const BatchBuilder* const builder = records_->reader.builder();
    if (builder != last_) {
        last_ = builder;
        last_slot_ = slot_of_.find(builder)->second;
    }
    Slot& slot = slots_[last_slot_];
    if (slot.rows++ == 0) {
        touched_.push_back(last_slot_);
        if (slot.position < 0) {
            slot.position = static_cast<std::int32_t>(parsed.streams.size());
            parsed.streams.push_back({.shape = slot.shape, .batch = {}});
            streams_.push_back(last_slot_);
        }
    }
    const std::size_t bytes = builder->bytes();
    bytes_ += bytes - std::exchange(slot.bytes, bytes);
}

void ChunkParser::end_part(ParsedChunk& parsed, ParsedChunk::Part part, bool with_changes) {
    for (const std::size_t index : touched_) {
        Slot& slot = slots_[index];
        parsed.counts.push_back(
            {static_cast<std::uint32_t>(slot.position), std::exchange(slot.rows, 0)});
    }
    touched_.clear();
    part.counts = parsed.counts.size();
    for (std::size_t i = 0; with_changes && i < streams_.size(); ++i) {
        Slot& slot = slots_[streams_[i]];
        const auto& now = slot.builder->changes();
        if (now == slot.changes) continue;
        slot.changes.resize(now.size());
        ParsedChunk::Changed changed{.stream = i, .columns = now};
        for (std::size_t column = 0; column < now.size(); ++column) {
            changed.columns[column].cut_digits -= slot.changes[column].cut_digits;
            changed.columns[column].local_times -= slot.changes[column].local_times;
        }
        slot.changes = now;
        parsed.changes.push_back(std::move(changed));
    }
    part.changes = parsed.changes.size();
    parsed.parts.push_back(part);
    parsed.end = part.end;
}

void ChunkParser::hand_over(ParsedChunk& parsed) {
    for (std::size_t i = 0; i < streams_.size(); ++i) {
        Slot& slot = slots_[streams_[i]];
        parsed.streams[i].bytes = std::exchange(slot.bytes, 0);
        parsed.streams[i].batch = slot.builder->take();
        add_hashes(parsed.streams[i].batch, slot.shape->stream().fields, takes_.hashes);
        slot.position = -1;
    }
    streams_.clear();
    bytes_ = 0;
}

}  // namespace streams
