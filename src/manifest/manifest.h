#pragma once

#include <string>
#include <vector>

#include "manifest/connection_spec.h"
#include "manifest/stream_plan.h"
#include "streams/spec.h"

namespace streams::manifest {

/// A manifest made ready to run. Immutable.
struct Manifest {
    std::string file;   ///< For messages.
    std::string title;  ///< What people call the other side: `GitHub`.
    Spec spec;
    std::vector<SettingPattern> patterns;
    std::vector<StreamPlan> streams;
    std::vector<std::string> check_streams;  ///< Read by `check`, one page each.
    bool flat_state = false;                 ///< `x-streams: {state: flat}`.

    const StreamPlan* find(std::string_view stream) const;
};

/// Reads, resolves and checks all of it, templates included. `name` is the program's, without
/// `stream-`. **Errors.** Config, with file:line:column: those of `parse_yaml`, `resolve_manifest`
/// and `Template`, `property-value`, `component-misplaced`.
Result<Manifest> load_manifest(const std::string& name, const std::string& file,
                               const std::string& text);

/// The settings as templates see them: `config`. Settings without a value are missing.
Json config_of(const Spec& spec, const Settings& settings);

}  // namespace streams::manifest
