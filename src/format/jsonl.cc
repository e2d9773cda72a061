#include "format/jsonl.h"

#include <string>

namespace streams {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

}  // namespace

Result<> write_jsonl(const Batch& batch, const std::function<Result<>(std::string_view)>& write) {
    std::string piece;
    piece.reserve(batch.records.bytes + batch.rows < kPieceBytes ? batch.records.bytes + batch.rows
                                                                 : kPieceBytes);
    for (std::size_t row = 0; row < batch.rows; ++row) {
        const auto record = batch.records.text(row);
        if (!piece.empty() && piece.size() + record.size() >= kPieceBytes) {
            STREAMS_TRY(write(piece));
            piece.clear();
        }
        if (record.size() < kPieceBytes) {
            piece += record;
        } else {
            STREAMS_TRY(write(record));
        }
        piece += '\n';
    }
    return piece.empty() ? Result<>() : write(piece);
}

}  // namespace streams
