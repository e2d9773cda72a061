#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "run/run_plan.h"
#include "run/run_report.h"

namespace streams {

/// A row of each of the first tables that a run made, on one line, by stream: what makes a person
/// recognise it (a number, a title, a state, a time), not all of it. Asks the persister's `show`.
std::map<std::string, std::string> samples_of(const RunPlan& plan, const RunReport& report);

/// That line of a row.
std::string sample_line(const std::vector<std::string>& columns,
                        const std::vector<std::string>& row, const std::vector<std::string>& key);

}  // namespace streams
