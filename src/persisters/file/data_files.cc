#include "persisters/file/data_files.h"

#include <algorithm>
#include <malloc.h>
#include <set>
#include <utility>

#include "format/jsonl.h"
#include "format/rows.h"
#include "storage/object_names.h"

namespace streams::file {
namespace {

constexpr std::size_t kPlainFilesMax = 256;
constexpr std::size_t kPackedFilesMax = 64;
constexpr std::size_t kPackedFilesMin = 8;
constexpr std::size_t kPackedFileBytes = std::size_t{2} << 20;  // Of a compressor and its buffers.
constexpr std::size_t kLibraryBytes = std::size_t{16} << 20;    // Apache Arrow itself.
constexpr std::size_t kIndexShare = 32;                         // Of the memory.

}  // namespace

void DataFiles::remember(const StreamColumns& columns) {
    columns_.try_emplace(columns.stream, Known{columns, false});
}

Result<> DataFiles::open(const Stream& stream) {
    if (!style_.takes_columns()) return {};
    auto& known = columns_[stream.name];
    known.columns.stream = stream.name;
    if (known.columns.fields == stream.fields) return {};
    follow(known.columns, stream.fields);
    known.is_new = true;
    // JSON lines of other columns lie in one file as well.
    return style_.format == Format::Jsonl ? Result<>() : close_all_of(stream.name);
}

Result<> DataFiles::write(const Stream& stream, const Batch& batch, const CommitName& name) {
    if (style_.format == Format::Parquet) {
        auto& known = columns_[stream.name];
        if (widen_to(batch, stream.fields, known.columns.widths)) {
            known.is_new = true;
            STREAMS_TRY(close_all_of(stream.name));
        }
    }
    const auto folder = escaped_part(stream.name);
    if (style_.partition.empty()) return write_to(folder, stream, batch, name);
    for (const auto& [below, rows] : split_rows(style_.partition, stream.fields, batch)) {
        std::string place = folder;
        place.append("/").append(below);
        STREAMS_TRY(write_to(place, stream, select_rows(batch, rows), name));
    }
    return {};
}

Result<> DataFiles::write_to(const std::string& folder, const Stream& stream, const Batch& batch,
                             const CommitName& name) {
    STREAMS_TRY(make_room(bytes_of(batch)));
    auto found = file_in(folder, stream, name);
    if (found && !(*found)->encoder->takes(batch)) {
        STREAMS_TRY(close(**found));
        found = file_in(folder, stream, name);
    }
    if (!found) return std::unexpected(std::move(found).error());
    auto& file = **found;
    file.used = ++clock_;
    file.file.rows += batch.rows;
    return file.encoder->write(batch);
}

Result<DataFiles::OpenFile*> DataFiles::file_in(const std::string& folder, const Stream& stream,
                                                const CommitName& name) {
    const auto found = open_.find(folder);
    if (found != open_.end()) return found->second.get();
    STREAMS_TRY(close_oldest());
    auto file = std::make_unique<OpenFile>();
    file->folder = folder;
    file->file.stream = stream.name;
    file->file.name = data_name(folder, name, parts_[folder]++, style_.ending());
    auto writer = storage_.create(file->file.name);
    if (!writer) return std::unexpected(std::move(writer).error());
    file->writer = *std::move(writer);
    file->encoder = encoder_of(*file);
    return open_.emplace(folder, std::move(file)).first->second.get();
}

std::unique_ptr<Encoder> DataFiles::encoder_of(OpenFile& file) const {
    ByteSink sink = [&file](std::string_view bytes) {
        file.hash.add(bytes);
        file.file.bytes += bytes.size();
        return file.writer->append(bytes);
    };
    const auto known = columns_.find(file.file.stream);
    if (style_.format == Format::Parquet) {
        return style_.parquet.make_encoder(known->second.columns.fields,
                                           known->second.columns.widths, style_.compression,
                                           held_max(), std::move(sink));
    }
    if (style_.compression != Compression::None) {
        file.compressor = make_compressor(style_.compression, std::move(sink));
        sink = [&file](std::string_view bytes) { return file.compressor->add(bytes); };
    }
    if (style_.format == Format::Jsonl) return make_jsonl_encoder(std::move(sink));
    return make_csv_encoder(known->second.columns.fields, style_.csv, std::move(sink));
}

Result<> DataFiles::close(OpenFile& file) {
    STREAMS_TRY(file.encoder->finish());
    if (file.compressor) STREAMS_TRY(file.compressor->finish());
    STREAMS_TRY(file.writer->finish());
    file.file.sha256 = file.hash.hex();
    done_.push_back(std::move(file.file));
    open_.erase(std::string(file.folder));
    return {};
}

Result<> DataFiles::close_all_of(const std::string& stream) {
    std::vector<OpenFile*> files;
    for (const auto& [folder, file] : open_) {
        if (file->file.stream == stream) files.push_back(file.get());
    }
    for (auto* file : files) STREAMS_TRY(close(*file));
    return {};
}

// Before the rows are there, so that more rows follow where a file lets go of some.
Result<> DataFiles::make_room(std::size_t bytes) {
    std::size_t held = 0;
    std::size_t index = 0;
    for (const auto& [folder, file] : open_) {
        held += file->encoder->held_bytes();
        index += file->encoder->index_bytes();
    }
    while (held != 0 && held + bytes > held_max()) {
        auto& encoder = *largest_by(&Encoder::held_bytes).encoder;
        held -= encoder.held_bytes();
        flushed_ += encoder.held_bytes();
        STREAMS_TRY(encoder.flush());
    }
    if (flushed_ > held_max()) {
        flushed_ = 0;
        ::malloc_trim(0);  // Many small row groups leave many small holes.
    }
    while (index > style_.memory / kIndexShare) {
        auto& file = largest_by(&Encoder::index_bytes);
        index -= file.encoder->index_bytes();
        STREAMS_TRY(close(file));
    }
    return {};
}

DataFiles::OpenFile& DataFiles::largest_by(std::size_t (Encoder::*bytes)() const) const {
    return *std::ranges::max_element(open_, {}, [bytes](const auto& entry) {
                return (*entry.second->encoder.*bytes)();
            })->second;
}

std::size_t DataFiles::held_max() const {
    return style_.memory < 2 * kLibraryBytes ? style_.memory / 16
                                             : (style_.memory - kLibraryBytes) / 12;
}

Result<> DataFiles::close_oldest() {
    while (open_.size() >= open_max()) {
        const auto oldest = std::ranges::min_element(
            open_, {}, [](const auto& entry) { return entry.second->used; });
        STREAMS_TRY(close(*oldest->second));
    }
    return {};
}

std::size_t DataFiles::open_max() const {
    // What files of Parquet hold is counted.
    if (style_.compression == Compression::None || style_.format == Format::Parquet) {
        return kPlainFilesMax;
    }
    return std::clamp(style_.memory / 4 / kPackedFileBytes, kPackedFilesMin, kPackedFilesMax);
}

Result<std::vector<DataFile>> DataFiles::finish() {
    while (!open_.empty()) STREAMS_TRY(close(*open_.begin()->second));
    std::set<std::string> folders;
    for (const auto& file : done_) folders.insert(file.name.substr(0, file.name.rfind('/')));
    for (const auto& folder : folders) STREAMS_TRY(storage_.settle(folder));
    parts_.clear();
    return std::exchange(done_, {});
}

std::vector<StreamColumns> DataFiles::new_columns() const {
    std::vector<StreamColumns> list;
    for (const auto& [stream, known] : columns_) {
        if (known.is_new) list.push_back(known.columns);
    }
    return list;
}

void DataFiles::columns_are_kept() {
    for (auto& [stream, known] : columns_) known.is_new = false;
}

}  // namespace streams::file
