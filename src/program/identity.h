#pragma once

#include <string>

#include "streams/spec.h"

namespace streams {

/// The print of a source: a hash over its settings marked `identity`; empty where there are none.
///
/// Of a setting that names several things, separated by blanks, the first counts: a source that
/// gets a second repository is still the same source.
std::string identity_of(const Spec& spec, const Settings& settings);

}  // namespace streams
