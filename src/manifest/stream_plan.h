#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "manifest/datetime_cursor.h"
#include "manifest/paginator.h"
#include "manifest/partition_router.h"
#include "manifest/record_selector.h"
#include "manifest/requester.h"
#include "manifest/transformation.h"

namespace streams::manifest {

/// All that is known about a stream before it is read: DeclarativeStream. Immutable.
struct StreamPlan {
    std::string name;
    std::vector<std::string> key;
    Json schema;  ///< A JSON Schema; a bare one where the manifest has none.
    Requester requester;
    RecordSelector selector;
    std::optional<Paginator> paginator;
    std::unique_ptr<PartitionRouter> router;  ///< Null: not divided.
    std::optional<DatetimeCursor> cursor;     ///< None: read whole each time.
    std::vector<std::unique_ptr<Transformation>> transformations;

    /// The cursor's field where it is a member of the schema's, for the catalog.
    std::vector<std::string> bookmarks() const;
};

Result<StreamPlan> make_stream_plan(const Part& part);

}  // namespace streams::manifest
