#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "manifest/json.h"
#include "streams/error.h"

namespace streams::manifest {

/// The state of a manifest's streams.
///
/// Two layouts. Flat: `{"commits": "2017-...", "issues": null}`, a key for each stream that goes
/// on, null until its first row; with several partitions `{label: flat}`. Else that of the CDK:
/// `{stream: {field: value}}`, or `{stream: {"states": [{"partition": ..., "cursor": ...}]}}`.
/// Both are read, whichever is written. A flat state given to several partitions is the first
/// one's.
class Bookmarks {
 public:
    struct Layout {
        bool flat = false;
        std::vector<std::pair<std::string, std::string>> streams;  ///< With their cursor's field.
        std::vector<std::string> labels;  ///< Flat: of all partitions, in order; at least one.
    };

    /// **Errors.** Busy `state-refused`: not an object, or something else where a time belongs.
    static Result<Bookmarks> open(Layout layout, const std::optional<std::string>& state);

    std::optional<std::string> of(const std::string& stream, const Json& partition,
                                  const std::string& label) const;
    void set(const std::string& stream, const Json& partition, const std::string& label,
             std::string bookmark);

    std::string dump() const;

 private:
    /// One bookmark: of a stream, and of a partition by its label (flat) or its JSON.
    using Place = std::pair<std::string, std::string>;

    Result<> read(const Json& state);
    Result<> read_flat(const Json& flat, const std::string& label);
    Result<> read_stream(const std::string& stream, const Json& value, const std::string& label);
    Json flat_of(const std::string& label) const;
    Json dump_flat() const;
    Json dump_streams() const;
    bool is_stream(std::string_view name) const;

    Layout layout_;
    std::map<Place, std::string> bookmarks_;
    Json others_ = Json::object();  // Of partitions that this run does not read.
};

}  // namespace streams::manifest
