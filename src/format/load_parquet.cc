#include <dlfcn.h>
#include <malloc.h>

#include "base/process.h"
#include "format/parquet.h"

namespace streams {
namespace {

std::unexpected<Error> missing(const std::string& path, std::string why) {
    return std::unexpected(Error{
        ErrorKind::Config, "format-missing", "Parquet is not installed here", path, std::move(why),
        "build it: tools/setup, then cmake and ninja; or choose csv or jsonl"});
}

}  // namespace

Result<ParquetModule> load_parquet() {
    const auto path = folder_of_this_program() + "/../lib/streams/parquet.so";
    // Large pieces go back to the system when they are freed: what Arrow frees is never as large as
    // what it wants next, so that they would stay as holes.
    constexpr int kLargePiece = 32 << 10;
    ::mallopt(M_MMAP_THRESHOLD, kLargePiece);
    ::mallopt(M_ARENA_MAX, 1);  // What one thread frees, another one can have.
    // Its own names first: it brings an OpenSSL that must not meet ours.
    void* const module = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
    if (module == nullptr) {
        const char* const why = ::dlerror();
        return missing(path, why == nullptr ? "" : why);
    }
    const auto* const offered =
        static_cast<const ParquetModule*>(::dlsym(module, "kStreamsParquet"));
    if (offered == nullptr || offered->version != std::string(STREAMS_VERSION)) {
        return missing(path, "it belongs to another release");
    }
    return *offered;
}

}  // namespace streams
