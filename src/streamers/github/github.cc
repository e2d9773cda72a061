#include "streamers/github/github.h"

#include <string>

#include "embedded_manifest.h"

namespace streams::github {

Result<manifest::Manifest> load() {
    return manifest::load_manifest("github", "github.yaml", std::string(kEmbeddedManifest));
}

}  // namespace streams::github
