#include "batch/batch_reader.h"

namespace streams {

void BatchReader::add(BatchBuilder& builder) {
    builders_[builder.stream()] = &builder;
    last_ = nullptr;
}

void BatchReader::remove(std::string_view stream) {
    const auto found = builders_.find(stream);
    if (found != builders_.end()) builders_.erase(found);
    last_ = nullptr;
    builder_ = nullptr;
}

void BatchReader::begin(std::uint64_t line, std::int64_t received_us) {
    line_ = line;
    received_us_ = received_us;
    builder_ = nullptr;
    verdict_ = Verdict::None;
}

Result<> BatchReader::read(std::string_view stream, simdjson::ondemand::object& record,
                           simdjson::ondemand::parser& parser) {
    verdict_ = Verdict::None;
    // Records of one stream come in runs.
    if (last_ == nullptr || stream != last_->stream()) {
        const auto found = builders_.find(stream);
        if (found == builders_.end()) {
            builder_ = nullptr;
            verdict_ = Verdict::Unknown;
            // The line is parsed again; this time only its end is looked for.
            std::string_view text;
            if (record.raw_json().get(text)) {
                verdict_ = Verdict::None;
                return fail(ErrorKind::Data, "json-syntax", "the record is not JSON");
            }
            return {};
        }
        last_ = found->second;
    }
    builder_ = last_;
    const auto verdict = builder_->append(record, parser);
    if (!verdict) {
        builder_ = nullptr;
        return std::unexpected(verdict.error());
    }
    return {};
}

Result<> BatchReader::finish(const Message& message) {
    if (builder_ == nullptr) return {};
    verdict_ = builder_->finish(message, line_, received_us_, sequence_);
    if (verdict_ == Verdict::Stored) ++sequence_;
    return {};
}

void BatchReader::discard() {
    verdict_ = Verdict::None;
    if (builder_ == nullptr) return;
    builder_->discard();
    builder_ = nullptr;
}

}  // namespace streams
