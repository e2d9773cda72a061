#pragma once

#include <chrono>
#include <memory>

#include "persisters/postgres/connection.h"
#include "sql/database.h"

namespace streams::postgres {

/// Keeps a second run of the same (schema, pipeline) away: an advisory lock of a transaction that
/// stays open in a connection of its own. A session's lock would be left in the pool by a pooler.
class AdvisoryLock final : public sql::PipelineLock {
 public:
    /// `context.schema` is the schema in use. Makes nothing.
    /// **Errors.** Busy `pipeline-locked` after `wait`, naming the holder.
    static Result<std::unique_ptr<sql::PipelineLock>> take(const Address& address,
                                                           const Context& context,
                                                           std::chrono::milliseconds wait);

    explicit AdvisoryLock(std::unique_ptr<Connection> connection)
        : connection_(std::move(connection)) {}

 private:
    std::unique_ptr<Connection> connection_;
};

}  // namespace streams::postgres
