#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "batch/batch_builder.h"
#include "message/chunk_reader.h"
#include "schema/shape.h"
#include "streams/batch.h"

namespace streams {

/// The shapes of all streams at one moment, for parsers on other threads. Nothing of it changes.
struct Plans {
    std::vector<std::shared_ptr<const Shape>> shapes;
};

/// What one parser made of one chunk, without knowing what came before it.
///
/// Records that are rows of a known stream are rows here. Every other line, be it a STATE, a
/// SCHEMA, a bad record or no JSON, is *open*: what it means depends on the lines before it, so the
/// sequencer takes it. Where an open line changes a stream, the rows behind it may have been parsed
/// for the wrong columns; the sequencer sees that by the shape's revision, and parses the rest of
/// the chunk once more.
struct ParsedChunk {
    /// The chunk's rows of one stream.
    struct Rows {
        std::shared_ptr<const Shape> shape;
        Batch batch;  ///< `first_line` and `last_line` are counted within the chunk.
        std::size_t bytes = 0;
        std::size_t taken = 0;  ///< By the sequencer, from the front.
    };

    struct Count {
        std::uint32_t stream = 0;  ///< Position in `streams`.
        std::uint32_t rows = 0;
    };

    /// Rows, and the open line behind them.
    struct Part {
        std::size_t begin = 0;      ///< Where in the chunk its first line starts.
        std::size_t line = 0;       ///< Where its open line starts.
        std::size_t line_size = 0;  ///< Without the line end.
        std::size_t end = 0;        ///< Behind the open line; that of `line` if there is none.
        std::uint64_t lines = 0;    ///< In front of the open line.
        std::size_t counts = 0;     ///< Its `counts` end here.
        std::size_t changes = 0;    ///< Its `changes` end here.

        bool has_line() const { return end != line; }
    };

    /// What was changed in the rows of a stream since the entry before.
    struct Changed {
        std::size_t stream = 0;  ///< Position in `streams`.
        std::vector<Changes> columns;
    };

    Chunk chunk;
    std::vector<Rows> streams;
    std::vector<Part> parts;
    std::vector<Count> counts;
    std::vector<Changed> changes;
    std::size_t end = 0;  ///< What lies behind it was left to the sequencer.
};

}  // namespace streams
