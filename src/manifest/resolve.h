#pragma once

#include <string>

#include "manifest/node.h"
#include "streams/error.h"

namespace streams::manifest {

/// The manifest ready to be built: references (`$ref`, `#/definitions/...`) replaced by what they
/// name, `type` filled in where it may be left out, `$parameters` passed down (a component's own
/// come first, its properties before both) and merged into each component's `$parameters`.
///
/// **Errors.** Config, each with file:line:column: `component-unknown`, `component-later`,
/// `custom-component`, `property-unknown`, `property-missing`, `reference-unknown`,
/// `reference-cycle`, `manifest-too-large`.
Result<Node> resolve_manifest(const std::string& file, const Node& root);

}  // namespace streams::manifest
