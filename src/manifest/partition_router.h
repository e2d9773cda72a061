#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "manifest/request_parts.h"

namespace streams::manifest {

struct StreamPlan;

/// One of the parts that a stream is read in: `stream_partition`, and what it adds to requests.
struct Partition {
    Json values = Json::object();
    std::vector<std::pair<const RequestOption*, Json>> injected;  ///< Options of the router's.

    /// For people: `octokit/demo`; empty where there is one partition only.
    std::string label() const;
};

/// Divides a stream. Immutable.
class PartitionRouter {
 public:
    using Visit = std::function<Result<>(const Partition&)>;

    /// Reads all of a parent stream: each record with the partition that it is of.
    using ReadParent = std::function<Result<>(
        const StreamPlan& parent, const std::function<Result<>(const Json&, const Json&)>& take)>;

    PartitionRouter() = default;
    PartitionRouter(const PartitionRouter&) = delete;
    PartitionRouter& operator=(const PartitionRouter&) = delete;
    virtual ~PartitionRouter() = default;

    /// Calls `visit` with each partition, in order, until it fails.
    virtual Result<> each(const Scope& scope, const ReadParent& read_parent,
                          const Visit& visit) const = 0;
};

/// Null where the stream is not divided. Several routers make every combination.
Result<std::unique_ptr<PartitionRouter>> make_partition_router(const Part& retriever);

}  // namespace streams::manifest
