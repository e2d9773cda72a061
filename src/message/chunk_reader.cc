#include "message/chunk_reader.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <unistd.h>

#include "base/file.h"

namespace streams {
namespace {

// A buffer that grew for one long line is given back when it is this many times a chunk.
constexpr std::size_t kSlack = 4;

}  // namespace

ChunkReader::ChunkReader(int descriptor, ChunkLimits limits)
    : descriptor_(descriptor), limits_(limits) {
    limits_.chunk_bytes = std::max<std::size_t>(limits_.chunk_bytes, 1);
}

Result<ChunkReader::Read> ChunkReader::read_some() {
    chunk_.size = 0;
    if (chunk_.bytes.capacity() > kSlack * (limits_.chunk_bytes + kLinePadding)) {
        chunk_.bytes = Buffer();
    }
    if (is_too_long_) return line_too_long();
    if (is_end_) return Read{.is_end = true};
    const std::size_t old_size = size_;
    auto count = read_into_pending();
    if (!count) return std::unexpected(std::move(count).error());
    if (is_end_) {
        if (size_ == 0) return Read{.is_end = true};
        chunk_.ends_torn = true;
        hand_on(size_);
        return Read{.chunk = &chunk_, .is_end = true};
    }
    // What was pending has no line end: only the new bytes are searched, each once.
    const auto* end = static_cast<const std::uint8_t*>(
        *count == 0 ? nullptr : ::memrchr(pending_.data() + old_size, '\n', *count));
    std::size_t cut = end == nullptr ? 0 : static_cast<std::size_t>(end - pending_.data()) + 1;
    if (size_ > limits_.line_bytes_max) {
        if (const auto overlong = begin_of_overlong(old_size)) {
            is_too_long_ = true;
            cut = *overlong;
            if (cut == 0) return line_too_long();
        }
    }
    if (cut == 0) return Read{};
    hand_on(cut);
    return Read{.chunk = &chunk_};
}

Result<std::size_t> ChunkReader::read_into_pending() {
    const std::size_t wanted = limits_.chunk_bytes;
    const std::size_t room =
        pending_.capacity() < kLinePadding ? 0 : pending_.capacity() - kLinePadding;
    // Not less than a quarter of a chunk: a tail must not make the reads small.
    if (room < size_ + (wanted + 3) / 4)
        pending_.reserve(std::max(size_ * 2, wanted) + kLinePadding);
    const std::size_t free = pending_.capacity() - kLinePadding - size_;
    ssize_t count = 0;
    do {
        count = ::read(descriptor_, pending_.data() + size_, std::min(free, wanted));
    } while (count < 0 && errno == EINTR);
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return 0;
    if (count < 0) return std::unexpected(system_error(errno, "read", "the input"));
    is_end_ = count == 0;
    size_ += static_cast<std::size_t>(count);
    return static_cast<std::size_t>(count);
}

void ChunkReader::give_back(Buffer buffer) {
    const bool is_large = buffer.capacity() > kSlack * (limits_.chunk_bytes + kLinePadding);
    if (!is_large && spares_.size() < kSparesMax) spares_.push_back(std::move(buffer));
}

void ChunkReader::hand_on(std::size_t size) {
    if (chunk_.bytes.capacity() == 0 && !spares_.empty()) {
        chunk_.bytes = std::move(spares_.back());
        spares_.pop_back();
    }
    const std::size_t tail = size_ - size;
    const std::size_t needed = std::max(tail, limits_.chunk_bytes) + kLinePadding;
    chunk_.bytes.reserve(needed);
    std::memcpy(chunk_.bytes.data(), pending_.data() + size, tail);
    std::swap(chunk_.bytes, pending_);
    std::memset(chunk_.bytes.data() + size, 0, kLinePadding);
    chunk_.size = size;
    chunk_.number = next_number_++;
    size_ = tail;
}

// Where the first line that is longer than allowed begins, if there is one. Lines that ended in an
// earlier read are gone, so the first line end lies behind `from_line_end`.
std::optional<std::size_t> ChunkReader::begin_of_overlong(std::size_t from_line_end) const {
    std::size_t begin = 0;
    std::size_t search = from_line_end;
    while (true) {
        const auto* end = static_cast<const std::uint8_t*>(
            search < size_ ? std::memchr(pending_.data() + search, '\n', size_ - search) : nullptr);
        const std::size_t line_end =
            end == nullptr ? size_ : static_cast<std::size_t>(end - pending_.data());
        if (line_end - begin > limits_.line_bytes_max) return begin;
        if (end == nullptr) return std::nullopt;
        begin = search = line_end + 1;
    }
}

std::unexpected<Error> ChunkReader::line_too_long() const {
    return std::unexpected(
        Error{ErrorKind::Data,
              "line-too-long",
              "a line is longer than " + std::to_string(limits_.line_bytes_max) + " bytes",
              {},
              "one message is held in memory as a whole",
              "split the record at its source"});
}

}  // namespace streams
