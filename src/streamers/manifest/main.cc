#include <filesystem>

#include "base/file.h"
#include "manifest/entry.h"
#include "program/critical.h"
#include "streamers/manifest/manifest_argument.h"

namespace {

constexpr std::size_t kManifestBytesMax = std::size_t{16} << 20;

streams::Result<streams::manifest::Manifest> load(const std::string& file) {
    const auto text = streams::read_file(file, kManifestBytesMax);
    if (!text) return streams::while_doing("read the manifest", text.error());
    const std::string shown = std::filesystem::path(file).filename().string();
    return streams::manifest::load_manifest("manifest", shown, *text);
}

// Without a manifest there is nothing to do but to say so, and to help.
streams::manifest::Manifest none() {
    return {
        .file = {},
        .title = {},
        .spec = streams::Spec("manifest", "Runs a manifest of the declarative low-code schema."),
        .streams = {},
        .check_streams = {}};
}

}  // namespace

int main(int argc, char** argv) {
    const std::string file =
        streams::manifest::manifest_argument(std::vector<std::string>(argv + 1, argv + argc));
    const auto manifest = file.empty() ? none() : load(file);
    if (!manifest) return streams::print_critical(manifest.error());
    return streams::run_streamer(
        argc, argv,
        streams::manifest::entry_of(
            *manifest,
            {"stream-manifest --manifest acme.yaml --config acme.json | persist-sqlite --path "
             "a.db"},
            {{.name = "manifest", .description = "The manifest, a YAML file.", .required = true}}));
}
