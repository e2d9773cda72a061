#pragma once

#include <memory>
#include <vector>

#include "manifest/json.h"
#include "manifest/part.h"

namespace streams::manifest {

/// Changes a record. Immutable.
class Transformation {
 public:
    Transformation() = default;
    Transformation(const Transformation&) = delete;
    Transformation& operator=(const Transformation&) = delete;
    virtual ~Transformation() = default;

    /// `scope` has no `record` yet.
    virtual Result<> apply(Json& record, const Scope& scope) const = 0;
};

/// AddFields, RemoveFields, KeysToLower, in their order.
Result<std::vector<std::unique_ptr<Transformation>>> make_transformations(const Part& stream);

}  // namespace streams::manifest
