#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "format/encoder.h"
#include "persisters/file/cleaning.h"
#include "persisters/file/file_style.h"
#include "persisters/file/journal.h"
#include "persisters/file/stream_columns.h"
#include "storage/storage.h"
#include "streams/persister.h"

namespace streams::file {

/// The files of the open commit. A stream has one, and one more for each folder of its partitions,
/// each change of its columns, and where too many would be open at once.
///
/// **Limits.** Rows wait in memory up to a twelfth of the style's; the largest file lets go first.
class DataFiles {
 public:
    /// `storage` and `style` outlive this object.
    DataFiles(Storage& storage, const FileStyle& style) : storage_(storage), style_(style) {}

    /// What the journal says that a stream has, unless something newer is known.
    void remember(const StreamColumns& columns);

    /// Its earlier files will not count any more.
    void forget(const std::string& stream) { columns_.erase(stream); }

    /// The columns of the rows that come next.
    Result<> open(const Stream& stream);

    Result<> write(const Stream& stream, const Batch& batch, const CommitName& name);

    /// All files stand, and their names are durable.
    Result<std::vector<DataFile>> finish();

    /// The columns that the journal does not know yet.
    std::vector<StreamColumns> new_columns() const;

    /// It does now.
    void columns_are_kept();

 private:
    struct Known {
        StreamColumns columns;
        bool is_new = false;
    };
    struct OpenFile {
        DataFile file;
        std::string folder;
        Sha256 hash;
        std::unique_ptr<ObjectWriter> writer;
        std::unique_ptr<Compressor> compressor;  // Null: bytes go as they are.
        std::unique_ptr<Encoder> encoder;        // Destroyed before what it writes to.
        std::uint64_t used = 0;                  // When last; the larger, the later.
    };

    Result<> write_to(const std::string& folder, const Stream& stream, const Batch& batch,
                      const CommitName& name);
    Result<OpenFile*> file_in(const std::string& folder, const Stream& stream,
                              const CommitName& name);
    std::unique_ptr<Encoder> encoder_of(OpenFile& file) const;
    Result<> close(OpenFile& file);
    Result<> close_all_of(const std::string& stream);
    Result<> make_room(std::size_t bytes);
    OpenFile& largest_by(std::size_t (Encoder::*bytes)() const) const;
    std::size_t held_max() const;
    Result<> close_oldest();
    std::size_t open_max() const;

    Storage& storage_;
    const FileStyle& style_;
    std::map<std::string, Known> columns_;                   // By stream.
    std::map<std::string, std::unique_ptr<OpenFile>> open_;  // By folder.
    std::map<std::string, int> parts_;                       // By folder: how many there are.
    std::vector<DataFile> done_;
    std::uint64_t clock_ = 0;
    std::size_t flushed_ = 0;  // Of what was held, since memory was last given back.
};

}  // namespace streams::file
