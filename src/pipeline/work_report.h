#pragma once

#include <string>

#include "pipeline/work_clock.h"

namespace streams {

/// The report of a persister, one JSON object (docs/REPORT.md). `problem`: what ended the run, in
/// words; empty: nothing did.
std::string report_text(const std::string& program, const std::string& pipeline,
                        const WorkTimes& times, int status, const std::string& problem);

}  // namespace streams
