#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "batch/batch_builder.h"
#include "batch/batch_reader.h"
#include "message/message_parser.h"
#include "pipeline/batch_in_flight.h"
#include "pipeline/parsed_chunk.h"
#include "pipeline/run_options.h"
#include "schema/shape.h"
#include "streams/persister.h"

namespace streams {

/// What a destination wants, as data.
struct IntakeOptions {
    Takes takes;
    bool merges = true;  ///< Can update a row by its key.
    Naming naming;
    std::string input_name;  ///< Of a file; empty: standard input.
};

/// Lines in, rows out: holds the open segment, which is what came since the last STATE.
///
/// Schemas, columns and builders of all streams live here; they grow as the lines ask.
class Intake {
 public:
    using Stored = std::function<Result<std::vector<Field>>(const std::string& stream)>;

    /// `options` outlives this object. `stored` asks the destination for the columns it has.
    Intake(const RunOptions& options, IntakeOptions how, Stored stored);
    ~Intake();
    Intake(const Intake&) = delete;
    Intake& operator=(const Intake&) = delete;

    /// Takes one line (see `MessageParser::parse` for the bytes behind it). A STATE's value is the
    /// answer, unless it is null, which says nothing.
    /// **Errors.** Data, with the line's place and text.
    Result<std::optional<std::string>> take(std::string_view line, std::uint64_t number);

    /// Whether the last line was a BATCH, whose records have to be taken now, one by one.
    bool wants_batch() const { return wants_batch_; }

    /// Takes one record of a BATCH as a RECORD line; `number` is that of the BATCH.
    Result<> take_of_file(std::string_view line, std::uint64_t number, std::string place);

    const Takes& takes() const { return how_.takes; }

    /// The shapes as they are now, for parsers on other threads; null while the lines have to be
    /// taken one by one.
    std::shared_ptr<const Plans> plans();

    /// Takes the rows of a part of a chunk; its open line is left to the caller. `lines_before`:
    /// of the input, in front of the chunk. False where a stream has changed since, and then
    /// nothing was taken: the part's lines have to be taken one by one, and all behind it.
    bool adopt(ParsedChunk& parsed, std::size_t part, std::uint64_t lines_before);

    /// What the rows of the open segment take up.
    std::size_t bytes() const { return bytes_; }

    /// The rows of the open segment, those of a stream in order; the segment holds none afterwards.
    std::vector<Item> take_items();
    std::vector<Activation> take_activations();
    std::vector<Reject> take_rejects();

    /// Forgets the activations of the open segment; whether there were any.
    bool drop_activations();

    /// Whether any stream so far replaces its whole table.
    bool overwrites() const { return overwrites_; }

    /// `40 records of 2 streams are good`.
    std::string counts_text() const;

    /// One warning for each column whose values were changed on the way in.
    void warn_of_changes() const;

 private:
    struct Slot;

    Result<const Message*> parse(std::string_view line);
    Result<bool> adapt(const Message& message, std::string_view line);
    void count(Slot& slot);
    void adopt_rows(Slot& slot, ParsedChunk::Rows& rows, std::size_t count);
    Result<> refuse(const Message& message, std::string_view line, Refusal refusal);
    Result<> declare(const Message& message);
    Result<> activate(const Message& message);
    Result<Slot*> slot_of(const Message& message);
    Result<> add_slot(const std::string& stream, Shape shape);
    Result<> follow(Slot& slot);
    static void describe(Slot& slot);
    void close(Slot& slot);
    void close_as_described(Slot& slot);
    ShapePolicy policy_of(const std::string& stream) const;
    void pass_over(const Message& message);
    std::unexpected<Error> at_line(Error error, std::string_view line, std::int64_t column,
                                   std::size_t length) const;

    const RunOptions& options_;
    IntakeOptions how_;
    Stored stored_;
    MessageParser parser_;
    BatchReader reader_;
    std::map<std::string, std::unique_ptr<Slot>, std::less<>> slots_;
    std::shared_ptr<const Plans> plans_;
    std::vector<Item> closed_;
    std::vector<Activation> activations_;
    std::vector<Reject> rejects_;
    std::size_t rejects_seen_ = 0;
    std::size_t rejects_bytes_ = 0;
    std::size_t bytes_ = 0;
    std::uint64_t line_ = 0;
    std::string place_;  // Of a record in a file: `/data/x.jsonl:3`; else empty.
    bool wants_batch_ = false;
    bool overwrites_ = false;
    std::set<std::string> warned_;
};

}  // namespace streams
