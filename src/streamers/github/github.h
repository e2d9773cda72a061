#pragma once

#include "manifest/manifest.h"

namespace streams::github {

/// The manifest `github.yaml`, compiled in.
Result<manifest::Manifest> load();

}  // namespace streams::github
