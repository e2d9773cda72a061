#pragma once

#include <optional>
#include <vector>

#include "manifest/json.h"
#include "manifest/part.h"

namespace streams::manifest {

/// Finds the records in an answer.
class RecordSelector {
 public:
    static Result<RecordSelector> make(const Part& part);

    /// The records in `body`, where they stand: a list's items, or one object.
    /// **Errors.** Data `record-shape` where something else than objects is found.
    Result<std::vector<Json*>> records(Json& body, const Scope& scope) const;

    /// Whether the filter lets `record` pass; `scope` has no `record` yet.
    Result<bool> wants(const Json& record, const Scope& scope) const;

    /// Whether records are transformed before they are filtered.
    bool transforms_first() const { return transforms_first_; }

 private:
    Result<> take(Json& at, std::vector<Json*>& found) const;
    Result<> extract(Json& at, std::size_t depth, const std::vector<std::string>& path,
                     std::vector<Json*>& found) const;

    std::vector<Template> path_;
    std::optional<Template> condition_;
    bool transforms_first_ = false;
    bool only_lists_ = false;  // An object is no record but a fault.
};

}  // namespace streams::manifest
