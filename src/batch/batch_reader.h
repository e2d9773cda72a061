#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "batch/batch_builder.h"

namespace streams {

/// Gives each record to the builder of its stream.
///
/// **Order.** `begin`, then `MessageParser::parse` with this, then `verdict`.
class BatchReader final : public RecordReader {
 public:
    /// `builder` outlives this, or is removed first.
    void add(BatchBuilder& builder);
    void remove(std::string_view stream);

    /// The next line of the input. `received_us`: when it was read, since 1970.
    void begin(std::uint64_t line, std::int64_t received_us = 0);

    /// Of the record of this line. After an error of `parse` it is None.
    Verdict verdict() const { return verdict_; }

    /// The builder of this line's record; null unless the verdict is Stored, Stale or Refused.
    BatchBuilder* builder() const { return builder_; }

    /// What `_sdc_sequence` gives the next record; it rises by one with each row.
    void set_sequence(std::int64_t next) { sequence_ = next; }

    Result<> read(std::string_view stream, simdjson::ondemand::object& record,
                  simdjson::ondemand::parser& parser) override;
    Result<> finish(const Message& message) override;
    void discard() override;

 private:
    std::unordered_map<std::string, BatchBuilder*, PathHash, std::equal_to<>> builders_;
    BatchBuilder* builder_ = nullptr;
    BatchBuilder* last_ = nullptr;
    std::string_view last_name_;
    Verdict verdict_ = Verdict::None;
    std::uint64_t line_ = 0;
    std::int64_t received_us_ = 0;
    std::int64_t sequence_ = 0;
};

}  // namespace streams
