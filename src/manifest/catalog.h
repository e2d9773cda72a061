#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "manifest/manifest.h"

namespace streams::manifest {

/// What `discover` prints: a Singer catalog.
std::string catalog_of(const Manifest& manifest);

/// Which streams and fields a catalog selects.
class Selection {
 public:
    /// None: everything. Reads Singer catalogs, and the older ones whose `streams` are an object.
    /// **Errors.** Config `catalog-unreadable`; `stream-unknown`: a selected stream is none of
    /// ours; `nothing-selected`.
    static Result<Selection> read(const std::optional<std::string>& catalog,
                                  const Manifest& manifest);

    bool wants(const std::string& stream) const;

    /// Whether the stream is to be read whole, whatever the state says.
    bool wants_whole(const std::string& stream) const;

    /// Takes the fields that are not wanted out of a record, or out of a schema's `properties`.
    void strip(const std::string& stream, Json& fields) const;

 private:
    struct Chosen {
        std::set<std::string, std::less<>> dropped;
        bool whole = false;
    };

    static Chosen chosen(const Json& entry, const StreamPlan& plan);

    bool everything_ = true;
    std::map<std::string, Chosen, std::less<>> streams_;
};

}  // namespace streams::manifest
