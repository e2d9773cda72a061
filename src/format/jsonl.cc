#include "format/jsonl.h"

#include <string>
#include <utility>

namespace streams {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

class JsonlEncoder final : public Encoder {
 public:
    explicit JsonlEncoder(ByteSink sink) : sink_(std::move(sink)) {}

    Result<> write(const Batch& batch) override {
        const auto bytes = batch.records.bytes + batch.rows;
        std::string piece;
        piece.reserve(bytes < kPieceBytes ? bytes : kPieceBytes);
        for (std::size_t row = 0; row < batch.rows; ++row) {
            const auto record = batch.records.text(row);
            if (!piece.empty() && piece.size() + record.size() >= kPieceBytes) {
                STREAMS_TRY(sink_(piece));
                piece.clear();
            }
            if (record.size() < kPieceBytes) {
                piece += record;
            } else {
                STREAMS_TRY(sink_(record));
            }
            piece += '\n';
        }
        return piece.empty() ? Result<>() : sink_(piece);
    }

    Result<> finish() override { return {}; }

 private:
    ByteSink sink_;
};

}  // namespace

std::unique_ptr<Encoder> make_jsonl_encoder(ByteSink sink) {
    return std::make_unique<JsonlEncoder>(std::move(sink));
}

}  // namespace streams
