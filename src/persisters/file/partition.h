#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "streams/batch.h"

namespace streams::file {

/// One level of folders below a stream's: `country`, `created_at:day`.
struct PartitionTerm {
    enum class Part : std::uint8_t { Value, Day, Month, Year };

    std::string field;
    Part part = Part::Value;
};

PartitionTerm partition_term(std::string_view text);

/// The rows of `batch` by folder below the stream's, `country=DE/created_at_day=2024-02-29`, as
/// Hive writes it; in order. Null, and what is no time where one is asked for, is
/// `__HIVE_DEFAULT_PARTITION__`.
std::map<std::string, std::vector<std::uint32_t>> split_rows(
    const std::vector<PartitionTerm>& terms, const std::vector<Field>& fields, const Batch& batch);

}  // namespace streams::file
