#include "demo/github/people.h"

#include <array>
#include <string_view>

#include "demo/github/dice.h"
#include "demo/github/json_text.h"

namespace streams::demo {
namespace {

struct Named {
    std::string_view login;
    std::string_view name;
};

// Several scripts, a right-to-left one, an apostrophe, an emoji and a bot.
constexpr std::array<Named, kNamedPeople> kNamed = {{
    {"ana-ortiz-demo", "Ana Ortíz"},
    {"bjorn-aas-demo", "Bjørn Ås"},
    {"wang-fang-demo", "王芳"},
    {"zoe-oneil-demo", "Zoë O’Neil"},
    {"meera-demo", "मीरा शर्मा"},
    {"lukasz-demo", "Łukasz Żak"},
    {"layla-demo", "ليلى حداد"},
    {"yuki-demo", "田中ゆき"},
    {"d-artagnan-demo", "Charles \"Dart\" d'Artagnan"},
    {"crab-demo", "Crab 🦀"},
    {"family-demo", "👩‍👩‍👧 Home"},
    {"nguyen-demo", "Nguyễn Văn An"},
    {"e-acute-demo", "Rene\u0301 Decomposed"},
    {"back-slash-demo", "Back\\slash"},
    {"olga-demo", "Ольга Петрова"},
    {"mover-demo[bot]", "mover-demo[bot]"},
}};

constexpr std::int64_t kFirstPersonId = 2'147'400'000;  // The ids cross 2^31 in a large repository.

}  // namespace

std::string base64_of(const std::string& text) {
    constexpr std::string_view kLetters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t at = 0; at < text.size(); at += 3) {
        std::uint32_t bits = 0;
        for (std::size_t next = 0; next < 3; ++next) {
            const bool there = at + next < text.size();
            bits = bits << 8U | (there ? static_cast<unsigned char>(text[at + next]) : 0U);
        }
        for (std::size_t next = 0; next < 4; ++next) {
            const bool filler = at + next > text.size();
            out += filler ? '=' : kLetters[bits >> (18U - 6U * next) & 63U];
        }
    }
    return out;
}

std::string node_id(const std::string& type, std::int64_t id) {
    return base64_of('0' + std::to_string(type.size()) + ':' + type + std::to_string(id));
}

Person person(std::size_t index) {
    const auto id = kFirstPersonId + static_cast<std::int64_t>(index) * 977;
    if (index >= kNamed.size()) {
        const auto login = "reader-" + std::to_string(index) + "-demo";
        return {id, login, "Reader " + std::to_string(index), login + "@example.com", "User"};
    }
    const auto& [login, name] = kNamed[index];
    const bool bot = login.ends_with("[bot]");
    auto email = std::string(login) + "@users.noreply.example.com";
    return {id, std::string(login), std::string(name), std::move(email), bot ? "Bot" : "User"};
}

Person organization(const std::string& login) {
    Dice dice(login, 0);
    const auto id = static_cast<std::int64_t>(dice.below(100'000'000)) + 1'000'000;
    return {id, login, login, "", "Organization"};
}

std::string user_json(const Person& person, const std::string& api) {
    const auto url = api + "/users/" + person.login;
    return JsonObject()
        .text("login", person.login)
        .number("id", person.id)
        .text("node_id", node_id(person.type, person.id))
        .text("avatar_url",
              "https://avatars.githubusercontent.com/u/" + std::to_string(person.id) + "?v=4")
        .text("gravatar_id", "")
        .text("url", url)
        .text("html_url", "https://github.com/" + person.login)
        .text("followers_url", url + "/followers")
        .text("following_url", url + "/following{/other_user}")
        .text("gists_url", url + "/gists{/gist_id}")
        .text("starred_url", url + "/starred{/owner}{/repo}")
        .text("subscriptions_url", url + "/subscriptions")
        .text("organizations_url", url + "/orgs")
        .text("repos_url", url + "/repos")
        .text("events_url", url + "/events{/privacy}")
        .text("received_events_url", url + "/received_events")
        .text("type", person.type)
        .flag("site_admin", false)
        .str();
}

}  // namespace streams::demo
