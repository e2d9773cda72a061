#pragma once

#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "batch/batch_reader.h"
#include "message/message_parser.h"
#include "pipeline/parsed_chunk.h"

namespace streams {

/// Parses chunks, one after another, against the plans that each comes with.
///
/// **Threads.** One parser a thread.
class ChunkParser {
 public:
    explicit ChunkParser(Takes takes) : takes_(takes) {}

    /// Stops early where going on would be wasted: at a line that changes a stream for sure, or
    /// where the columns outgrow their bytes (few of many columns are filled).
    ParsedChunk parse(Chunk chunk, const std::shared_ptr<const Plans>& plans);

 private:
    // Rows whose message changes their stream are not taken.
    class Records final : public RecordReader {
     public:
        Result<> read(std::string_view stream, simdjson::ondemand::object& record,
                      simdjson::ondemand::parser& parser) override {
            return reader.read(stream, record, parser);
        }
        Result<> finish(const Message& message) override {
            if (message.schema.empty()) return reader.finish(message);
            reader.discard();
            return {};
        }
        void discard() override { reader.discard(); }

        BatchReader reader;
    };

    struct Slot {
        std::shared_ptr<const Shape> shape;
        std::unique_ptr<BatchBuilder> builder;
        std::size_t bytes = 0;         // Of the builder.
        std::uint32_t rows = 0;        // Since the last part.
        std::int32_t position = -1;    // Among the streams of this chunk.
        std::vector<Changes> changes;  // As they were reported last.
    };

    void follow(const std::shared_ptr<const Plans>& plans);
    void parse_lines(ParsedChunk& parsed);
    void add_row(ParsedChunk& parsed);
    void end_part(ParsedChunk& parsed, ParsedChunk::Part part, bool with_changes);
    void hand_over(ParsedChunk& parsed);

    Takes takes_;
    MessageParser parser_{false};
    std::unique_ptr<Records> records_;
    std::shared_ptr<const Plans> plans_;
    std::vector<Slot> slots_;
    std::unordered_map<const BatchBuilder*, std::size_t> slot_of_;
    const BatchBuilder* last_ = nullptr;
    std::size_t last_slot_ = 0;
    std::vector<std::size_t> touched_;  // Slots that have rows in this part.
    std::vector<std::size_t> streams_;  // The slot of each of the chunk's streams.
    std::size_t bytes_ = 0;             // Of all builders.
};

}  // namespace streams
