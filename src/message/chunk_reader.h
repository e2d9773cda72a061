#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "streams/batch.h"
#include "streams/error.h"

namespace streams {

/// Spare bytes behind the lines of a chunk, so that a parser may read whole vectors.
inline constexpr std::size_t kLinePadding = 64;

/// Whole lines of the input, each with its line end.
struct Chunk {
    std::uint64_t number = 0;  ///< Counted from 0, in the order of the input.
    Buffer bytes;              ///< `size` bytes, and `kLinePadding` zeros behind them.
    std::size_t size = 0;
    bool ends_torn = false;  ///< The input ended without a line end: the last line may be cut.
};

struct ChunkLimits {
    std::size_t chunk_bytes = std::size_t{1} << 20;      ///< What one read asks for.
    std::size_t line_bytes_max = std::size_t{64} << 20;  ///< Without the line end.
};

/// Cuts what comes from a descriptor into chunks that end at line ends.
///
/// Every complete line is handed on at once; what is behind the last line end waits for the rest.
/// A line longer than a chunk grows it, and the memory is given back after it.
///
/// **Limits.** Holds at most one chunk and one line; of what it has read it copies only what is
/// behind the last line end of a read.
class ChunkReader {
 public:
    /// What one read brought.
    struct Read {
        Chunk* chunk = nullptr;  ///< Valid until the next call; may be moved from. Null: none yet.
        bool is_end = false;     ///< There is nothing more, beside `chunk`.
    };

    /// `descriptor` is not closed.
    explicit ChunkReader(int descriptor, ChunkLimits limits = {});
    ChunkReader(const ChunkReader&) = delete;
    ChunkReader& operator=(const ChunkReader&) = delete;
    ~ChunkReader() = default;

    /// Calls read(2) once, so that it does not block where poll said that it would not. A
    /// descriptor that does not block and has nothing answers with neither chunk nor end.
    ///
    /// **Errors.** Data `line-too-long`: the line behind the chunks handed on so far; the caller
    /// counts lines and fills in `where`. Failed `system`: the read failed.
    Result<Read> read_some();

    /// Takes the buffer of a chunk that was moved away, for a later one. Holds on to at most
    /// `kSparesMax` of them.
    void give_back(Buffer buffer);

    static constexpr std::size_t kSparesMax = 4;

 private:
    Result<std::size_t> read_into_pending();
    void hand_on(std::size_t size);
    std::optional<std::size_t> begin_of_overlong(std::size_t from_line_end) const;
    std::unexpected<Error> line_too_long() const;

    int descriptor_;
    ChunkLimits limits_;
    Chunk chunk_;  ///< The last one handed on; its buffer is used again.
    std::vector<Buffer> spares_;
    Buffer pending_;        ///< Read, and not yet handed on: no line end in it.
    std::size_t size_ = 0;  ///< Of what is in `pending_`.
    std::uint64_t next_number_ = 0;
    bool is_end_ = false;
    bool is_too_long_ = false;
};

}  // namespace streams
