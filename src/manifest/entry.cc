#include "manifest/entry.h"

#include <functional>

#include "manifest/catalog.h"
#include "manifest/sync.h"

namespace streams::manifest {
namespace {

// Who we are to the other side: the setting `user_agent` where there is one.
std::string user_agent(const Manifest& manifest, const Settings& settings) {
    const std::string& given = settings.text("user_agent");
    return given.empty() ? "stream-" + manifest.spec.name() + "/" STREAMS_VERSION : given;
}

Result<> with_world(const Manifest& manifest, const Settings& settings,
                    const std::function<Result<>(World&)>& work) {
    STREAMS_TRY(check_patterns(manifest.patterns, settings));
    auto client = http::make_client({.user_agent = user_agent(manifest, settings)});
    if (!client) return std::unexpected(std::move(client).error());
    SystemClock clock;
    World world{.client = **client, .clock = clock, .chance = system_chance()};
    return work(world);
}

}  // namespace

StreamerEntry entry_of(const Manifest& manifest, std::vector<std::string> examples,
                       std::vector<Setting> more) {
    Spec spec = manifest.spec;
    for (Setting& setting : more) spec.append(std::move(setting));
    return {.spec = std::move(spec),
            .version = STREAMS_VERSION,
            .sync =
                [&manifest](const Settings& settings, const StreamerInput& input, Output& output) {
                    return with_world(manifest, settings, [&](World& world) {
                        return sync(manifest, settings, input, world, output);
                    });
                },
            .check =
                [&manifest](const Settings& settings) {
                    return with_world(manifest, settings, [&](World& world) {
                        return check(manifest, settings, world);
                    });
                },
            .discover = [&manifest](const Settings& /*settings*/) -> Result<std::string> {
                return catalog_of(manifest);
            },
            .examples = std::move(examples)};
}

}  // namespace streams::manifest
