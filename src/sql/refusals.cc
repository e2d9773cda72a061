#include "sql/refusals.h"

#include <fmt/format.h>
#include <utility>

namespace streams::sql {

Reject reject_of(const Error& error, const std::string& stream) {
    return {.stream = stream,
            .id = error.id,
            .reason = error.why.empty() ? error.what : error.why,
            .record = {}};
}

Result<> Refusals::add(const Error& error, const Stream& stream, const Batch& batch,
                       std::size_t row) {
    if (!keeps() || error.kind != ErrorKind::Data) return std::unexpected(error);
    ensure(batch.lines.rows == batch.rows, "rows that may be rejected come with their lines");
    auto reject = reject_of(error, stream.name);
    reject.line = static_cast<std::uint64_t>(batch.line_numbers.integer(row));
    reject.record = batch.lines.text(row);
    if (!batch.hashes.empty()) hashes_ += batch.hashes[row];
    return add(std::move(reject));
}

Result<> Refusals::add(Reject reject) {
    bytes_ += reject.record.size();
    rejects_.push_back(std::move(reject));
    return count(1);
}

Result<> Refusals::count(std::size_t others) {
    seen_ += others;
    if (!keeps() || (seen_ <= rows_max_ && bytes_ <= bytes_max_)) return {};
    Error error{ErrorKind::Data,
                "rejects-max",
                "too many records are refused",
                {},
                fmt::format("this is the {}th; the source is probably broken", seen_),
                "correct the source, or allow more: --rejects-max N"};
    if (rejects_.empty()) return std::unexpected(std::move(error));
    const auto& last = rejects_.back();
    error.what = fmt::format("line {}: {}", last.line, last.reason);
    error.where = "stream \"" + last.stream + "\"";
    return std::unexpected(std::move(error));
}

std::vector<Reject> Refusals::take() {
    bytes_ = 0;
    return std::exchange(rejects_, {});
}

}  // namespace streams::sql
